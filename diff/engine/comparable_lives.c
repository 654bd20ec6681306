/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comparable.h"

#include "rg/arena.h"

#include <inttypes.h>

/* Over all runs of a side, and the most in one. */
struct failures {
	uint64_t sum, most;
};

static struct failures failures_of(const struct rg_run_set *set, enum rg_end end)
{
	const struct rg_run *run = rg_run_set_side(set, end);
	struct failures out = {0};

	for (size_t i = 0; i < set->count[end]; i++) {
		uint64_t failed = rg_profile_fact_u64(run[i].profile, RG_KEY_FAILED, 0);

		/* A file may claim anything. */
		if (__builtin_add_overflow(out.sum, failed, &out.sum))
			out.sum = UINT64_MAX;
		out.most = failed > out.most ? failed : out.most;
	}
	return out;
}

static const char *text_of(struct rg_issues *issues, const struct rg_run_set *set, enum rg_end end,
			   const struct failures *failures)
{
	struct rg_side_fact first = rg_side_fact(set, end, RG_KEY_FAILURE, NULL, issues->arena);

	if (!first.text)
		return NULL;
	if (!failures->sum)
		return "none";
	if (!*first.text)
		return rg_arena_printf(issues->arena, "%" PRIu64, failures->sum);
	return rg_arena_printf(issues->arena, "%" PRIu64 " (%s)", failures->sum, first.text);
}

void rg_comparable_lives(struct rg_issues *issues, const struct rg_run_set *set,
			 const struct rg_policy *policy)
{
	uint64_t most = policy->comparable.max_failed;
	struct failures base = failures_of(set, RG_END_BASE);
	struct failures canary = failures_of(set, RG_END_CANARY);

	if (!base.sum && !canary.sum)
		return;
	rg_issues_add(issues, base.most > most || canary.most > most, "processes that failed",
		      text_of(issues, set, RG_END_BASE, &base),
		      text_of(issues, set, RG_END_CANARY, &canary),
		      most ? rg_arena_printf(issues->arena, "at most %" PRIu64 " in a run", most)
			   : "none in any run");
}
