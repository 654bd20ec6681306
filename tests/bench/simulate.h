/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BENCH_SIMULATE_H
#define RG_BENCH_SIMULATE_H

#include "random.h"

#include "judgement.h"

#include "rg/arena.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/*
 * Pairs of sides with a known truth, at the level the statistics see: counts of functions by run.
 * Costs follow Zipf's law; each run multiplies every function's cost by a log-normal factor with the
 * coefficient of variation sigma; counts are Poisson within the run, in RG_SIM_BATCHES batches. What
 * else may vary is 0 unless a scenario says so: all functions of a run together, the runs of one round
 * alike, all runs of a side alike (a build), the batches (a load that drifts), and with wider tails.
 * Seeded: the same scenario gives the same figures on every machine with IEEE arithmetic.
 */

enum {
	RG_SIM_FUNCTIONS = 300,
	RG_SIM_BATCHES = 20,
	RG_SIM_RUNS_MAX = 32,
	RG_SIM_HEAVIEST = 10, /* functions that may come to be tested */
};

#define RG_SIM_GROWN_MOST 0.10

struct rg_sim_scenario {
	size_t base_runs, canary_runs;
	double cores;   /* mean busy cores, of the baseline */
	double sigma;   /* CV of a function's cost from run to run */
	double seconds; /* window */
	double hertz;
	double heaviest_share; /* of the first function; 0: as Zipf's law has it */
	/* Coefficients of variation, besides sigma: */
	double canary_sigma; /* of the canary's runs, in place of sigma; 0: sigma */
	double machine;      /* of a run's factor common to all functions */
	double build;        /* of each function from build to build */
	double drift; /* of each function from batch to batch, each like the one before (AR 0.8) */
	/* Rounds: runs i of either side share a factor for all functions, and one for each. */
	bool paired;
	double round, round_function;
	bool heavy_tails; /* Student's t with 3 degrees of freedom, of the same variance, for the normal */
	/*
	 * Versions far apart: that part of the functions costs more or less in the canary in fact, by a
	 * log-normal factor with this CV, those that count by RG_SIM_GROWN_MOST at most; and the first that is not
	 * `changed` gained so much besides.
	 */
	double rewritten, rewritten_cv, gained;
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

/* --- A pair of sides -------------------------------------------------------------------------- */

enum { RG_SIM_ROWS = RG_SIM_FUNCTIONS + 1 };

struct rg_sim_pair {
	int64_t batch[RG_SIM_RUNS_MAX][RG_SIM_ROWS][RG_SIM_BATCHES];
	int64_t count[RG_SIM_ROWS * RG_SIM_RUNS_MAX];
	double phi[RG_SIM_ROWS], exposure[RG_SIM_RUNS_MAX];
	double truth[RG_SIM_ROWS]; /* log of the growth of what was rewritten */
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

/* One function's batches in a run, whose load may drift. */
static inline void rg_sim_row(const struct rg_sim_scenario *scenario, struct rg_sim_random *random,
			      double mean, int64_t *batch)
{
	const double memory = 0.8;
	double spread = sqrt(log1p(scenario->drift * scenario->drift));

	if (!(scenario->drift > 0)) {
		rg_sim_batches(random, mean, batch);
		return;
	}
	double level = rg_sim_normal(random);

	for (size_t b = 0; b < RG_SIM_BATCHES; b++) {
		batch[b] = rg_sim_poisson(
			random, mean / RG_SIM_BATCHES * exp(spread * level - spread * spread / 2));
		level = memory * level + sqrt(1 - memory * memory) * rg_sim_normal(random);
	}
}

/* What a row costs more or less than its mean, in every run of a build or of a round. */
struct rg_sim_factors {
	double build[RG_END_COUNT][RG_SIM_ROWS];
	double round[RG_SIM_RUNS_MAX][RG_SIM_ROWS];
};

static inline void rg_sim_factors_draw(struct rg_sim_factors *factors,
				       const struct rg_sim_scenario *scenario,
				       struct rg_sim_random *random)
{
	for (int end = 0; end < RG_END_COUNT; end++)
		for (size_t row = 0; row < RG_SIM_ROWS; row++)
			factors->build[end][row] = rg_sim_factor(random, scenario->build, false);
	for (size_t round = 0; round < scenario->base_runs; round++) {
		double all = scenario->paired ? rg_sim_factor(random, scenario->round, false) : 1;

		for (size_t row = 0; row < RG_SIM_ROWS; row++)
			factors->round[round][row] =
				scenario->paired
					? all * rg_sim_factor(random, scenario->round_function,
							      false)
					: 1;
	}
}

/* Nothing is drawn where nothing was rewritten. */
static inline void rg_sim_truth_draw(double *truth, const struct rg_sim_scenario *scenario,
				     struct rg_sim_random *random)
{
	const double most = log1p(RG_SIM_GROWN_MOST);
	size_t gainer = scenario->changed == 0;

	for (size_t row = 0; row < RG_SIM_ROWS; row++) {
		truth[row] = 0;
		if (!(scenario->rewritten > 0) || rg_sim_uniform(random) > scenario->rewritten)
			continue;
		truth[row] = log(rg_sim_factor(random, scenario->rewritten_cv, false));
		if (row < RG_SIM_HEAVIEST && truth[row] > most)
			truth[row] = -truth[row];
	}
	if (scenario->gained > 0)
		truth[gainer] = log1p(-scenario->gained);
	if (scenario->changed >= 0)
		truth[scenario->changed] = 0;
}

static inline void rg_sim_draw_run(struct rg_sim_pair *pair, const struct rg_sim_scenario *scenario,
				   const double *share, const struct rg_sim_factors *factors,
				   size_t run, struct rg_sim_random *random)
{
	enum rg_end end = run < scenario->base_runs ? RG_END_BASE : RG_END_CANARY;
	size_t round = end == RG_END_BASE ? run : run - scenario->base_runs;
	double machine = rg_sim_factor(random, scenario->machine, false);
	double sigma = end == RG_END_CANARY && scenario->canary_sigma > 0 ? scenario->canary_sigma
									  : scenario->sigma;

	for (size_t row = 0; row < RG_SIM_ROWS; row++) {
		double factor = rg_sim_factor(random, sigma, scenario->heavy_tails) * machine *
				factors->build[end][row] *
				(end == RG_END_CANARY ? exp(pair->truth[row]) : 1);
		int64_t *batch = pair->batch[run][row], sum = 0;

		if (scenario->paired)
			factor *= factors->round[round][row];
		rg_sim_row(scenario, random, factor * rg_sim_mean(scenario, share, row, end),
			   batch);
		for (size_t b = 0; b < RG_SIM_BATCHES; b++)
			sum += batch[b];
		pair->count[row * rg_table_runs(&pair->table) + run] = sum;
	}
}

/* As the engine measures it: against the batch's part of the time, or of the run's samples. */
static inline void rg_sim_parts(const struct rg_sim_pair *pair, enum rg_basis basis, size_t run,
				double *part, double *part_square)
{
	double sum = 0;

	*part_square = 0;
	for (size_t b = 0; b < RG_SIM_BATCHES; b++) {
		part[b] = basis == RG_BASIS_SHARE ? 0 : 1;
		for (size_t row = 0; basis == RG_BASIS_SHARE && row < RG_SIM_ROWS; row++)
			part[b] += (double)pair->batch[run][row][b];
		sum += part[b];
	}
	for (size_t b = 0; b < RG_SIM_BATCHES; b++) {
		part[b] /= sum;
		*part_square += part[b] * part[b];
	}
}

static inline void rg_sim_measure_phi(struct rg_sim_pair *pair, enum rg_basis basis)
{
	double squares[RG_SIM_ROWS] = {0}, expected[RG_SIM_ROWS] = {0};

	for (size_t run = 0; run < rg_table_runs(&pair->table); run++) {
		double part[RG_SIM_BATCHES], part_square;

		rg_sim_parts(pair, basis, run, part, &part_square);
		for (size_t row = 0; row < RG_SIM_ROWS; row++) {
			double sum = (double)rg_table_count(&pair->table, row, run);

			for (size_t b = 0; b < RG_SIM_BATCHES; b++) {
				double distance = (double)pair->batch[run][row][b] - sum * part[b];

				squares[row] += distance * distance;
			}
			expected[row] += sum * (1 - part_square);
		}
	}
	for (size_t row = 0; row < RG_SIM_ROWS; row++)
		pair->phi[row] = expected[row] > 0 ? fmax(1, squares[row] / expected[row]) : 1;
}

static inline void rg_sim_begin(struct rg_sim_pair *pair, const struct rg_sim_scenario *scenario,
				enum rg_basis basis)
{
	pair->table = (struct rg_table){
		.rows = RG_SIM_ROWS,
		.runs = {scenario->base_runs, scenario->canary_runs},
		.count = pair->count,
		.exposure = pair->exposure,
		.phi = pair->phi,
		.phi_df = RG_SIM_BATCHES - 1,
		.rounds = scenario->paired ? scenario->base_runs : 0,
		.shares = basis == RG_BASIS_SHARE,
	};
}

/* When all counts and batches are there. */
static inline int rg_sim_finish(struct rg_sim_pair *pair, enum rg_basis basis, double exposure,
				struct rg_arena *arena)
{
	rg_sim_measure_phi(pair, basis);
	int code = rg_table_sum(&pair->table, arena, NULL);

	for (size_t run = 0; run < rg_table_runs(&pair->table); run++)
		pair->exposure[run] =
			basis == RG_BASIS_SHARE ? (double)pair->table.run_total[run] : exposure;
	return code;
}

/* basis: second or share. The result lives as long as pair and arena. */
static inline int rg_sim_draw(struct rg_sim_pair *pair, const struct rg_sim_scenario *scenario,
			      enum rg_basis basis, struct rg_sim_random *random,
			      struct rg_arena *arena)
{
	double share[RG_SIM_FUNCTIONS];
	struct rg_sim_factors factors;

	rg_sim_shares(scenario, share);
	rg_sim_begin(pair, scenario, basis);
	rg_sim_truth_draw(pair->truth, scenario, random);
	rg_sim_factors_draw(&factors, scenario, random);
	for (size_t run = 0; run < rg_table_runs(&pair->table); run++)
		rg_sim_draw_run(pair, scenario, share, &factors, run, random);
	return rg_sim_finish(pair, basis, scenario->seconds * scenario->hertz, arena);
}

#endif
