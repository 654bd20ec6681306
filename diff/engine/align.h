/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_ALIGN_H
#define RG_ENGINE_ALIGN_H

#include "apart.h"
#include "runs.h"
#include "votes.h"

#include "rg/hash.h"

/*
 * Self totals: for each run, the samples whose leaf is a function; then the functions of all runs
 * side by side. A function is a canonical name in a canonical module; its lines and clones are one.
 */

struct rg_function {
	const char *key, *module; /* canonical */
};

/* The order of rows: <, = or > 0. */
int rg_function_order(const struct rg_function *a, const struct rg_function *b);

/* One run's samples of one function, and how unevenly they fell over its batches. */
struct rg_self {
	uint32_t function;
	int64_t count;
	/* Sum of squared distances from the even spread, and what a Poisson count would have. */
	double squares, expected;
	const struct rg_apart *apart; /* of a concurrent run's, in the functions' arena; or NULL */
};

/* Grows while runs are added. Everything lives in the arena. */
struct rg_functions {
	struct rg_arena *arena;
	struct rg_index index;
	struct rg_function *list;
	size_t count, cap;
	struct rg_votes votes;
};

struct rg_self_list {
	struct rg_self *list;
	size_t count;
};

#define RG_FUNCTION_NONE UINT32_MAX

/*
 * What a count in a batch is held against to see how much it spreads: the batch's wall time, its
 * samples, or the work done in it (its time, where that is not known by slice). Shares are quotients of two counts of the same batch, so that what moves both (a machine
 * that is busy elsewhere for a second) is no noise of theirs: a ratio estimator. So are costs of work, whatever the load
 * does meanwhile.
 */
enum rg_spread_basis {
	RG_SPREAD_BY_TIME,
	RG_SPREAD_BY_SAMPLES,
	RG_SPREAD_BY_WORK,
};

/* What an aggregation is given, and what it leaves. */
struct rg_aggregation {
	struct rg_functions *functions;
	enum rg_spread_basis spread;
	/* frames of the run: the function of each that counts is entered, the others are left as they are */
	uint32_t *function;
	struct rg_arena *scratch; /* where what is only of this run lives */
	struct rg_self_list self; /* set, in scratch */
};

/* The id of the function this frame belongs to, new or known. */
int rg_functions_add(struct rg_functions *functions, const struct rg_frame *frame,
		     const char *module, uint32_t *id, struct rg_err *err);

/* The functions that a run has, numbered within it. */
struct rg_locals {
	uint32_t *local;  /* frames that the run has: number of the function */
	uint32_t *global; /* numbers: function */
	size_t count;
};

/* In the aggregation's scratch; `has`: whether the run has the frame, whose function is entered. */
int rg_locals_make(struct rg_locals *out, const struct rg_aggregation *aggregation, size_t frames,
		   bool (*has)(const void *ctx, size_t frame), const void *ctx, struct rg_err *err);

/*
 * The frame of a stack that is charged with the sample: the innermost, unless a runtime put that call between two
 * instructions of its caller, which did not ask for it.
 */
uint32_t rg_stack_leaf(const struct rg_frame *frame, const struct rg_stack *stack);

/* The batches of a run's slices, weighed so. */
int rg_batches_weighed(struct rg_batches *out, const struct rg_run *run,
		       enum rg_spread_basis spread, struct rg_arena *arena, struct rg_err *err);
/*
 * Sets all but the function: values of all samples, and of those in each batch. `apart` is where that is kept, or NULL of
 * runs that are not concurrent.
 */
void rg_self_set(struct rg_self *self, const struct rg_run *run, const struct rg_batches *batches,
		 int64_t sum, const int64_t *batch, struct rg_apart *apart);

/* Adds up one run; sets run->named, run->all and run->batches. RG_ENOMEM, RG_ELIMIT. */
int rg_aggregate(struct rg_aggregation *aggregation, struct rg_run *run, struct rg_err *err);
/* The same of every function on a stack, once for each stack: the run is not changed. */
int rg_aggregate_callers(struct rg_aggregation *aggregation, struct rg_run *run,
			 struct rg_err *err);

/* All runs: functions in the order of (key, module), and the table over them, summed. */
struct rg_alignment {
	const struct rg_function *function; /* table.rows of them */
	const struct rg_vote *vote;         /* their `function` is the row; in no order */
	size_t vote_count;
	const uint32_t *const *row_of_frame; /* runs, their frames: row, or RG_FUNCTION_NONE */
	/* rows: what the canary's function is called in the baseline, or NULL; NULL: all alike */
	const struct rg_function *const *renamed_from;
	struct rg_table table; /* exposure is not set */
};

int rg_align(struct rg_alignment *out, struct rg_run_set *set, enum rg_spread_basis spread,
	     struct rg_arena *arena, struct rg_err *err);
/*
 * What each function costs with all it calls: rows add up to more than the totals, which are those of `self`; exposures are
 * not set.
 */
int rg_align_callers(struct rg_alignment *out, struct rg_run_set *set, enum rg_spread_basis spread,
		     const struct rg_alignment *self, struct rg_arena *arena, struct rg_err *err);

/* The row of that function, or RG_FUNCTION_NONE. */
uint32_t rg_function_row(const struct rg_alignment *alignment, const struct rg_function *function);

/* How a row is shown: its commonest name and line in the canary, else in the baseline. */
struct rg_label {
	const char *function, *module, *file; /* borrowed from the profiles; "" without votes */
	uint32_t line;
	bool unnamed;
};

/* wanted: table.rows flags; label: table.rows, written where wanted. */
int rg_label_rows(const struct rg_alignment *alignment, const bool *wanted, struct rg_label *label,
		  struct rg_arena *arena, struct rg_err *err);

#endif
