/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BENCH_SIMULATE_RUN_H
#define RG_BENCH_SIMULATE_RUN_H

#include "simulate.h"

/* Many pairs of one scenario, judged. */

struct rg_sim_rates {
	double pass, fail, undecided;
	double fail_changed; /* the changed (or new) function failed */
	double fail_other;   /* some other row, or the total, failed */
	double covered; /* 95 % intervals of tested functions that hold the truth, of all but the changed one */
	size_t pairs;
};

/* What the judgement of one pair says of the functions that changed, and of all others. */
struct rg_sim_hits {
	bool changed, other;
	size_t intervals, covered;
};

static inline struct rg_sim_hits rg_sim_hits(const struct rg_sim_scenario *scenario,
					     const struct rg_sim_pair *pair,
					     const struct rg_judgement *judgement)
{
	struct rg_sim_hits hits = {.other = judgement->total.status == RG_STATUS_REGRESSED};

	for (size_t i = 0; i < judgement->count; i++) {
		const struct rg_finding *finding = &judgement->finding[i];
		bool fails =
			finding->status == RG_STATUS_REGRESSED || finding->status == RG_STATUS_NEW;
		bool truth =
			(int)finding->row == scenario->changed || finding->row == RG_SIM_FUNCTIONS;

		hits.changed |= fails && truth;
		hits.other |= fails && !truth;
		if (!finding->tested || truth)
			continue;
		hits.intervals++;
		hits.covered += finding->low <= pair->truth[finding->row] &&
				finding->high >= pair->truth[finding->row];
	}
	return hits;
}

static inline int rg_sim_run(const struct rg_sim_scenario *scenario, const struct rg_policy *policy,
			     size_t pairs, uint64_t seed, struct rg_sim_rates *out)
{
	struct rg_sim_random random = {seed};
	size_t outcome[3] = {0}, changed = 0, other = 0, covered = 0, intervals = 0;
	struct rg_sim_pair pair;
	enum rg_basis basis = policy->basis == RG_BASIS_SECOND ? RG_BASIS_SECOND : RG_BASIS_SHARE;
	const struct rg_scope scope = {.total = basis == RG_BASIS_SECOND};

	for (size_t n = 0; n < pairs; n++) {
		struct rg_arena *arena = rg_arena_new(0);
		struct rg_judgement judgement;

		if (!arena || rg_sim_draw(&pair, scenario, basis, &random, arena) ||
		    rg_judgement_make(&judgement, &pair.table, policy, &scope, arena, NULL)) {
			rg_arena_free(arena);
			return -1;
		}
		struct rg_sim_hits hits = rg_sim_hits(scenario, &pair, &judgement);

		outcome[judgement.outcome]++;
		changed += hits.changed;
		other += hits.other;
		covered += hits.covered;
		intervals += hits.intervals;
		rg_arena_free(arena);
	}
	double all = (double)pairs;

	*out = (struct rg_sim_rates){
		.pass = (double)outcome[RG_OUTCOME_PASS] / all,
		.fail = (double)outcome[RG_OUTCOME_FAIL] / all,
		.undecided = (double)outcome[RG_OUTCOME_UNDECIDED] / all,
		.fail_changed = (double)changed / all,
		.fail_other = (double)other / all,
		.covered = intervals > 0 ? (double)covered / (double)intervals : 0,
		.pairs = pairs,
	};
	return 0;
}

#endif
