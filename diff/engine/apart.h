/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_APART_H
#define RG_ENGINE_APART_H

#include "runs.h"

/*
 * Concurrent runs: one of each side, of two processes under the same load in the same window, slice beside slice. What
 * the load and the machine did in a batch of slices, both did: it is in neither's noise but in what they have in common. So
 * the variance from within the runs is that of the difference, batch by batch. What one process is to another of the same
 * build, for all its life (where its memory lies, what its hash tables are seeded with), no slicing of one of
 * each shows: that stays the prior's, as of any one run a side.
 */

/* How far a row's part in each batch is from the batch's part of the whole, relative to all the row has. */
struct rg_apart {
	double batch[RG_BATCH_COUNT];
	double expected; /* the sum of squares of a Poisson count; > 0 */
};

/* NULL where there is nothing to measure: no batches, nothing in them, or all in one. `unit` is what one event comes to. */
const struct rg_apart *rg_apart_measure(const struct rg_batches *batches, const int64_t *batch,
					double unit, struct rg_apart *out);

/* As many places for that; *out is NULL of a run that is not concurrent. RG_ENOMEM. */
int rg_apart_places(const struct rg_run *run, size_t count, struct rg_apart **out,
		    struct rg_arena *arena);

/* The variance of the difference over that of two Poisson counts: phi of both. */
double rg_apart_phi(const struct rg_apart *base, const struct rg_apart *canary);

/* Whether these two, which are the only ones of their sides, are concurrent: provenance and slices say so. */
bool rg_runs_concurrent(const struct rg_run *base, const struct rg_run *canary);

#endif
