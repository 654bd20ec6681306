/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints the verdicts of some simulated comparisons as JSON, with all digits: the same bytes whichever
 * compiler built it.
 */
#include "simulate_profile.h"

#include "rg/buf.h"
#include "rg/diff.h"
#include "rg/render.h"
#include "rg/verdict.h"

enum { PAIRS = 60, MAX_BYTES = 1 << 22 };

/* From too few samples to plenty, few runs and many, paired and not, changed and not. */
static struct rg_sim_scenario scenario_of(uint64_t n)
{
	static const double cores[] = {0.05, 0.25, 1, 4};
	struct rg_sim_scenario scenario = rg_sim_default(1 + n % 4, 1 + n % 3);

	scenario.cores = cores[n % 4];
	scenario.sigma = 0.03 * (double)(n % 5);
	scenario.changed = (int)(n % 7) - 2;
	scenario.growth = 0.2 * (double)(n % 6);
	scenario.new_share = n % 5 == 0 ? 0.03 : 0;
	scenario.paired = n % 4 == 1;
	if (scenario.paired)
		scenario.canary_runs = scenario.base_runs;
	return scenario;
}

static int print_verdict(const struct rg_sim_scenario *scenario, const struct rg_sim_pair *pair,
			 const struct rg_policy *policy)
{
	struct rg_profile *profile[RG_SIM_RUNS_MAX] = {NULL};
	const struct rg_profile *const *runs = (const struct rg_profile *const *)profile;
	const struct rg_runs base = {runs, scenario->base_runs};
	const struct rg_runs canary = {runs + scenario->base_runs, scenario->canary_runs};
	struct rg_verdict *verdict = NULL;
	struct rg_buf out;
	int rc;

	rg_buf_init(&out, MAX_BYTES);
	for (size_t run = 0; run < rg_table_runs(&pair->table); run++)
		profile[run] = rg_sim_profile(scenario, pair, run);
	rc = rg_diff_judge(&base, &canary, policy, &verdict, NULL);
	if (!rc)
		rc = rg_render_json(verdict, &out, NULL);
	if (!rc)
		fwrite(out.data, 1, out.len, stdout);
	rg_buf_done(&out);
	rg_verdict_free(verdict);
	for (size_t run = 0; run < RG_SIM_RUNS_MAX; run++)
		rg_profile_free(profile[run]);
	return rc;
}

int main(void)
{
	for (uint64_t n = 0; n < PAIRS; n++) {
		struct rg_sim_scenario scenario = scenario_of(n);
		struct rg_sim_random random = {n};
		struct rg_arena *arena = rg_arena_new(0);
		struct rg_policy policy;
		struct rg_sim_pair pair;

		rg_policy_init(&policy);
		policy.basis = n % 2 ? RG_BASIS_SECOND : RG_BASIS_SHARE;
		int rc = arena ? rg_sim_draw(&pair, &scenario, policy.basis, &random, arena) : -1;

		if (!rc)
			rc = print_verdict(&scenario, &pair, &policy);
		rg_arena_free(arena);
		if (rc)
			return 1;
	}
	return 0;
}
