/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "rg/err.h"

#include "pprof_places.h"
#include "text_frame.h"

void rg_text_stack_init(struct rg_text_stack *stack, struct rg_profile_builder *builder)
{
	stack->builder = builder;
	stack->depth = 0;
	/* One byte more than is allowed, so that the builder sees what is too long. */
	rg_buf_init(&stack->function, RG_PROFILE_MAX_TEXT + sizeof("[]"));
	rg_buf_init(&stack->module, RG_PROFILE_MAX_TEXT + 1);
}

void rg_text_stack_done(struct rg_text_stack *stack)
{
	rg_buf_done(&stack->function);
	rg_buf_done(&stack->module);
}

static void copy(struct rg_buf *to, struct rg_span from)
{
	rg_buf_reset(to);
	rg_buf_add(to, from.at, rg_span_len(from));
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void name_after(struct rg_buf *function, const char *module)
{
	size_t len = strlen(module);

	rg_buf_reset(function);
	if (len == 0)
		rg_buf_adds(function, "[unknown]");
	else if (module[0] == '[' && module[len - 1] == ']')
		rg_buf_adds(function, module);
	else
		rg_buf_addf(function, "[%s]", module);
}

static int check_copies(const struct rg_text_stack *stack, struct rg_err *err)
{
	if (stack->function.failed == RG_ENOMEM || stack->module.failed == RG_ENOMEM)
		return rg_err_nomem(err, "profile");
	if (stack->function.failed || stack->module.failed)
		return rg_err_set(err, RG_ELIMIT, "a name of more than %d bytes",
				  RG_PROFILE_MAX_TEXT);
	return 0;
}

int rg_text_stack_push(struct rg_text_stack *stack, struct rg_span function, struct rg_span module,
		       struct rg_err *err)
{
	struct rg_frame frame = {0};
	const char *name;
	int rc;

	if (stack->depth == RG_PROFILE_MAX_DEPTH)
		return rg_err_set(err, RG_ELIMIT, "a stack of more than %d frames",
				  RG_PROFILE_MAX_DEPTH);
	copy(&stack->module, module);
	copy(&stack->function, function);
	rc = check_copies(stack, err);
	if (rc != 0)
		return rc;
	name = base_name(stack->module.data);
	if (stack->function.len == 0)
		name_after(&stack->function, name);
	rc = check_copies(stack, err);
	if (rc == 0)
		rc = rg_profile_builder_module(stack->builder, name, "", &frame.module, err);
	frame.function = stack->function.data;
	if (rc == 0)
		rc = rg_profile_builder_frame(stack->builder, &frame, &stack->frames[stack->depth],
					      err);
	if (rc == 0)
		stack->depth++;
	return rc;
}

int rg_text_stack_take(struct rg_text_stack *stack, uint32_t *id, struct rg_err *err)
{
	size_t depth = stack->depth;

	stack->depth = 0;
	if (depth == 0) {
		int rc = rg_pprof_no_stack(stack->builder, &stack->frames[0], err);

		if (rc != 0)
			return rc;
		depth = 1;
	}
	return rg_profile_builder_stack(stack->builder, stack->frames, depth, id, err);
}
