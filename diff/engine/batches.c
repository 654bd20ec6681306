/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runs.h"

#include "rg/arena.h"
#include "rg/err.h"

/* Slices that do not say how long they were count alike. */
static double slice_length(const struct rg_slice *slice, bool timed)
{
	return timed ? (double)slice->wall_ns : 1;
}

static void assign(struct rg_batches *batches, const struct rg_slice *slice, bool timed,
		   double whole)
{
	double start = 0;
	bool used[RG_BATCH_COUNT] = {false};

	for (size_t i = 0; i < batches->slices; i++) {
		double length = slice_length(&slice[i], timed);
		double place = (start + length / 2) / whole * RG_BATCH_COUNT;
		uint8_t batch = place < RG_BATCH_COUNT ? (uint8_t)place : RG_BATCH_COUNT - 1;

		start += length;
		batches->of_slice[i] = batch;
		batches->part[batch] += length / whole;
		used[batch] = true;
	}
	for (size_t i = 0; i < RG_BATCH_COUNT; i++) {
		batches->used += used[i];
		batches->part_square += batches->part[i] * batches->part[i];
	}
	if (batches->used < RG_BATCH_MIN)
		batches->used = 0;
}

int rg_batches_make(struct rg_batches *out, const struct rg_profile *profile,
		    struct rg_arena *arena, struct rg_err *err)
{
	size_t slices;
	const struct rg_slice *slice = rg_profile_slices(profile, &slices);
	double whole = 0;
	bool timed;

	*out = (struct rg_batches){.slices = slices};
	out->of_slice = rg_arena_alloc(arena, slices + 1);
	if (!out->of_slice)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < slices; i++)
		whole += slice_length(&slice[i], true);
	timed = whole > 0;
	if (slices > 0)
		assign(out, slice, timed, timed ? whole : (double)slices);
	return 0;
}

void rg_batches_weigh(struct rg_batches *batches, const double sum[RG_BATCH_COUNT], double all)
{
	if (!(all > 0))
		return;
	batches->part_square = 0;
	for (size_t i = 0; i < RG_BATCH_COUNT; i++) {
		batches->part[i] = sum[i] / all;
		batches->part_square += batches->part[i] * batches->part[i];
	}
}

void rg_batches_weigh_by_work(struct rg_batches *batches, const struct rg_profile *profile)
{
	const struct rg_slice *slice = rg_profile_slices(profile, &(size_t){0});
	double sum[RG_BATCH_COUNT] = {0}, all = 0;

	for (size_t i = 0; i < batches->slices; i++) {
		sum[batches->of_slice[i]] += (double)slice[i].work_milli;
		all += (double)slice[i].work_milli;
	}
	rg_batches_weigh(batches, sum, all);
}
