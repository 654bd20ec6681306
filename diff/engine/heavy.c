/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "heavy.h"
#include "table.h"

#include <stdlib.h>

static int by_weight(const void *left, const void *right)
{
	const struct rg_heavy *a = left, *b = right;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

void rg_heavy_sort(struct rg_heavy *heavy, size_t count)
{
	qsort(heavy, count, sizeof(*heavy), by_weight);
}

void rg_heavy_both(struct rg_heavy *out, const struct rg_table *table)
{
	for (size_t row = 0; row < table->rows; row++)
		out[row] = (struct rg_heavy){rg_table_both(table, row), (uint32_t)row};
	rg_heavy_sort(out, table->rows);
}
