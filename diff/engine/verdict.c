/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge.h"

#include "rg/arena.h"

static const struct rg_row empty_total = {
	.function = "",
	.key = "",
	.module = "",
	.renamed_from = "",
	.renamed_by = "",
	.wait = "",
	.api = "",
	.file = "",
	.pattern = "",
	.accept = {.reason = "", .owner = ""},
	.p = 1,
};

struct rg_verdict *rg_verdict_new(const struct rg_policy *policy)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_verdict *verdict = arena ? rg_arena_alloc(arena, sizeof(*verdict)) : NULL;

	if (!verdict || rg_policy_copy(&verdict->policy, policy, arena)) {
		rg_arena_free(arena);
		return NULL;
	}
	verdict->outcome = RG_OUTCOME_UNDECIDED;
	verdict->basis = RG_BASIS_SHARE;
	verdict->total = empty_total;
	verdict->total.growth_allowed = policy->total_growth;
	verdict->off_cpu.total = empty_total;
	verdict->off_cpu.total.dimension = RG_DIMENSION_OFF_CPU;
	verdict->off_cpu.total.growth_allowed = policy->off_cpu.total_growth;
	verdict->policy_from = "";
	verdict->work_unit = "";
	verdict->arena = arena;
	return verdict;
}

void rg_verdict_free(struct rg_verdict *verdict)
{
	if (!verdict)
		return;
	rg_verdict_free(verdict->pinned);
	rg_arena_free(verdict->arena);
}
