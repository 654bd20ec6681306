/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_GROWTH_H
#define RG_ENGINE_GROWTH_H

#include "align.h"
#include "fit.h"

struct rg_policy;

/*
 * Where growth is: the difference of two sides' samples, each worth what its side's exposure makes it,
 * summed over parts of the stacks. What is common to all functions is divided out, as in the estimates.
 */
struct rg_growth {
	const struct rg_run_set *set;
	bool off_cpu; /* of time spent waiting; samples without a row are none of it */
	const struct rg_alignment *self, *callers;
	const struct rg_fit *fit; /* of `self` */
	/* The row of `self`, or RG_FUNCTION_NONE: of time on a CPU by run and stack, of waits by run and sample. */
	const uint32_t *const *leaf_of_stack, *const *row_of_sample;
	const bool *
		application; /* rows of `callers` that are no library's that only passes calls on */
};

/* Fills leaf_of_stack and application; everything lives in the arena. RG_ENOMEM. */
int rg_growth_make(struct rg_growth *out, const struct rg_run_set *set,
		   const struct rg_alignment *self, const struct rg_alignment *callers,
		   const struct rg_fit *fit, const struct rg_policy *policy, struct rg_arena *arena,
		   struct rg_err *err);

/* Which samples are looked at: those whose leaf, or any of whose frames, is of these rows. */
struct rg_growth_part {
	uint32_t leaf;       /* row of `self`, or RG_FUNCTION_NONE: any */
	uint32_t caller;     /* row of `callers`, or RG_FUNCTION_NONE: any */
	const bool *without; /* not with any of these rows of `callers` on the stack; or NULL */
	const bool *without_leaf; /* nor with one of these rows of `self` as the leaf; or NULL */
};

/* A part of the samples, by function. Costs are those of the estimates. */
struct rg_growth_sums {
	double base, canary; /* of all samples of the part */
	double *change;  /* rows of `callers`: canary less base, of samples with it on the stack */
	double *base_of; /* and the base of that */
	double *height; /* mean frames between it and the leaf, in the canary; infinite without any */
	double *leaf[RG_END_COUNT]; /* rows of `self`: cost on either side */
};

int rg_growth_sum(const struct rg_growth *growth, const struct rg_growth_part *part,
		  struct rg_growth_sums *out, struct rg_arena *arena, struct rg_err *err);

/* Where the growth of a part of the samples came in. */
struct rg_growth_place {
	uint32_t row;    /* of `callers` */
	double explains; /* part of the growth, 0 to 1 */
};

enum { RG_GROWTH_PLACES = 3 };

/*
 * The function nearest to the leaves that accounts for four fifths of the part's growth; where it came in by several
 * ways those, the greatest first. Functions of libraries that only pass calls on are never it. `leaf_row` is the row
 * of `callers` that the part's leaf is, or RG_FUNCTION_NONE: where the growth is that function's own whoever calls
 * it, there is no other place. Sets *count to 0 where nothing accounts for it.
 */
int rg_growth_find(const struct rg_growth *growth, const struct rg_growth_part *part,
		   uint32_t leaf_row, struct rg_growth_place place[RG_GROWTH_PLACES], size_t *count,
		   struct rg_err *err);

/*
 * Where the function of that row of `callers` calls on into most of what it waits for: its frame in the one run of the
 * canary, else the baseline, that has most of it; NULL without one. RG_ENOMEM.
 */
int rg_growth_frame(const struct rg_growth *growth, uint32_t row, const struct rg_frame **out,
		    struct rg_err *err);

#endif
