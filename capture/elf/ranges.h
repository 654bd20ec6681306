/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_RANGES_H
#define CAPTURE_ELF_RANGES_H

#include <stddef.h>
#include <stdint.h>

struct rg_image;

/*
 * The functions of an image as its unwind information (.eh_frame, which stripping keeps) delimits
 * them: one range a function, or two where the compiler split off a cold part. No names.
 */
struct rg_range {
	uint64_t start, end;
};

struct rg_ranges {
	struct rg_range *items; /* by start */
	size_t count, cap;
};

/* Damaged entries are left out. Returns 0 or RG_ENOMEM. */
int rg_ranges_load(struct rg_ranges *ranges, const struct rg_image *image);
/* The last range that starts at or before the address, or NULL; it may end before it. */
const struct rg_range *rg_ranges_before(const struct rg_ranges *ranges, uint64_t address);
void rg_ranges_done(struct rg_ranges *ranges);

#endif
