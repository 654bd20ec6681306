/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_POOL_H
#define RG_MODEL_POOL_H

#include "rg/hash.h"
#include "rg/profile.h"

struct rg_arena;
struct rg_intern;

/* Who waits for what: the two texts of a sample. */
struct rg_pool_who {
	const char *thread, *wait;
};

/* Each entry is in its list once. Texts and the frames of stacks live in the arena. */
struct rg_profile_pool {
	struct rg_arena *arena;
	struct rg_intern *texts;
	struct rg_module *modules;
	struct rg_frame *frames;
	struct rg_stack *stacks;
	struct rg_pool_who *whos;
	size_t module_count, frame_count, stack_count, who_count;
	size_t module_cap, frame_cap, stack_cap, who_cap;
	struct rg_index module_index, frame_index, stack_index, who_index;
};

/* The pool's copy of a text, the same for equal ones; NULL when out of memory. */
const char *rg_pool_text(struct rg_profile_pool *pool, const char *text);

/* The number of an equal entry, new or known. Their texts are the pool's. 0, RG_ENOMEM or RG_ELIMIT. */
int rg_pool_module(struct rg_profile_pool *pool, const struct rg_module *module, uint32_t *id);
int rg_pool_frame(struct rg_profile_pool *pool, const struct rg_frame *frame, uint32_t *id);
/* `stack` is copied. */
int rg_pool_stack(struct rg_profile_pool *pool, const struct rg_stack *stack, uint32_t *id);
int rg_pool_who(struct rg_profile_pool *pool, const struct rg_pool_who *who, uint32_t *id);

#endif
