/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_READING_H
#define CAPTURE_READING_H

#include <stddef.h>
#include <stdint.h>

struct rg_file_tables;
struct rg_mapped;

/*
 * The memory of a process whose stack was copied: the stack as `read` has it (0 on success), and the code, which was not
 * copied, from the files that are mapped. Without code nobody could tell whether a frame pointer leads to a frame.
 */
struct rg_reading {
	const struct rg_file_tables *by_file; /* borrowed, as is what follows */
	const struct rg_mapped *mapped;
	int (*read)(void *ctx, void *to, size_t size, uint64_t address);
	void *ctx;
};

/* Reads from a struct rg_reading, as unwind/walker.h wants it. */
int rg_reading_read(void *reading, void *to, size_t size, uint64_t address);

#endif
