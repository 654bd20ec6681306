/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comparable.h"

#include "rg/arena.h"

#include <string.h>

static const char *cores(struct rg_issues *issues, const struct rg_run *run)
{
	double busy = run->wall_ns ? (double)run->cpu_ns / (double)run->wall_ns : 0;

	return rg_arena_printf(issues->arena, "%.3g busy cores", busy);
}

static void check_programs(struct rg_issues *issues, const struct rg_run *base,
			   const struct rg_run *canary)
{
	if (base->program && canary->program && strcmp(base->program, canary->program) != 0)
		rg_issues_add(issues, false, "program",
			      rg_arena_strdup(issues->arena, base->program),
			      rg_arena_strdup(issues->arena, canary->program),
			      "two builds of one program are compared: are these?");
}

/* Two captures of one pair whose windows are not the same: one of them was cut short, or changed since. */
static void check_windows(struct rg_issues *issues, const struct rg_run *base,
			  const struct rg_run *canary)
{
	const char *before = rg_profile_fact(base->profile, RG_KEY_CONTROL_PAIR);
	const char *after = rg_profile_fact(canary->profile, RG_KEY_CONTROL_PAIR);

	if (!base->concurrent && before && after && *before && strcmp(before, after) == 0)
		rg_issues_add(issues, false, "window", "one of a pair", "one of a pair",
			      "their slices are not the same: judged as two windows");
}

void rg_comparable_control(struct rg_issues *issues, const struct rg_run_set *set,
			   enum rg_basis basis)
{
	const struct rg_run *base = rg_run_set_side(set, RG_END_BASE);
	const struct rg_run *canary = rg_run_set_side(set, RG_END_CANARY);

	if (rg_run_set_count(set) != 2 || set->count[RG_END_BASE] != 1)
		return;
	check_windows(issues, base, canary);
	if (!rg_run_set_concurrent(set))
		return;
	check_programs(issues, base, canary);
	if (basis == RG_BASIS_SECOND)
		rg_issues_add(issues, false, "load's split", cores(issues, base),
			      cores(issues, canary),
			      "per second, the side that gets more of the load costs more");
}
