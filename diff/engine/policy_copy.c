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

static int copy_accept(struct rg_policy_accept *to, const struct rg_policy_accept *from,
		       struct rg_arena *arena)
{
	*to = *from;
	to->match = rg_arena_strdup(arena, from->match);
	to->reason = rg_arena_strdup(arena, from->reason);
	to->owner = rg_arena_strdup(arena, from->owner);
	if (from->module)
		to->module = rg_arena_strdup(arena, from->module);
	return to->match && to->reason && to->owner && (to->module || !from->module) ? 0
										     : RG_ENOMEM;
}

static int copy_accepts(struct rg_policy *to, const struct rg_policy *from, struct rg_arena *arena)
{
	struct rg_policy_accept *accept =
		rg_arena_array(arena, from->accept_count, sizeof(*accept));

	if (!accept)
		return RG_ENOMEM;
	for (size_t i = 0; i < from->accept_count; i++) {
		if (copy_accept(&accept[i], &from->accept[i], arena))
			return RG_ENOMEM;
	}
	to->accept = accept;
	return 0;
}

static int copy_patterns(struct rg_policy_list *to, const struct rg_policy_list *from,
			 struct rg_arena *arena)
{
	const char **pattern;

	if (from->count == 0)
		return 0;
	pattern = rg_arena_array(arena, from->count, sizeof(const char *));
	if (!pattern)
		return RG_ENOMEM;
	for (size_t i = 0; i < from->count; i++) {
		pattern[i] = rg_arena_strdup(arena, from->pattern[i]);
		if (!pattern[i])
			return RG_ENOMEM;
	}
	*to = (struct rg_policy_list){pattern, from->count};
	return 0;
}

static int copy_lists(struct rg_policy *to, const struct rg_policy *from, struct rg_arena *arena)
{
	const struct rg_policy_list ignore = {from->ignore, from->ignore_count};
	struct rg_policy_list ignored = {NULL, 0};

	if (copy_patterns(&ignored, &ignore, arena) ||
	    copy_patterns(&to->idle, &from->idle, arena) ||
	    copy_patterns(&to->not_idle, &from->not_idle, arena) ||
	    copy_patterns(&to->plumbing, &from->plumbing, arena))
		return RG_ENOMEM;
	to->ignore = ignored.pattern;
	return 0;
}

int rg_policy_copy(struct rg_policy *to, const struct rg_policy *from, struct rg_arena *arena)
{
	struct rg_policy copy = *from;
	int code = 0;

	copy.functions = NULL;
	copy.accept = NULL;
	copy.idle = copy.not_idle = copy.plumbing = (struct rg_policy_list){NULL, 0};
	if (from->function_count)
		code = copy_functions(&copy, from, arena);
	if (!code && from->accept_count)
		code = copy_accepts(&copy, from, arena);
	if (!code)
		code = copy_lists(&copy, from, arena);
	if (!code)
		*to = copy;
	return code;
}
