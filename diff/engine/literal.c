/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judgement.h"

#include <math.h>

/*
 * The seed rule, to the letter: fail if a function enters the top K by self-CPU, or if the share of
 * any top-K function grows by more than the threshold. No statistics, no minimum share.
 */

static bool in_top(const struct rg_judgement *judgement, enum rg_end end, uint32_t row,
		   uint32_t top_k)
{
	uint32_t place = judgement->place[end][row];

	return place > 0 && place <= top_k;
}

static enum rg_status literal_status(const struct rg_judgement *judgement,
				     const struct rg_finding *finding, uint32_t top_k)
{
	const uint32_t row = finding->row;
	const struct rg_table *table = judgement->fit.table;
	double before = rg_table_share(table, row, RG_END_BASE);
	double after = rg_table_share(table, row, RG_END_CANARY);

	if (!in_top(judgement, RG_END_BASE, row, top_k))
		return RG_STATUS_NEW;
	if (after > before * (1 + finding->rule->growth))
		return RG_STATUS_REGRESSED;
	return RG_STATUS_UNCHANGED;
}

static void literal_growth(const struct rg_table *table, struct rg_finding *finding)
{
	double half = table->side[RG_END_BASE][finding->row] > 0 &&
				      table->side[RG_END_CANARY][finding->row] > 0
			      ? 0
			      : 0.5;
	double before = ((double)table->side[RG_END_BASE][finding->row] + half) /
			(double)table->total[RG_END_BASE];
	double after = ((double)table->side[RG_END_CANARY][finding->row] + half) /
		       (double)table->total[RG_END_CANARY];

	finding->low = finding->high = finding->upper = log(after / before);
	finding->estimate.log_growth = finding->estimate.raw = finding->low;
}

void rg_conclude_literal(struct rg_judgement *judgement)
{
	bool failed = false;

	for (size_t i = 0; i < judgement->count; i++)
		failed |= rg_finding_fails(&judgement->finding[i]);
	/* With every function ignored there is nothing that a pass could rest on. */
	judgement->outcome = failed                  ? RG_OUTCOME_FAIL
			     : judgement->tested > 0 ? RG_OUTCOME_PASS
						     : RG_OUTCOME_UNDECIDED;
}

void rg_decide_literal(struct rg_judgement *judgement, const struct rg_policy *policy)
{
	judgement->tested = 0;
	judgement->total.tested = false;
	for (size_t i = 0; i < judgement->count; i++) {
		struct rg_finding *finding = &judgement->finding[i];
		bool after = in_top(judgement, RG_END_CANARY, finding->row, policy->top_k);

		literal_growth(judgement->fit.table, finding);
		finding->tested =
			after || in_top(judgement, RG_END_BASE, finding->row, policy->top_k);
		finding->gated = finding->tested;
		if (!finding->tested)
			continue;
		judgement->tested++;
		/* One that left the top K has nothing to answer for, unless its share grew. */
		finding->status = literal_status(judgement, finding, policy->top_k);
	}
	rg_conclude_literal(judgement);
}
