/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comparable.h"

#include "rg/arena.h"

#include <string.h>

/* Which runs were taken in rounds, one of each side after the other: provenance says so. */

static const char *series_of(const struct rg_run *run)
{
	const char *series = rg_profile_fact(run->profile, RG_KEY_ROUND_SERIES);

	return series ? series : "";
}

/* Runs of one side are in the order of their rounds. */
static bool is_round(const struct rg_run *base, const struct rg_run *canary, const char *series,
		     uint64_t before)
{
	return base->round > before && canary->round == base->round &&
	       strcmp(series_of(base), series) == 0 && strcmp(series_of(canary), series) == 0;
}

size_t rg_run_set_rounds(const struct rg_run_set *set)
{
	const struct rg_run *base = rg_run_set_side(set, RG_END_BASE);
	const struct rg_run *canary = rg_run_set_side(set, RG_END_CANARY);
	size_t rounds = set->count[RG_END_BASE];

	if (rounds < 2 || set->count[RG_END_CANARY] != rounds || !*series_of(&base[0]))
		return 0;
	for (size_t i = 0; i < rounds; i++) {
		if (!is_round(&base[i], &canary[i], series_of(&base[0]),
			      i > 0 ? base[i - 1].round : 0))
			return 0;
	}
	return rounds;
}

static bool in_canary(const struct rg_run_set *set, const char *series)
{
	const struct rg_run *canary = rg_run_set_side(set, RG_END_CANARY);

	for (size_t i = 0; i < set->count[RG_END_CANARY]; i++) {
		if (strcmp(series_of(&canary[i]), series) == 0)
			return true;
	}
	return false;
}

static bool share_a_series(const struct rg_run_set *set)
{
	const struct rg_run *base = rg_run_set_side(set, RG_END_BASE);

	for (size_t i = 0; i < set->count[RG_END_BASE]; i++) {
		if (*series_of(&base[i]) && in_canary(set, series_of(&base[i])))
			return true;
	}
	return false;
}

static const char *runs_in_rounds(const struct rg_run_set *set, enum rg_end end,
				  struct rg_arena *arena)
{
	const struct rg_run *run = rg_run_set_side(set, end);
	size_t marked = 0;

	for (size_t i = 0; i < set->count[end]; i++)
		marked += run[i].round > 0;
	return rg_arena_printf(arena, "%zu of %zu runs", marked, set->count[end]);
}

/* One run a side is a round like any other: pairing says nothing there. */
void rg_comparable_rounds(struct rg_issues *issues, const struct rg_run_set *set)
{
	if (rg_run_set_rounds(set) > 0 || rg_run_set_count(set) == 2 || !share_a_series(set))
		return;
	rg_issues_add(issues, false, "rounds", runs_in_rounds(set, RG_END_BASE, issues->arena),
		      runs_in_rounds(set, RG_END_CANARY, issues->arena),
		      "not one run of each side in every round: judged as unpaired runs");
}
