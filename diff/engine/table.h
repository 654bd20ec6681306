/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_TABLE_H
#define RG_ENGINE_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct rg_arena;
struct rg_err;

enum rg_end { RG_END_BASE = 0, RG_END_CANARY = 1, RG_END_COUNT = 2 };

/*
 * What the statistics see of the two sets of runs: how many samples each row (function) had in
 * each run, and what each run's counts are to be divided by. Nothing of names or files, so that a
 * simulation feeds the same code as real profiles do.
 */
struct rg_table {
	size_t rows;
	size_t runs[RG_END_COUNT]; /* J baseline runs, m canary runs; both > 0 */
	const int64_t *count;      /* rows x (J + m), row by row, baseline runs first */
	const double *exposure;    /* J + m: what a count is divided by; > 0 */
	const double *phi; /* rows: within-run variance over that of a Poisson count; >= 1 */
	double phi_df;     /* degrees of freedom phi was measured with; 0: not measured */

	/* Filled by rg_table_sum(). */
	const int64_t *side[RG_END_COUNT]; /* rows: counts pooled over the side's runs */
	const int64_t *run_total;          /* J + m */
	int64_t total[RG_END_COUNT];
};

static inline size_t rg_table_runs(const struct rg_table *table)
{
	return table->runs[RG_END_BASE] + table->runs[RG_END_CANARY];
}

static inline int64_t rg_table_count(const struct rg_table *table, size_t row, size_t run)
{
	return table->count[row * rg_table_runs(table) + run];
}

/* The runs of one side are numbered [first, first + table->runs[end]). */
static inline size_t rg_table_first(const struct rg_table *table, enum rg_end end)
{
	return end == RG_END_BASE ? 0 : table->runs[RG_END_BASE];
}

/* Of both sides, which as an integer may not fit. */
static inline double rg_table_both(const struct rg_table *table, size_t row)
{
	return (double)table->side[RG_END_BASE][row] + (double)table->side[RG_END_CANARY][row];
}

static inline double rg_table_share(const struct rg_table *table, size_t row, enum rg_end end)
{
	int64_t total = table->total[end];

	return total > 0 ? (double)table->side[end][row] / (double)total : 0;
}

/* Adds up the counts. Returns 0, RG_ENOMEM, or RG_ELIMIT when a sum does not fit. */
int rg_table_sum(struct rg_table *table, struct rg_arena *arena, struct rg_err *err);

#endif
