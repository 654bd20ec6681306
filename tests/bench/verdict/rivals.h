/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BENCH_RIVALS_H
#define RG_BENCH_RIVALS_H

#include "../simulate_run.h"

/* What other rules would say of the same pair. */

enum rival {
	RIVAL_SEED, /* the seed rule, by the engine: "new in the top 5, or a top-5 share grew > 15 %" */
	RIVAL_Z,     /* two-proportion z-test of the shares of the top 5, and > 15 % */
	RIVAL_RANKS, /* Mann-Whitney over the slices' CPU per second, top 5, and > 15 % */
	RIVAL_BOUND, /* z-test that is told sigma: what nobody can do better than */
	RIVAL_COUNT,
};

struct rival_hits {
	bool changed, other; /* the function that changed fails; anything else does */
};

/* The pair must be drawn for the basis second. Returns 0 or -1 (out of memory). */
int rival_judge(enum rival rival, const struct rg_sim_scenario *scenario,
		const struct rg_sim_pair *pair, const struct rg_policy *policy,
		struct rival_hits *out);

#endif
