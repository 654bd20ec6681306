/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ENGINE_DRAWN_H
#define TEST_ENGINE_DRAWN_H

#include "unit.h"

#include "../../bench/random.h"

#include "rg/diff.h"
#include "rg/err.h"
#include "rg/profile.h"
#include "rg/verdict.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * Whole profiles that are drawn at random: one core, five minutes, Poisson counts. Seeded: a test passes or fails the same
 * every time.
 */

enum { DRAWN_SLICES = 20, DRAWN_SAMPLES = 29700, DRAWN_NAMES_MAX = 96 };

static const enum rg_basis drawn_bases[] = {RG_BASIS_SHARE, RG_BASIS_SECOND};

/* Pairs of profiles, RG_SIM_TIMES as many. */
static inline int drawn_pairs(int pairs)
{
	const char *times = getenv("RG_SIM_TIMES");

	return times ? pairs * atoi(times) : pairs;
}

/* --- What varies ------------------------------------------------------------------------------ */

/* From run to run, by the name alone: a function's cost varies alike whoever calls it. */
struct drawn_factors {
	char name[DRAWN_NAMES_MAX][32];
	double factor[DRAWN_NAMES_MAX];
	int count;
};

static inline double drawn_factor(struct drawn_factors *factors, const char *name,
				  struct rg_sim_random *random)
{
	for (int i = 0; i < factors->count; i++) {
		if (strcmp(factors->name[i], name) == 0)
			return factors->factor[i];
	}
	assert_true(factors->count < DRAWN_NAMES_MAX && strlen(name) < sizeof(factors->name[0]));
	snprintf(factors->name[factors->count], sizeof(factors->name[0]), "%s", name);
	factors->factor[factors->count] = rg_sim_factor(random, 0.05, false);
	return factors->factor[factors->count++];
}

/* --- A profile -------------------------------------------------------------------------------- */

static inline struct rg_profile_builder *drawn_begin(void)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	const struct rg_slice slice = {.wall_ns = 15000000000};

	assert_non_null(builder);
	rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	rg_profile_builder_measures(builder, RG_VALUE_CPU_NS);
	rg_profile_builder_fact(builder, RG_KEY_PERIOD_NS, "10000000", NULL);
	rg_profile_builder_fact(builder, RG_KEY_WALL_NS, "300000000000", NULL);
	for (int i = 0; i < DRAWN_SLICES; i++)
		rg_profile_builder_slice(builder, &slice, NULL);
	return builder;
}

static inline uint32_t drawn_frame(struct rg_profile_builder *builder, const char *name,
				   const char *file, const char *module)
{
	struct rg_frame frame = {.function = name, .file = file};
	uint32_t id;

	assert_int_equal(rg_profile_builder_module(builder, module, "", &frame.module, NULL), 0);
	assert_int_equal(rg_profile_builder_frame(builder, &frame, &id, NULL), 0);
	return id;
}

/* Frames leaf first; so many samples in the mean. */
static inline void drawn_add(struct rg_profile_builder *builder, const uint32_t *frames,
			     uint32_t depth, double mean, struct rg_sim_random *random)
{
	struct rg_sample sample = {.thread = "", .wait = ""};

	assert_int_equal(rg_profile_builder_stack(builder, frames, depth, &sample.stack, NULL), 0);
	for (uint32_t slice = 0; slice < DRAWN_SLICES; slice++) {
		int64_t count = rg_sim_poisson(random, mean / DRAWN_SLICES);

		if (count == 0)
			continue;
		sample.slice = slice;
		sample.value[RG_VALUE_SAMPLES] = count;
		sample.value[RG_VALUE_CPU_NS] = count * 10000000;
		assert_int_equal(rg_profile_builder_sample(builder, &sample, NULL), 0);
	}
}

/* Ends the builder. */
static inline struct rg_profile *drawn_finish(struct rg_profile_builder *builder)
{
	struct rg_profile *profile = NULL;

	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	rg_profile_builder_free(builder);
	return profile;
}

/* --- A pair of them --------------------------------------------------------------------------- */

/* Judges and frees them; `kinships` may be NULL. */
static inline struct rg_verdict *drawn_judge(struct rg_profile *base, struct rg_profile *canary,
					     const struct rg_policy *policy,
					     const struct rg_kinships *kinships)
{
	const struct rg_profile *b = base, *c = canary;
	struct rg_verdict *verdict = NULL;

	assert_int_equal(rg_diff_judge_kin(&(struct rg_runs){&b, 1}, &(struct rg_runs){&c, 1},
					   policy, kinships, &verdict, NULL),
			 0);
	rg_profile_free(base);
	rg_profile_free(canary);
	return verdict;
}

#endif
