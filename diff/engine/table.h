/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_TABLE_H
#define RG_ENGINE_TABLE_H

#include <stdbool.h>
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
	/* rows: within-run variance over that of a Poisson count, >= 1; of times: over the sum, >= 0 */
	const double *phi;
	double phi_df; /* degrees of freedom phi was measured with; 0: not measured */
	/*
	 * Not 0: as many rounds of one run a side, taken one after the other: run i of either side is of
	 * round i, and they are compared round by round.
	 */
	size_t rounds;
	/* One run a side, of the same window: phi is of the difference between them (apart.h). */
	bool concurrent;
	bool shares; /* exposures are the runs' totals */
	/*
	 * Of times, which are no counts: `count` is ns. NULL and 0 for samples.
	 * unit: rows, then the total: what one event came to, on average; > 0.
	 * events: rows, then the total: how many there were on a side.
	 * total_phi: that of the total, measured. floor: cost below which no row is of weight, and
	 * floor_events: events that it takes.
	 */
	const double *unit;
	const int64_t *events[RG_END_COUNT];
	double total_phi, floor, floor_events;

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

/* Whether the sides are compared round by round. One round alone is one run a side. */
static inline bool rg_table_paired(const struct rg_table *table)
{
	return table->rounds >= 2;
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

/* What is added to a count that may be 0 before its logarithm is taken: half an event. */
static inline double rg_table_half(const struct rg_table *table, size_t row)
{
	return table->unit ? table->unit[row] / 2 : 0.5;
}

static inline double rg_table_events(const struct rg_table *table, size_t row, enum rg_end end)
{
	return table->unit ? (double)table->events[end][row] : (double)table->side[end][row];
}

/* Cost in units of the exposures. */
static inline double rg_table_cost(const struct rg_table *table, int64_t count, enum rg_end end)
{
	size_t first = rg_table_first(table, end);
	double exposure = 0;

	for (size_t run = first; run < first + table->runs[end]; run++)
		exposure += table->exposure[run];
	return (double)count / exposure;
}

/*
 * What the row costs in the canary, as a part of what everything costs on the side where that is more: beside a large gain a
 * small thing is no larger than it was. Of shares a part of the canary, as what everything costs is not known.
 */
static inline double rg_table_weight(const struct rg_table *table, size_t row)
{
	double base = rg_table_cost(table, table->total[RG_END_BASE], RG_END_BASE);
	double canary = rg_table_cost(table, table->total[RG_END_CANARY], RG_END_CANARY);
	double all = base > canary ? base : canary;

	return all > 0 ? rg_table_cost(table, table->side[RG_END_CANARY][row], RG_END_CANARY) / all
		       : 0;
}

/*
 * Of times: whether the canary's, and the number of events, are enough to be judged by. `row` may be
 * table->rows, for the total. Waits that became fewer and longer count by the side that has more.
 */
static inline bool rg_table_has_weight(const struct rg_table *table, int64_t canary, size_t row)
{
	double base = (double)table->events[RG_END_BASE][row];
	double after = (double)table->events[RG_END_CANARY][row];

	return rg_table_cost(table, canary, RG_END_CANARY) >= table->floor &&
	       (base > after ? base : after) >= table->floor_events;
}

/* Adds up the counts. Returns 0, RG_ENOMEM, or RG_ELIMIT when a sum does not fit. */
int rg_table_sum(struct rg_table *table, struct rg_arena *arena, struct rg_err *err);
/* Sets `side` alone: for rows of which several hold the same samples. */
int rg_table_sum_rows(struct rg_table *table, struct rg_arena *arena, struct rg_err *err);

#endif
