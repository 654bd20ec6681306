/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "through.h"

#include "../simulate_profile.h"

#include "rg/diff.h"
#include "rg/err.h"
#include "rg/verdict.h"

#include <stdio.h>
#include <stdlib.h>

/* --- The same verdict ------------------------------------------------------------------------- */

static bool differs(const char *what, const char *where, double expected, double got)
{
	/* Periods are whole nanoseconds: exposures differ by that. */
	double tolerance = 1e-6 * fmax(1, fabs(expected));

	if (fabs(expected - got) <= tolerance)
		return false;
	fprintf(stderr, "bench-verdict: %s of %s: simulated %.9g, by profiles %.9g\n", what, where,
		expected, got);
	return true;
}

/* A verdict has no growth of what was not there before. */
static bool growth_differs(const struct rg_finding *finding, const struct rg_row *row)
{
	if (row->samples_base == 0)
		return false;
	return differs("growth", row->key, rg_growth_of_log(finding->estimate.log_growth),
		       row->growth) ||
	       differs("interval", row->key, rg_growth_of_log(finding->high), row->growth_high);
}

static bool row_differs(const struct rg_finding *finding, const struct rg_row *row)
{
	return differs("status", row->key, finding->status, row->status) ||
	       growth_differs(finding, row) || differs("p", row->key, finding->p, row->p) ||
	       differs("detectable growth", row->key, finding->mdg, row->mdg);
}

static const struct rg_row *row_of(const struct rg_verdict *verdict, uint32_t index)
{
	for (size_t i = 0; i < verdict->row_count; i++) {
		if (strtoul(verdict->rows[i].key + 1, NULL, 10) == index)
			return &verdict->rows[i];
	}
	return NULL;
}

static bool same(const struct rg_judgement *judgement, const struct rg_verdict *verdict)
{
	if (verdict->outcome == RG_OUTCOME_NOT_COMPARABLE) /* tells nothing of the rows */
		return true;
	if (differs("outcome", "the pair", judgement->outcome, verdict->outcome))
		return false;
	for (size_t i = 0; i < judgement->count; i++) {
		const struct rg_finding *finding = &judgement->finding[i];
		const struct rg_row *row = row_of(verdict, finding->row);

		if (finding->tested && (!row || row_differs(finding, row)))
			return false;
	}
	return !judgement->total.tested || !row_differs(&judgement->total, &verdict->total);
}

bool through_profiles(const struct rg_sim_scenario *scenario, const struct rg_sim_pair *pair,
		      const struct rg_judgement *judgement, const struct rg_policy *policy)
{
	struct rg_profile *profile[RG_SIM_RUNS_MAX] = {NULL};
	const struct rg_profile *const *runs = (const struct rg_profile *const *)profile;
	struct rg_verdict *verdict = NULL;
	bool made = true;

	for (size_t run = 0; made && run < rg_table_runs(&pair->table); run++)
		made = (profile[run] = rg_sim_profile(scenario, pair, run)) != NULL;
	const struct rg_runs base = {runs, scenario->base_runs};
	const struct rg_runs canary = {runs + scenario->base_runs, scenario->canary_runs};

	made = made && rg_diff_judge(&base, &canary, policy, &verdict, NULL) == 0;
	bool equal = made && same(judgement, verdict);

	rg_verdict_free(verdict);
	for (size_t run = 0; run < RG_SIM_RUNS_MAX; run++)
		rg_profile_free(profile[run]);
	return equal;
}
