/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge_waits.h"
#include "accept.h"
#include "basis.h"
#include "moved.h"

#include "rg/arena.h"

#include <math.h>
#include "rg/err.h"
#include "rg/units.h"

#include <stdlib.h>

static const char what[] = "off-CPU time";

/* --- Whether there is anything to judge ------------------------------------------------------- */

static size_t count_runs(const struct rg_run_set *set, enum rg_end end,
			 bool (*has)(const struct rg_run *run))
{
	const struct rg_run *run = rg_run_set_side(set, end);
	size_t count = 0;

	for (size_t i = 0; i < set->count[end]; i++)
		count += has(&run[i]);
	return count;
}

static bool has_waits(const struct rg_run *run)
{
	return rg_profile_has(run->profile, RG_VALUE_OFF_CPU_NS);
}

static bool has_wall(const struct rg_run *run)
{
	return run->wall_ns > 0;
}

static bool has_slices(const struct rg_run *run)
{
	size_t slices;

	rg_profile_slices(run->profile, &slices);
	return slices >= RG_BATCH_MIN;
}

static const char *of_runs(const struct rg_run_set *set, enum rg_end end, size_t count,
			   const char *thing, struct rg_arena *arena)
{
	if (count == set->count[end])
		return thing;
	if (count == 0)
		return rg_arena_printf(arena, "not %s", thing);
	return rg_arena_printf(arena, "%s in %zu of %zu runs", thing, count, set->count[end]);
}

/* Whether all runs have it; what they lack is a caution. */
static bool all_have(const struct rg_run_set *set, bool (*has)(const struct rg_run *run),
		     const char *thing, const char *limit, struct rg_issues *issues)
{
	size_t base = count_runs(set, RG_END_BASE, has);
	size_t canary = count_runs(set, RG_END_CANARY, has);

	if (base == set->count[RG_END_BASE] && canary == set->count[RG_END_CANARY])
		return true;
	rg_issues_add_off_cpu(issues, false, what,
			      of_runs(set, RG_END_BASE, base, thing, issues->arena),
			      of_runs(set, RG_END_CANARY, canary, thing, issues->arena), limit);
	return false;
}

static bool can_gather(const struct rg_run_set *set, struct rg_issues *issues)
{
	if (count_runs(set, RG_END_BASE, has_waits) + count_runs(set, RG_END_CANARY, has_waits) ==
	    0)
		return false;
	return all_have(set, has_waits, "measured", "not judged: it takes both sides", issues) &&
	       all_have(set, has_wall, "timed", "not judged: it is compared per second", issues) &&
	       all_have(set, has_slices, "sliced",
			"not judged: how much it varies shows in the slices of the window", issues);
}

/* --- Rules ------------------------------------------------------------------------------------ */

/*
 * What waits vary by from run to run at least. With 5 %, as for CPU time, programs whose waits vary by 10 % failed in 7 %
 * of simulated pairs where nothing had changed; with this in none of 200 (one run a side).
 */
#define WAITS_CV 0.10

/* The policy as it is for off-CPU time. */
static struct rg_policy policy_of(const struct rg_policy *policy)
{
	struct rg_policy off_cpu = *policy;

	off_cpu.growth = policy->off_cpu.growth;
	off_cpu.total_growth = policy->off_cpu.total_growth;
	off_cpu.limit = policy->off_cpu.limit;
	off_cpu.top_k = policy->off_cpu.top_k;
	off_cpu.prior_cv = fmax(policy->prior_cv, WAITS_CV);
	return off_cpu;
}

/* Rules with one more, by which time whose stack has no root is in the total and not judged. */
static int set_truncated_aside(const struct rg_rules **rules, const struct rg_wait_rows *rows,
			       const struct rg_policy *policy, struct rg_arena *arena)
{
	size_t count = policy->ignore_count + policy->function_count;
	size_t row_count = rows->alignment.table.rows;
	struct rg_rules *with = rg_arena_alloc(arena, sizeof(*with));
	struct rg_row_rule *special = rg_arena_array(arena, count + 1, sizeof(*special));
	uint16_t *of_row = rg_arena_array(arena, row_count + 1, sizeof(*of_row));

	if (!with || !special || !of_row)
		return RG_ENOMEM;
	*with = **rules;
	for (size_t i = 0; i < count; i++)
		special[i] = with->special[i];
	special[count] = with->general;
	special[count].ignored = true;
	for (size_t row = 0; row < row_count; row++) {
		if (with->of_row)
			of_row[row] = with->of_row[row];
		if (rows->wait[row].truncated)
			of_row[row] = (uint16_t)(count + 1);
	}
	with->special = special;
	with->of_row = of_row;
	*rules = with;
	return 0;
}

/* --- Judging ---------------------------------------------------------------------------------- */

/* What so much time a second comes to in the unit of the table's costs. */
static double floor_of(const struct rg_wait_part *part, const struct rg_run_set *set,
		       const struct rg_policy *policy)
{
	const struct rg_table *table = &part->waits.judged.alignment.table;
	const struct rg_run *run = rg_run_set_side(set, RG_END_CANARY);
	size_t first = rg_table_first(table, RG_END_CANARY);
	double wall = 0, exposure = 0;

	for (size_t i = 0; i < set->count[RG_END_CANARY]; i++) {
		wall += (double)run[i].wall_ns;
		exposure += table->exposure[first + i];
	}
	return (double)policy->off_cpu.min_time_ns / (double)RG_NS_PER_S * (wall / exposure);
}

static int explain_moved(struct rg_wait_part *part, const struct rg_run_set *set,
			 const struct rg_alignment *callers, const struct rg_kinships *kinships,
			 struct rg_arena *scratch, struct rg_err *err)
{
	const struct rg_wait_rows *rows = &part->waits.judged;
	const struct rg_moved_source source = {
		.set = set,
		.alignment = &rows->alignment,
		.callers = callers,
		.row_of_sample = rows->row_of_sample,
		.wait = rows->wait,
		.kinships = kinships,
	};

	return rg_moved_explain(&part->judgement, &source, scratch, err);
}

static int judge(struct rg_wait_part *part, const struct rg_run_set *set,
		 const struct rg_alignment *callers, const struct rg_kinships *kinships,
		 const struct rg_policy *policy, struct rg_arena *scratch, struct rg_err *err)
{
	struct rg_table *table = &part->waits.judged.alignment.table;
	const struct rg_policy off_cpu = policy_of(policy);
	struct rg_scope scope = {.total = true, .shown = RG_VERDICT_MAX_ROWS};
	int code;

	table->floor = floor_of(part, set, policy);
	table->floor_events = (double)policy->off_cpu.min_waits;
	code = rg_rules_make(&scope.rules, &part->waits.judged.alignment, &off_cpu, scratch, err);
	if (code)
		return code;
	if (set_truncated_aside(&scope.rules, &part->waits.judged, &off_cpu, scratch))
		return rg_err_nomem(err, "diff");
	code = rg_judgement_make(&part->judgement, table, &off_cpu, &scope, scratch, err);
	if (!code)
		code = explain_moved(part, set, callers, kinships, scratch, err);
	if (!code)
		code = rg_accept_rows(&part->judgement, &part->waits.judged.alignment,
				      part->waits.judged.wait, &off_cpu, scratch, err);
	part->judged = code == 0;
	return code;
}

int rg_waits_judge(struct rg_wait_part *out, const struct rg_run_set *set,
		   const struct rg_alignment *callers, const struct rg_kinships *kinships,
		   const struct rg_policy *policy, enum rg_basis basis, struct rg_issues *issues,
		   struct rg_arena *scratch, struct rg_err *err)
{
	*out = (struct rg_wait_part){0};
	if (set->count[RG_END_BASE] == 0 || set->count[RG_END_CANARY] == 0)
		return 0;
	for (int end = 0; end < RG_END_COUNT; end++)
		out->measured[end] =
			count_runs(set, (enum rg_end)end, has_waits) == set->count[end];
	if (!can_gather(set, issues))
		return 0;
	int code =
		rg_waits_gather(&out->waits, set, policy, rg_basis_of_waits(basis), scratch, err);

	if (code)
		return code;
	out->gathered = true;
	/* The seed rule is worded in self-CPU alone. */
	if (policy->rule == RG_RULE_LITERAL)
		return 0;
	return judge(out, set, callers, kinships, policy, scratch, err);
}
