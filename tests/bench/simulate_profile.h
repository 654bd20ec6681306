/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BENCH_SIMULATE_PROFILE_H
#define RG_BENCH_SIMULATE_PROFILE_H

#include "simulate.h"

#include "rg/profile.h"
#include "rg/units.h"

#include <stdio.h>

static inline int rg_sim_add_function(struct rg_profile_builder *builder,
				      const struct rg_sim_pair *pair, size_t run, size_t row,
				      int64_t period_ns)
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

static inline int rg_sim_add_facts(struct rg_profile_builder *builder,
				   const struct rg_sim_scenario *scenario, size_t run,
				   uint64_t period_ns, uint64_t wall_ns)
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

static inline int rg_sim_fill(struct rg_profile_builder *builder,
			      const struct rg_sim_scenario *scenario,
			      const struct rg_sim_pair *pair, size_t run)
{
	uint64_t period_ns = (uint64_t)((double)RG_NS_PER_S / scenario->hertz + 0.5);
	uint64_t wall_ns = (uint64_t)(scenario->seconds * (double)RG_NS_PER_S);
	const struct rg_slice slice = {.wall_ns = wall_ns / RG_SIM_BATCHES};
	int rc = rg_sim_add_facts(builder, scenario, run, period_ns, wall_ns);

	rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	rg_profile_builder_measures(builder, RG_VALUE_CPU_NS);
	for (size_t b = 0; !rc && b < RG_SIM_BATCHES; b++)
		rc = rg_profile_builder_slice(builder, &slice, NULL);
	for (size_t row = 0; !rc && row < RG_SIM_ROWS; row++)
		rc = rg_sim_add_function(builder, pair, run, row, (int64_t)period_ns);
	return rc;
}

/* The run as a profile, as the engine reads it; NULL when out of memory. */
static inline struct rg_profile *rg_sim_profile(const struct rg_sim_scenario *scenario,
						const struct rg_sim_pair *pair, size_t run)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_profile *profile = NULL;

	if (builder && !rg_sim_fill(builder, scenario, pair, run) &&
	    rg_profile_builder_finish(builder, &profile, NULL))
		profile = NULL;
	rg_profile_builder_free(builder);
	return profile;
}

#endif
