/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judgement.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <stdlib.h>

struct heavy {
	double weight;
	uint32_t row;
};

/* Ties go by row, which is the order of names: the order is the same whatever qsort() does. */
static int by_weight(const void *left, const void *right)
{
	const struct heavy *a = left, *b = right;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

static void sort_side(const struct rg_table *table, enum rg_end end, struct heavy *heavy,
		      uint32_t *rank)
{
	for (size_t row = 0; row < table->rows; row++)
		heavy[row] = (struct heavy){(double)table->side[end][row], (uint32_t)row};
	qsort(heavy, table->rows, sizeof(heavy[0]), by_weight);
	for (size_t i = 0; i < table->rows && heavy[i].weight > 0; i++)
		rank[heavy[i].row] = (uint32_t)i + 1;
}

static void sort_both(const struct rg_table *table, struct heavy *heavy, uint32_t *order)
{
	for (size_t row = 0; row < table->rows; row++)
		heavy[row] = (struct heavy){rg_table_both(table, row), (uint32_t)row};
	qsort(heavy, table->rows, sizeof(heavy[0]), by_weight);
	for (size_t i = 0; i < table->rows; i++)
		order[i] = heavy[i].row;
}

int rg_ranks_make(struct rg_ranks *out, const struct rg_table *table, struct rg_arena *arena,
		  struct rg_err *err)
{
	size_t rows = table->rows;
	struct heavy *heavy = rg_arena_array(arena, rows + 1, sizeof(*heavy));
	uint32_t *base = rg_arena_array(arena, rows + 1, sizeof(*base));
	uint32_t *canary = rg_arena_array(arena, rows + 1, sizeof(*canary));
	uint32_t *order = rg_arena_array(arena, rows + 1, sizeof(*order));

	if (!heavy || !base || !canary || !order)
		return rg_err_nomem(err, "diff");
	sort_side(table, RG_END_BASE, heavy, base);
	sort_side(table, RG_END_CANARY, heavy, canary);
	sort_both(table, heavy, order);
	*out = (struct rg_ranks){{base, canary}, order};
	return 0;
}
