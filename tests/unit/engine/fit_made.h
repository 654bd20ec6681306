/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ENGINE_FIT_MADE_H
#define TEST_ENGINE_FIT_MADE_H

/* Tables made to order, and what is to come of them. */

#include "unit.h"

#include "judgement.h"

#include "rg/arena.h"

enum { ROWS = 45, RUNS_MOST = 8 };

struct golden_row {
	size_t row;
	double log_growth, raw, variance, df, spread, p, mdg;
};

struct golden {
	const char *sentence;
	size_t base_runs, canary_runs;
	int noisy_every; /* each such row varies by 12 % steps between runs; 0: none does */
	double common, between, prior_df;
	struct golden_row row[6];
	double total_log, total_variance, total_df, total_p, total_mdg;
	bool paired, shares;
};

struct made {
	int64_t count[ROWS * RUNS_MOST];
	double exposure[RUNS_MOST], phi[ROWS];
	struct rg_table table;
};

/* Zipf-like counts with small fixed deviations; row 3 grows by 40 % in the canary. */
static inline int64_t made_count(size_t row, size_t run, const struct golden *golden)
{
	int64_t i = (int64_t)row, r = (int64_t)run;
	int64_t count = 6000 / (i + 1) + (i * 37 + r * 53) % 41 + 10 + r * (i % 5);

	if (row == 3 && run >= golden->base_runs)
		count = count * 14 / 10;
	if (golden->noisy_every && i % golden->noisy_every == 0)
		count = count * (100 + 12 * (r * 7 % 5 - 2)) / 100;
	return count;
}

static inline void make_table(struct made *made, const struct golden *golden,
			      struct rg_arena *arena)
{
	size_t runs = golden->base_runs + golden->canary_runs;

	made->table = (struct rg_table){
		.rows = ROWS,
		.runs = {golden->base_runs, golden->canary_runs},
		.count = made->count,
		.exposure = made->exposure,
		.phi = made->phi,
		.phi_df = 19,
		.rounds = golden->paired ? golden->base_runs : 0,
		.shares = golden->shares,
	};
	for (size_t row = 0; row < ROWS; row++) {
		made->phi[row] = 1 + (double)(row * 7 % 10) / 10;
		for (size_t run = 0; run < runs; run++)
			made->count[row * runs + run] = made_count(row, run, golden);
	}
	for (size_t run = 0; run < runs; run++)
		made->exposure[run] = 29700 + 100 * (double)run;
	assert_int_equal(rg_table_sum(&made->table, arena, NULL), 0);
}

#endif
