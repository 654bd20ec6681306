/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_COPY_H
#define MODEL_COPY_H

#include <stdint.h>

struct rg_arena;
struct rg_err;
struct rg_profile;
struct rg_profile_builder;

/* A profile on its way into another one: by its own numbers, those that things have there. */
struct rg_copying {
	const struct rg_profile *from;
	struct rg_profile_builder *to;
	struct rg_arena *arena;
	uint32_t *module, *frame, *stack;
};

/* Modules, frames and stacks, and what was measured. RG_ENOMEM, RG_ELIMIT. */
int rg_copy_stacks(struct rg_copying *copying, struct rg_err *err);

#endif
