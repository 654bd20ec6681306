/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ENGINE_ROUNDS_MADE_H
#define TEST_ENGINE_ROUNDS_MADE_H

#include "made.h"

/* Runs taken in rounds. */

enum { ROUNDS = 4 };

/* What the machine did to both runs of a round: from half to nearly double the speed. */
static const double machine[ROUNDS] = {1, 1.7, 0.6, 1.2};

struct rounds {
	struct rg_profile *run[2][ROUNDS];
	size_t count[2];
};

static inline struct made_spec spec_of(size_t round, const char *series, int64_t f01)
{
	static const char *const number[] = {"1", "2", "3", "4"};
	struct made_spec spec = made_default();

	spec.times = machine[round];
	/* A little noise of each run's own, so that no variance is zero. */
	made_extra(&spec, "f01", f01 + (int64_t)round * 20);
	if (series) {
		made_set(&spec, RG_KEY_ROUND, number[round]);
		made_set(&spec, RG_KEY_ROUND_SERIES, series);
	}
	return spec;
}

/* f01 has 3,500 samples at the baseline. */
static inline struct rounds make_rounds(const char *base, const char *canary, int64_t f01)
{
	struct rounds rounds = {.count = {ROUNDS, ROUNDS}};

	for (size_t i = 0; i < ROUNDS; i++) {
		struct made_spec before = spec_of(i, base, 3500);
		struct made_spec after = spec_of(ROUNDS - 1 - i, canary, f01);

		rounds.run[0][i] = made(&before);
		rounds.run[1][i] = made(&after); /* the last round first: order means nothing */
	}
	return rounds;
}

static inline struct rg_verdict *judge_rounds(struct rounds *rounds, enum rg_basis basis)
{
	struct rg_policy policy;
	const struct rg_runs base = {(const struct rg_profile *const *)rounds->run[0],
				     rounds->count[0]};
	const struct rg_runs canary = {(const struct rg_profile *const *)rounds->run[1],
				       rounds->count[1]};

	rg_policy_init(&policy);
	policy.basis = basis;
	return judge_runs(&base, &canary, &policy);
}

static inline void rounds_done(struct rounds *rounds)
{
	for (int end = 0; end < 2; end++)
		for (size_t i = 0; i < ROUNDS; i++)
			rg_profile_free(rounds->run[end][i]);
}

static inline struct rg_verdict *judged(const char *base, const char *canary, int64_t f01,
					enum rg_basis basis)
{
	struct rounds rounds = make_rounds(base, canary, f01);
	struct rg_verdict *verdict = judge_rounds(&rounds, basis);

	rounds_done(&rounds);
	return verdict;
}

#endif
