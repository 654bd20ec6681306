/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BENCH_SIMULATE_H
#define RG_BENCH_SIMULATE_H

#include "judgement.h"

#include "rg/arena.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/*
 * Pairs of sides with a known truth, at the level the statistics see: counts of functions by run.
 * Costs follow Zipf's law; each run multiplies every function's cost by a log-normal factor with the
 * coefficient of variation sigma; counts are Poisson within the run, in RG_SIM_BATCHES batches.
 * Seeded: the same scenario gives the same figures on every machine with IEEE arithmetic.
 */

enum {
	RG_SIM_FUNCTIONS = 300,
	RG_SIM_BATCHES = 20,
	RG_SIM_RUNS_MAX = 16,
};

struct rg_sim_scenario {
	size_t base_runs, canary_runs;
	double cores;   /* mean busy cores, of the baseline */
	double sigma;   /* CV of a function's cost from run to run */
	double seconds; /* window */
	double hertz;
	double heaviest_share; /* of the first function; 0: as Zipf's law has it */
	/* The truth about the canary: this function (0 is the heaviest) costs `growth` more; -1: gone. */
	int changed; /* below 0: none */
	double growth;
	double new_share; /* a function that the baseline has not, of the canary's old total; 0: none */
};

/* The case the design's figures are for: one core, 99 Hz, five minutes. */
static inline struct rg_sim_scenario rg_sim_default(size_t base_runs, size_t canary_runs)
{
	return (struct rg_sim_scenario){
		.base_runs = base_runs,
		.canary_runs = canary_runs,
		.cores = 1,
		.sigma = 0.05,
		.seconds = 300,
		.hertz = 99,
		.changed = -1,
	};
}

/* --- Random numbers --------------------------------------------------------------------------- */

struct rg_sim_random {
	uint64_t state;
};

/* SplitMix64 (Steele, Lea and Flood 2014). */
static inline uint64_t rg_sim_next(struct rg_sim_random *random)
{
	uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Above 0, below 1. */
static inline double rg_sim_uniform(struct rg_sim_random *random)
{
	return ((double)(rg_sim_next(random) >> 12) + 0.5) * 0x1p-52;
}

static inline double rg_sim_normal(struct rg_sim_random *random)
{
	double radius = sqrt(-2 * log(rg_sim_uniform(random)));

	return radius * cos(2 * M_PI * rg_sim_uniform(random));
}

/* By multiplication of uniforms below 30 (Knuth); above, the rounded normal of the square roots
 * (Anscombe), whose error is far below the noise it stands for. */
static inline int64_t rg_sim_poisson(struct rg_sim_random *random, double mean)
{
	if (mean <= 0)
		return 0;
	if (mean < 30) {
		double bar = exp(-mean), product = rg_sim_uniform(random);
		int64_t count = 0;

		for (; product > bar; count++)
			product *= rg_sim_uniform(random);
		return count;
	}
	double count = mean + sqrt(mean) * rg_sim_normal(random);

	return count > 0 ? (int64_t)(count + 0.5) : 0;
}

/* --- A pair of sides -------------------------------------------------------------------------- */

struct rg_sim_pair {
	int64_t count[(RG_SIM_FUNCTIONS + 1) * RG_SIM_RUNS_MAX];
	double squares[RG_SIM_FUNCTIONS + 1], counted[RG_SIM_FUNCTIONS + 1];
	double phi[RG_SIM_FUNCTIONS + 1], exposure[RG_SIM_RUNS_MAX];
	struct rg_table table;
};

/* Share of each function in the baseline: Zipf with exponent 0.95. */
static inline void rg_sim_shares(const struct rg_sim_scenario *scenario, double *share)
{
	double sum = 0;

	for (size_t i = 0; i < RG_SIM_FUNCTIONS; i++)
		sum += share[i] = pow((double)(i + 1), -0.95);
	if (scenario->heaviest_share > 0) {
		sum -= share[0];
		share[0] = sum * scenario->heaviest_share / (1 - scenario->heaviest_share);
		sum += share[0];
	}
	for (size_t i = 0; i < RG_SIM_FUNCTIONS; i++)
		share[i] /= sum;
}

/* Samples function i is expected to have in a run of this side; the last row is the new function. */
static inline double rg_sim_mean(const struct rg_sim_scenario *scenario, const double *share,
				 size_t i, enum rg_end end)
{
	double samples = scenario->cores * scenario->seconds * scenario->hertz;

	if (i == RG_SIM_FUNCTIONS)
		return end == RG_END_CANARY ? samples * scenario->new_share : 0;
	if (end == RG_END_CANARY && (int)i == scenario->changed)
		return samples * share[i] * (1 + scenario->growth);
	return samples * share[i];
}

/*
 * Counts per batch. A Poisson total thrown at random into batches is the same as a Poisson count in
 * each, and cheaper while the total is small.
 */
static inline void rg_sim_batches(struct rg_sim_random *random, double mean, int64_t *batch)
{
	if (mean >= 30 * RG_SIM_BATCHES) {
		for (size_t b = 0; b < RG_SIM_BATCHES; b++)
			batch[b] = rg_sim_poisson(random, mean / RG_SIM_BATCHES);
		return;
	}
	int64_t total = rg_sim_poisson(random, mean);

	memset(batch, 0, RG_SIM_BATCHES * sizeof(*batch));
	for (int64_t i = 0; i < total; i++)
		batch[(rg_sim_next(random) >> 32) * RG_SIM_BATCHES >> 32]++;
}

static inline void rg_sim_cell(struct rg_sim_pair *pair, struct rg_sim_random *random, double mean,
			       size_t row, size_t run)
{
	int64_t batch[RG_SIM_BATCHES], sum = 0;

	rg_sim_batches(random, mean, batch);
	for (size_t b = 0; b < RG_SIM_BATCHES; b++)
		sum += batch[b];
	for (size_t b = 0; b < RG_SIM_BATCHES; b++) {
		double distance = (double)batch[b] - (double)sum / RG_SIM_BATCHES;

		pair->squares[row] += distance * distance;
	}
	pair->counted[row] += (double)sum;
	pair->count[row * rg_table_runs(&pair->table) + run] = sum;
}

/* basis: second or share. The result lives as long as pair and arena. */
static inline int rg_sim_draw(struct rg_sim_pair *pair, const struct rg_sim_scenario *scenario,
			      enum rg_basis basis, struct rg_sim_random *random,
			      struct rg_arena *arena)
{
	double share[RG_SIM_FUNCTIONS], spread = sqrt(log1p(scenario->sigma * scenario->sigma));

	memset(pair, 0, sizeof(*pair));
	rg_sim_shares(scenario, share);
	pair->table = (struct rg_table){
		.rows = RG_SIM_FUNCTIONS + 1,
		.runs = {scenario->base_runs, scenario->canary_runs},
		.count = pair->count,
		.exposure = pair->exposure,
		.phi = pair->phi,
		.phi_df = RG_SIM_BATCHES - 1,
	};
	for (size_t run = 0; run < rg_table_runs(&pair->table); run++) {
		enum rg_end end = run < scenario->base_runs ? RG_END_BASE : RG_END_CANARY;

		for (size_t row = 0; row <= RG_SIM_FUNCTIONS; row++) {
			double factor = exp(spread * rg_sim_normal(random) - spread * spread / 2);

			rg_sim_cell(pair, random, factor * rg_sim_mean(scenario, share, row, end),
				    row, run);
		}
	}
	for (size_t row = 0; row <= RG_SIM_FUNCTIONS; row++) {
		double scale = (double)RG_SIM_BATCHES / (RG_SIM_BATCHES - 1);

		pair->phi[row] = pair->counted[row] > 0
					 ? fmax(1, scale * pair->squares[row] / pair->counted[row])
					 : 1;
	}
	int code = rg_table_sum(&pair->table, arena, NULL);

	for (size_t run = 0; run < rg_table_runs(&pair->table); run++)
		pair->exposure[run] = basis == RG_BASIS_SHARE ? (double)pair->table.run_total[run]
							      : scenario->seconds * scenario->hertz;
	return code;
}

/* --- Many pairs ------------------------------------------------------------------------------- */

struct rg_sim_rates {
	double pass, fail, undecided;
	double fail_changed; /* the changed (or new) function failed */
	double fail_other;   /* some other row, or the total, failed */
	double covered;      /* 95 % intervals of tested, unchanged functions that hold no growth */
	size_t pairs;
};

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
		bool hit = false, stray;

		if (!arena || rg_sim_draw(&pair, scenario, basis, &random, arena) ||
		    rg_judgement_make(&judgement, &pair.table, policy, &scope, arena, NULL)) {
			rg_arena_free(arena);
			return -1;
		}
		stray = judgement.total.status == RG_STATUS_REGRESSED;
		for (size_t i = 0; i < judgement.count; i++) {
			const struct rg_finding *finding = &judgement.finding[i];
			bool fails = finding->status == RG_STATUS_REGRESSED ||
				     finding->status == RG_STATUS_NEW;
			bool truth = (int)finding->row == scenario->changed ||
				     finding->row == RG_SIM_FUNCTIONS;

			hit |= fails && truth;
			stray |= fails && !truth;
			if (finding->tested && !truth) {
				intervals++;
				covered += finding->low <= 0 && finding->high >= 0;
			}
		}
		outcome[judgement.outcome]++;
		changed += hit;
		other += stray;
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
