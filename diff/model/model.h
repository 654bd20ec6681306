/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_MODEL_H
#define RG_MODEL_MODEL_H

#include "rg/profile.h"

struct rg_arena;
struct rg_profile_pool;

/* Every array and text lives in the arena. */
struct rg_profile {
	struct rg_arena *arena;
	/* Not NULL: modules, frames, stacks and texts are the pool's, not here, and samples are packed. */
	const struct rg_profile_pool *pool;
	struct {
		const uint8_t *bytes; /* packed.h */
		int64_t period_ns;
		uint64_t digest;
	} packed;
	const struct rg_module *modules;
	const struct rg_frame *frames;
	const struct rg_stack *stacks;
	const struct rg_sample *samples;
	const struct rg_slice *slices;
	const struct rg_fact *facts; /* sorted by key */
	size_t module_count, frame_count, stack_count, sample_count, slice_count, fact_count;
	int64_t total[RG_VALUE_COUNT];
	bool measured[RG_VALUE_COUNT];
};

#endif
