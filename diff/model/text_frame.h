/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_TEXT_FRAME_H
#define RG_MODEL_TEXT_FRAME_H

#include "rg/buf.h"
#include "rg/profile.h"

#include "lines.h"

struct rg_err;

/* The stack of a sample that is being read from a text, leaf first. */
struct rg_text_stack {
	struct rg_profile_builder *builder;
	struct rg_buf function,
		module; /* NUL-terminated copies; the builder has the last word on length */
	uint32_t frames[RG_PROFILE_MAX_DEPTH];
	size_t depth;
};

void rg_text_stack_init(struct rg_text_stack *stack, struct rg_profile_builder *builder);
void rg_text_stack_done(struct rg_text_stack *stack);

/*
 * Pushes a caller. A function "" is called after the module, "[module]", or "[unknown]" without one.
 * Errors: RG_ELIMIT (too deep, too long), RG_ENOMEM.
 */
int rg_text_stack_push(struct rg_text_stack *stack, struct rg_span function, struct rg_span module,
		       struct rg_err *err);

/* The builder's stack; an empty one is given the frame "[no stack]". Then it is empty again. */
int rg_text_stack_take(struct rg_text_stack *stack, uint32_t *id, struct rg_err *err);

#endif
