/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_HEAVY_H
#define RG_ENGINE_HEAVY_H

#include <stddef.h>
#include <stdint.h>

struct rg_table;

struct rg_heavy {
	double weight;
	uint32_t row;
};

/* The heaviest first. Ties go by row, which is the order of names: the order is the same whatever qsort() does. */
void rg_heavy_sort(struct rg_heavy *heavy, size_t count);
/* All rows of a table by what both sides have of them, in that order. */
void rg_heavy_both(struct rg_heavy *out, const struct rg_table *table);

#endif
