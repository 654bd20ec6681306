/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_PLACED_H
#define RG_ENGINE_PLACED_H

#include "align.h"
#include "judgement.h"

#include "rg/hash.h"

/*
 * Growth of a function whose machine code is the same in both builds, which costs more for where the linker put it: the
 * alignment of its loops and branches, and what shares their lines of the instruction cache and their entries of the branch
 * predictor, change with every build. It is no regression of the code, and the next build may undo it.
 *
 * A function that fails, or is suspect, is "placed" when
 *  1. nineteen of twenty of its samples on either side are of code that the other side has as well;
 *  2. the build ids of the files it is in are known, and no file of the one side is one of the other's: the same file is
 *     placed as it was;
 *  3. it grew by no more than RG_PLACED_GROWTH_MAX, and has certainly not doubled;
 *  4. it is not called more often, nor for more:
 *     - what it calls costs certainly (95 %) less than half of the growth more, as logs, while what its callers do
 *       besides has not grown like it; or
 *     - callers called it whose code is the same, too, and what they do besides has certainly grown by less than half as
 *       much; and where others call it as well, it certainly grew by half as much at least under the same ones, and by no
 *       more than half as much again under the others;
 *  5. and it did not grow under one caller alone: none costs it certainly twice the growth of the others.
 *
 * What its callers' changed code does cannot be told from samples where neither holds: then it fails.
 */

/*
 * Single functions of SQLite's releases whose code is the same cost 30 to 53 % more (docs/verdict.md). That whole programs
 * change by the order in which they are linked: Mytkowicz et al., "Producing wrong data without doing anything obviously
 * wrong!", ASPLOS 2009; Curtsinger and Berger, "Stabilizer", ASPLOS 2013.
 */
#define RG_PLACED_GROWTH_MAX 0.60

struct rg_placed_source {
	const struct rg_run_set *set;
	const struct rg_alignment *alignment; /* of the judgement's rows */
	const struct rg_alignment *callers;   /* of the same runs */
};

/* Sets the status of the placed ones among the findings that fail or are suspect, and the outcome anew. RG_ENOMEM. */
int rg_placed_find(struct rg_judgement *judgement, const struct rg_placed_source *source,
		   struct rg_err *err);

/* --- The steps -------------------------------------------------------------------------------- */

/* Which functions have which code, on either side; zeroed before use. */
struct rg_placed_codes {
	struct rg_placed_code *entries;
	size_t count, cap;
	struct rg_index index;
};

/* RG_ENOMEM; then rg_placed_codes_done() is due as well. */
int rg_placed_codes_find(struct rg_placed_codes *out, const struct rg_placed_source *source,
			 struct rg_err *err);
void rg_placed_codes_done(struct rg_placed_codes *codes);
/* Whether both sides have a function of that row of `callers` with that code; never of code that is not known. */
bool rg_placed_codes_same(const struct rg_placed_codes *codes, uint32_t row, uint64_t code);

/* Part of the samples: their cost in units of the estimates, and how far independent each of them is. */
struct rg_placed_part {
	double cost[RG_END_COUNT], events; /* events: sum of cost times phi, over both sides */
};

/* The samples of one function, and of what is called from where it is. */
struct rg_placed_parts {
	struct rg_placed_part all;         /* its own */
	struct rg_placed_part known;       /* of these, with code that both sides have */
	struct rg_placed_part same, other; /* of these, called by the same code, by any other */
	struct rg_placed_part below;       /* of what it calls */
	struct rg_placed_part beside;      /* what its callers do besides */
	struct rg_placed_part beside_same; /* of these, those that are the same code */
	struct rg_placed_part *under;      /* rows of `callers`: its own, by who calls it */
	size_t callers;
	bool builds_differ;
};

/* `row` is one of the judgement's. Everything lives in the arena. RG_ENOMEM. */
int rg_placed_sum(struct rg_placed_parts *out, uint32_t row, const struct rg_judgement *judgement,
		  const struct rg_placed_source *source, const struct rg_placed_codes *codes,
		  struct rg_arena *arena, struct rg_err *err);

#endif
