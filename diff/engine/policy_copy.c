/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/policy.h"

#include "rg/arena.h"
#include "rg/err.h"

static int copy_function(struct rg_policy_function *to, const struct rg_policy_function *from,
			 struct rg_arena *arena)
{
	*to = *from;
	to->match = rg_arena_strdup(arena, from->match);
	if (from->module)
		to->module = rg_arena_strdup(arena, from->module);
	return to->match && (to->module || !from->module) ? 0 : RG_ENOMEM;
}

static int copy_functions(struct rg_policy *to, const struct rg_policy *from,
			  struct rg_arena *arena)
{
	struct rg_policy_function *functions =
		rg_arena_array(arena, from->function_count, sizeof(*functions));

	if (!functions)
		return RG_ENOMEM;
	for (size_t i = 0; i < from->function_count; i++) {
		if (copy_function(&functions[i], &from->functions[i], arena))
			return RG_ENOMEM;
	}
	to->functions = functions;
	return 0;
}

static int copy_ignore(struct rg_policy *to, const struct rg_policy *from, struct rg_arena *arena)
{
	const char **ignore = rg_arena_array(arena, from->ignore_count, sizeof(const char *));

	if (!ignore)
		return RG_ENOMEM;
	for (size_t i = 0; i < from->ignore_count; i++) {
		ignore[i] = rg_arena_strdup(arena, from->ignore[i]);
		if (!ignore[i])
			return RG_ENOMEM;
	}
	to->ignore = ignore;
	return 0;
}

int rg_policy_copy(struct rg_policy *to, const struct rg_policy *from, struct rg_arena *arena)
{
	struct rg_policy copy = *from;
	int code = 0;

	copy.functions = NULL;
	copy.ignore = NULL;
	if (from->function_count)
		code = copy_functions(&copy, from, arena);
	if (!code && from->ignore_count)
		code = copy_ignore(&copy, from, arena);
	if (!code)
		*to = copy;
	return code;
}
