/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apart.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <string.h>

int rg_apart_places(const struct rg_run *run, size_t count, struct rg_apart **out,
		    struct rg_arena *arena)
{
	*out = run->concurrent ? rg_arena_array(arena, count + 1, sizeof(**out)) : NULL;
	return run->concurrent && !*out ? RG_ENOMEM : 0;
}

const struct rg_apart *rg_apart_measure(const struct rg_batches *batches, const int64_t *batch,
					double unit, struct rg_apart *out)
{
	double sliced = 0, left = 1 - batches->part_square;

	for (size_t i = 0; i < RG_BATCH_COUNT; i++)
		sliced += (double)batch[i] / unit;
	if (batches->used == 0 || !(sliced > 0) || !(left > 0))
		return NULL;
	for (size_t i = 0; i < RG_BATCH_COUNT; i++)
		out->batch[i] = (double)batch[i] / unit / sliced - batches->part[i];
	out->expected = left / sliced;
	return out;
}

double rg_apart_phi(const struct rg_apart *base, const struct rg_apart *canary)
{
	double squares = 0;

	for (size_t i = 0; i < RG_BATCH_COUNT; i++) {
		double difference = canary->batch[i] - base->batch[i];

		squares += difference * difference;
	}
	return squares / (base->expected + canary->expected);
}

static bool same_slices(const struct rg_profile *base, const struct rg_profile *canary)
{
	size_t base_count, canary_count;
	const struct rg_slice *before = rg_profile_slices(base, &base_count);
	const struct rg_slice *after = rg_profile_slices(canary, &canary_count);

	if (base_count != canary_count || base_count < RG_BATCH_MIN)
		return false;
	for (size_t i = 0; i < base_count; i++) {
		if (before[i].wall_ns == 0 || before[i].wall_ns != after[i].wall_ns)
			return false;
	}
	return true;
}

bool rg_runs_concurrent(const struct rg_run *base, const struct rg_run *canary)
{
	const char *before = rg_profile_fact(base->profile, RG_KEY_CONTROL_PAIR);
	const char *after = rg_profile_fact(canary->profile, RG_KEY_CONTROL_PAIR);

	return before && after && *before && strcmp(before, after) == 0 &&
	       same_slices(base->profile, canary->profile);
}
