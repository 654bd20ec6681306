/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_UNWIND_TABLES_H
#define CAPTURE_UNWIND_TABLES_H

#include <stddef.h>
#include <stdint.h>

struct rg_unwind_arrays;
struct rg_unwind_rows;

/* The unwind tables of all files, in the arrays that walks read. Tables are added, never removed. */
struct rg_tables;

/* arrays is borrowed. */
struct rg_tables *rg_tables_new(const struct rg_unwind_arrays *arrays);
void rg_tables_free(struct rg_tables *tables);

/*
 * Adds a file's rows; *table is their number, RGW_TABLE_NONE when there are none or no room for them, which is counted.
 * Returns 0 or RG_ENOMEM.
 */
int rg_tables_add(struct rg_tables *tables, const struct rg_unwind_rows *rows, uint32_t *table);

/* The address (in the file) that a table's offsets count from. */
uint64_t rg_tables_base(const struct rg_tables *tables, uint32_t table);

/* A word of the tables, or NULL: see bpf/wire.h. */
uint64_t *rg_tables_word(const struct rg_tables *tables, uint32_t number);

struct rg_tables_stats {
	uint32_t tables;
	uint32_t rules;
	uint64_t rows;
	uint64_t bytes;   /* of rows and blocks */
	uint64_t refused; /* files whose rows found no room */
};

struct rg_tables_stats rg_tables_stats(const struct rg_tables *tables);

#endif
