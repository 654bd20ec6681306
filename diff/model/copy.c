/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "copy.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/profile.h"

static int copy_frames(struct rg_copying *copying, struct rg_err *err)
{
	size_t modules, frames;
	const struct rg_module *module = rg_profile_modules(copying->from, &modules);
	const struct rg_frame *frame = rg_profile_frames(copying->from, &frames);
	int code = 0;

	copying->module = rg_arena_array(copying->arena, modules + 1, sizeof(uint32_t));
	copying->frame = rg_arena_array(copying->arena, frames + 1, sizeof(uint32_t));
	if (!copying->module || !copying->frame) {
		rg_err_nomem(err, "profile");
		return RG_ENOMEM;
	}
	for (size_t i = 0; !code && i < modules; i++)
		code = rg_profile_builder_module(copying->to, module[i].name, module[i].build_id,
						 &copying->module[i], err);
	for (size_t i = 0; !code && i < frames; i++) {
		struct rg_frame copy = frame[i];

		copy.module = copying->module[copy.module];
		code = rg_profile_builder_frame(copying->to, &copy, &copying->frame[i], err);
	}
	return code;
}

static int copy_stack(struct rg_copying *copying, const struct rg_stack *stack, uint32_t *id,
		      struct rg_err *err)
{
	uint32_t frames[RG_PROFILE_MAX_DEPTH];

	for (uint32_t i = 0; i < stack->depth; i++)
		frames[i] = copying->frame[stack->frames[i]];
	return rg_profile_builder_stack(copying->to, frames, stack->depth, id, err);
}

int rg_copy_stacks(struct rg_copying *copying, struct rg_err *err)
{
	size_t count;
	const struct rg_stack *stack = rg_profile_stacks(copying->from, &count);
	int code = copy_frames(copying, err);

	if (code)
		return code;
	for (int value = 0; value < RG_VALUE_COUNT; value++) {
		if (rg_profile_has(copying->from, (enum rg_value)value))
			rg_profile_builder_measures(copying->to, (enum rg_value)value);
	}
	copying->stack = rg_arena_array(copying->arena, count + 1, sizeof(uint32_t));
	if (!copying->stack) {
		rg_err_nomem(err, "profile");
		return RG_ENOMEM;
	}
	for (size_t i = 0; !code && i < count; i++)
		code = copy_stack(copying, &stack[i], &copying->stack[i], err);
	return code;
}
