/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_REPLACED_H
#define RG_ENGINE_REPLACED_H

#include "growth.h"
#include "judgement.h"

/*
 * What is new where something dearer was, though no one function shows that: a file that is written to through the page
 * cache's faults and not by write(), whose cost was that of twenty functions of the kernel.
 *
 * Costs are taken by part: a function's own, or all that the kernel does for the function of the program that entered it,
 * by a call, a fault or an interrupt. A function that fails or is suspect, and is new, as good as new, or has a new name, is "moved" when
 * there is a caller
 *  1. that is the nearest of the application's, for four fifths of the function's cost, that both versions have, at a cost
 *     that is alike within a factor of ten with all it calls, and is not on nearly all stacks;
 *  2. under which four fifths of the function's cost are in parts that are new there;
 *  3. and under which other parts are gone, a tenth of each left at most, which nobody else has in their place, and which
 *     were a quarter of all that it cost;
 *  4. all parts that are new or gone there, as one, have certainly become cheaper;
 *  5. and so has the caller with all it calls.
 *
 * What both versions have under that caller pays for nothing, however much cheaper it became.
 */

/* Sets the status of those among the findings, and `moved`, and the outcome anew. RG_ENOMEM. */
int rg_replaced_find(struct rg_judgement *judgement, const struct rg_growth *growth,
		     struct rg_arena *arena, struct rg_err *err);

/* --- The steps -------------------------------------------------------------------------------- */

/*
 * The parts of one comparison: first what each row of growth->self costs in the program itself, then what the kernel does
 * for each row of growth->callers.
 */
struct rg_replaced_parts {
	const struct rg_growth *growth;
	size_t count;
	const bool *kernel_leaf, *kernel_caller; /* rows of `self` and of `callers` */
};

/* RG_ENOMEM. */
int rg_replaced_parts_make(struct rg_replaced_parts *out, const struct rg_growth *growth,
			   struct rg_arena *arena, struct rg_err *err);

/* Costs in units of the estimates. */
struct rg_replaced_costs {
	double *under[RG_END_COUNT]; /* parts: that below the caller */
	double *all[RG_END_COUNT];   /* and wherever it is */
	double *own;                 /* parts: what of them is the function's own, of the canary */
	double caller[RG_END_COUNT], whole[RG_END_COUNT];
};

/* Where both versions' application calls four fifths of the canary's cost of a row of `self`: a row of `callers`, or RG_FUNCTION_NONE. */
int rg_replaced_caller(const struct rg_replaced_parts *parts, uint32_t row, uint32_t *out,
		       struct rg_arena *arena, struct rg_err *err);
int rg_replaced_sum(const struct rg_replaced_parts *parts, uint32_t row, uint32_t caller,
		    struct rg_replaced_costs *out, struct rg_arena *arena, struct rg_err *err);
/* Counts by run of what is under the caller: of those parts, or with NULL of all. */
int rg_replaced_count(const struct rg_replaced_parts *parts, uint32_t caller, const bool *of,
		      int64_t **out, struct rg_arena *arena, struct rg_err *err);

#endif
