/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judgement.h"

#include "rg/arena.h"
#include "rg/err.h"

/*
 * A new function costs at least the first of the dearer side and less than the second of the baseline.
 * Four-fold apart, so that a row at the edge does not become new by chance.
 */
#define NEW_SHARE_MIN    0.01
#define NEGLIGIBLE_SHARE 0.0025

/* Of times: by their floor in place of a share. */
static bool is_new_time(const struct rg_table *table, size_t row)
{
	double before = rg_table_cost(table, table->side[RG_END_BASE][row], RG_END_BASE);

	return rg_table_has_weight(table, table->side[RG_END_CANARY][row], row) &&
	       before < table->floor * (NEGLIGIBLE_SHARE / NEW_SHARE_MIN);
}

bool rg_family_is_new(const struct rg_table *table, size_t row)
{
	if (table->unit)
		return is_new_time(table, row);
	return rg_table_weight(table, row) >= NEW_SHARE_MIN &&
	       rg_table_share(table, row, RG_END_BASE) < NEGLIGIBLE_SHARE;
}

static bool in_top(uint32_t rank, uint32_t top_k)
{
	return rank > 0 && rank <= top_k;
}

static bool in_family(const struct rg_table *table, const uint32_t *const rank[RG_END_COUNT],
		      uint32_t top_k, size_t row)
{
	return in_top(rank[RG_END_BASE][row], top_k) || in_top(rank[RG_END_CANARY][row], top_k) ||
	       rg_family_is_new(table, row);
}

/* What is to be done with a row. */
enum want { WANT_NOTHING = 0, WANT_SHOWN, WANT_TESTED };

/* A row that is ignored is shown where it would have been tested. */
static enum want want_of(const struct rg_table *table, const struct rg_rules *rules,
			 const struct rg_ranks *ranks, uint32_t top_k, size_t row)
{
	if (!rg_row_rule_of(rules, row)->ignored)
		return in_family(table, ranks->place, top_k, row) ? WANT_TESTED : WANT_NOTHING;
	return in_family(table, ranks->rank, top_k, row) ? WANT_SHOWN : WANT_NOTHING;
}

static void add_findings(struct rg_judgement *judgement, const uint8_t *wanted, size_t rows)
{
	judgement->count = 0;
	for (size_t row = 0; row < rows; row++) {
		const struct rg_row_rule *rule = rg_row_rule_of(judgement->rules, row);

		if (wanted[row])
			judgement->finding[judgement->count++] = (struct rg_finding){
				.row = (uint32_t)row,
				.rule = rule,
				.tested = wanted[row] == WANT_TESTED,
				.status = rule->ignored && rule->pattern ? RG_STATUS_IGNORED
									 : RG_STATUS_UNKNOWN,
				.p = 1,
			};
	}
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
		enum want want = want_of(table, judgement->rules, ranks, top_k, row);

		if (want == WANT_NOTHING && i < shown && rg_table_both(table, row) > 0)
			want = WANT_SHOWN;
		wanted[row] = (uint8_t)want;
		count += want != WANT_NOTHING;
	}
	judgement->finding = rg_arena_array(arena, count + 1, sizeof(*judgement->finding));
	if (!judgement->finding)
		return rg_err_nomem(err, "diff");
	add_findings(judgement, wanted, table->rows);
	for (int end = 0; end < RG_END_COUNT; end++) {
		judgement->rank[end] = ranks->rank[end];
		judgement->place[end] = ranks->place[end];
	}
	return 0;
}
