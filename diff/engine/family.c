/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judgement.h"

#include "rg/arena.h"
#include "rg/err.h"

/*
 * A new function costs at least the first of the canary and less than the second of the baseline.
 * Four-fold apart, so that a row at the edge does not become new by chance.
 */
#define NEW_SHARE_MIN    0.01
#define NEGLIGIBLE_SHARE 0.0025

bool rg_family_is_new(const struct rg_table *table, size_t row)
{
	return rg_table_share(table, row, RG_END_CANARY) >= NEW_SHARE_MIN &&
	       rg_table_share(table, row, RG_END_BASE) < NEGLIGIBLE_SHARE;
}

static bool in_top(uint32_t rank, uint32_t top_k)
{
	return rank > 0 && rank <= top_k;
}

static bool in_family(const struct rg_table *table, const struct rg_ranks *ranks, uint32_t top_k,
		      size_t row)
{
	return in_top(ranks->rank[RG_END_BASE][row], top_k) ||
	       in_top(ranks->rank[RG_END_CANARY][row], top_k) || rg_family_is_new(table, row);
}

int rg_family_make(struct rg_judgement *judgement, const struct rg_table *table,
		   const struct rg_ranks *ranks, uint32_t top_k, size_t shown,
		   struct rg_arena *arena, struct rg_err *err)
{
	uint8_t *wanted = rg_arena_alloc(arena, table->rows + 1);
	size_t count = 0;

	if (!wanted)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < table->rows; i++) {
		uint32_t row = ranks->order[i];
		bool tested = in_family(table, ranks, top_k, row);

		wanted[row] = tested ? 2 : i < shown && rg_table_both(table, row) > 0;
		count += wanted[row] > 0;
	}
	judgement->finding = rg_arena_array(arena, count + 1, sizeof(*judgement->finding));
	if (!judgement->finding)
		return rg_err_nomem(err, "diff");
	judgement->count = 0;
	for (size_t row = 0; row < table->rows; row++) {
		if (wanted[row])
			judgement->finding[judgement->count++] = (struct rg_finding){
				.row = (uint32_t)row, .tested = wanted[row] == 2, .p = 1};
	}
	judgement->rank[RG_END_BASE] = ranks->rank[RG_END_BASE];
	judgement->rank[RG_END_CANARY] = ranks->rank[RG_END_CANARY];
	return 0;
}
