/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "heavy.h"
#include "judgement.h"

#include "rg/arena.h"
#include "rg/err.h"

/* Ranks, and places among the rows that are not ignored. */
static void sort_side(const struct rg_table *table, const struct rg_rules *rules, enum rg_end end,
		      struct rg_heavy *heavy, uint32_t *rank, uint32_t *place)
{
	uint32_t places = 0;

	for (size_t row = 0; row < table->rows; row++)
		heavy[row] = (struct rg_heavy){(double)table->side[end][row], (uint32_t)row};
	rg_heavy_sort(heavy, table->rows);
	for (size_t i = 0; i < table->rows && heavy[i].weight > 0; i++) {
		uint32_t row = heavy[i].row;

		rank[row] = (uint32_t)i + 1;
		place[row] = rg_row_rule_of(rules, row)->ignored ? 0 : ++places;
	}
}

static size_t sort_both(const struct rg_table *table, const struct rg_rules *rules,
			struct rg_heavy *heavy, uint32_t *order, uint32_t *judged)
{
	size_t count = 0;

	rg_heavy_both(heavy, table);
	for (size_t i = 0; i < table->rows; i++) {
		order[i] = heavy[i].row;
		if (!rg_row_rule_of(rules, heavy[i].row)->ignored)
			judged[count++] = heavy[i].row;
	}
	return count;
}

int rg_ranks_make(struct rg_ranks *out, const struct rg_table *table, const struct rg_rules *rules,
		  struct rg_arena *arena, struct rg_err *err)
{
	enum { LISTS = 2 * RG_END_COUNT + 2 };
	size_t rows = table->rows;
	struct rg_heavy *heavy = rg_arena_array(arena, rows + 1, sizeof(*heavy));
	uint32_t *list[LISTS];

	if (!heavy)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < LISTS; i++) {
		list[i] = rg_arena_array(arena, rows + 1, sizeof(*list[i]));
		if (!list[i])
			return rg_err_nomem(err, "diff");
	}
	sort_side(table, rules, RG_END_BASE, heavy, list[0], list[2]);
	sort_side(table, rules, RG_END_CANARY, heavy, list[1], list[3]);
	*out = (struct rg_ranks){
		.rank = {list[0], list[1]},
		.place = {list[2], list[3]},
		.order = list[4],
		.judged = list[5],
		.judged_count = sort_both(table, rules, heavy, list[4], list[5]),
	};
	return 0;
}
