/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "through.h"

#include "rg/diff.h"
#include "rg/err.h"
#include "rg/profile.h"
#include "rg/units.h"
#include "rg/verdict.h"

#include <stdio.h>
#include <stdlib.h>

/* --- A run as a profile ----------------------------------------------------------------------- */

static int add_function(struct rg_profile_builder *builder, const struct rg_sim_pair *pair,
			size_t run, size_t row, int64_t period_ns)
{
	struct rg_frame frame = {.file = ""};
	uint32_t id, stack;
	char name[8];
	int rc;

	snprintf(name, sizeof(name), "f%03zu", row);
	frame.function = name;
	rc = rg_profile_builder_module(builder, "simulated", "", &frame.module, NULL);
	if (!rc)
		rc = rg_profile_builder_frame(builder, &frame, &id, NULL);
	if (!rc)
		rc = rg_profile_builder_stack(builder, &id, 1, &stack, NULL);
	for (size_t b = 0; !rc && b < RG_SIM_BATCHES; b++) {
		struct rg_sample sample = {.stack = stack, .slice = (uint32_t)b, .thread = ""};

		sample.value[RG_VALUE_SAMPLES] = pair->batch[run][row][b];
		sample.value[RG_VALUE_CPU_NS] = pair->batch[run][row][b] * period_ns;
		rc = rg_profile_builder_sample(builder, &sample, NULL);
	}
	return rc;
}

static int add_facts(struct rg_profile_builder *builder, const struct rg_sim_scenario *scenario,
		     size_t run, uint64_t period_ns, uint64_t wall_ns)
{
	int rc = rg_profile_builder_fact_u64(builder, RG_KEY_PERIOD_NS, period_ns, NULL);

	if (!rc)
		rc = rg_profile_builder_fact_u64(builder, RG_KEY_WALL_NS, wall_ns, NULL);
	if (!rc)
		rc = rg_profile_builder_fact_u64(builder, RG_KEY_STARTED_NS, run + 1, NULL);
	if (rc || !scenario->paired)
		return rc;
	rc = rg_profile_builder_fact(builder, RG_KEY_ROUND_SERIES, "simulated", NULL);
	return rc ? rc
		  : rg_profile_builder_fact_u64(builder, RG_KEY_ROUND,
						run % scenario->base_runs + 1, NULL);
}

static int fill(struct rg_profile_builder *builder, const struct rg_sim_scenario *scenario,
		const struct rg_sim_pair *pair, size_t run)
{
	uint64_t period_ns = (uint64_t)((double)RG_NS_PER_S / scenario->hertz + 0.5);
	uint64_t wall_ns = (uint64_t)(scenario->seconds * (double)RG_NS_PER_S);
	const struct rg_slice slice = {.wall_ns = wall_ns / RG_SIM_BATCHES};
	int rc = add_facts(builder, scenario, run, period_ns, wall_ns);

	rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	rg_profile_builder_measures(builder, RG_VALUE_CPU_NS);
	for (size_t b = 0; !rc && b < RG_SIM_BATCHES; b++)
		rc = rg_profile_builder_slice(builder, &slice, NULL);
	for (size_t row = 0; !rc && row < RG_SIM_ROWS; row++)
		rc = add_function(builder, pair, run, row, (int64_t)period_ns);
	return rc;
}

static struct rg_profile *profile_of(const struct rg_sim_scenario *scenario,
				     const struct rg_sim_pair *pair, size_t run)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_profile *profile = NULL;

	if (builder && !fill(builder, scenario, pair, run) &&
	    rg_profile_builder_finish(builder, &profile, NULL))
		profile = NULL;
	rg_profile_builder_free(builder);
	return profile;
}

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
		made = (profile[run] = profile_of(scenario, pair, run)) != NULL;
	const struct rg_runs base = {runs, scenario->base_runs};
	const struct rg_runs canary = {runs + scenario->base_runs, scenario->canary_runs};

	made = made && rg_diff_judge(&base, &canary, policy, &verdict, NULL) == 0;
	bool equal = made && same(judgement, verdict);

	rg_verdict_free(verdict);
	for (size_t run = 0; run < RG_SIM_RUNS_MAX; run++)
		rg_profile_free(profile[run]);
	return equal;
}
