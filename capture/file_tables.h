/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_FILE_TABLES_H
#define CAPTURE_FILE_TABLES_H

#include <stddef.h>
#include <stdint.h>

struct rg_files;
struct rg_tables;
struct rg_timeline_range;

/* The unwind tables of the files that are mapped: each is made when it is first asked for. */
struct rg_file_tables {
	const struct rg_files *files; /* borrowed */
	struct rg_tables *tables;     /* borrowed */
	uint32_t *table;              /* by file */
	size_t count;
	uint64_t build_ns; /* time taken to make them */
};

/* RGW_TABLE_NONE for a file that has none, or cannot be had yet. Returns 0 or RG_ENOMEM. */
int rg_file_tables_find(struct rg_file_tables *by_file, uint32_t file, uint32_t *table);
/* What takes offsets in a mapping to offsets in the table's code. */
uint32_t rg_file_tables_delta(const struct rg_file_tables *by_file,
			      const struct rg_timeline_range *m, uint32_t table);
void rg_file_tables_done(struct rg_file_tables *by_file);

#endif
