/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "basis.h"

#include "rg/arena.h"
#include "rg/text.h"
#include "rg/units.h"

#include <string.h>

/* --- Whether it was counted ------------------------------------------------------------------- */

/* What is known of one side's work. */
struct side_work {
	size_t runs, counted, idle; /* idle: counted, and none was done */
	const char *lost;           /* why a run's could not be counted, or NULL */
	bool by_completion;         /* a run counts the ends of its command */
	double work;                /* of all runs */
};

static bool is_completion(const struct rg_run *run)
{
	const char *source = rg_profile_fact(run->profile, RG_KEY_WORK_SOURCE);

	return source && strcmp(source, RG_WORK_COMPLETION) == 0;
}

static struct side_work side_work(const struct rg_run_set *set, enum rg_end end)
{
	struct side_work side = {.runs = set->count[end]};
	const struct rg_run *run = rg_run_set_side(set, end);

	for (size_t i = 0; i < side.runs; i++) {
		const char *lost = rg_profile_fact(run[i].profile, RG_KEY_WORK_LOST);

		side.counted += run[i].work_counted;
		side.idle += run[i].work_counted && !(run[i].work > 0);
		side.work += run[i].work;
		if (lost && !side.lost)
			side.lost = lost;
		side.by_completion |= is_completion(&run[i]);
	}
	return side;
}

static const char *side_text(const struct side_work *side, struct rg_arena *arena)
{
	if (side->lost)
		return rg_arena_printf(arena, "not counted: %s", side->lost);
	if (side->counted == 0)
		return "not counted";
	if (side->counted < side->runs)
		return rg_arena_printf(arena, "counted in %zu of %zu runs", side->counted,
				       side->runs);
	if (side->idle > 0 && side->runs > 1)
		return rg_arena_printf(arena, "none in %zu of %zu runs", side->idle, side->runs);
	return side->idle > 0 ? "none" : rg_arena_printf(arena, "%.10g", side->work);
}

static bool is_whole(const struct side_work *side)
{
	return side->counted == side->runs && side->idle == 0;
}

/* Whether what is missing was tried and failed; else it was never asked for. */
static bool was_tried(const struct side_work *side)
{
	return side->lost || side->idle > 0 || (side->counted > 0 && side->counted < side->runs);
}

/*
 * A command that ended on one side and not on the other has done its work on one side only, whatever the shares are.
 */
static bool ended_on_one_side(const struct side_work *base, const struct side_work *canary)
{
	return (base->by_completion && canary->counted == 0) ||
	       (canary->by_completion && base->counted == 0);
}

static void add_missing(struct rg_issues *issues, const struct side_work *base,
			const struct side_work *canary, bool asked_for)
{
	const char *before = side_text(base, issues->arena);
	const char *after = side_text(canary, issues->arena);

	if (asked_for || was_tried(base) || was_tried(canary))
		rg_issues_add(issues, true, "work", before, after,
			      "every run must have counted some");
	else if (ended_on_one_side(base, canary))
		rg_issues_add(issues, true, "completion", before, after,
			      "the command must end in the window on both sides, or on none");
	else
		rg_issues_add(issues, false, "work", before, after,
			      "compared as a share: it takes both sides");
}

/* Profiles of older captures and other tools have no unit: theirs is called "unit". */
static bool same_unit(const struct rg_run_set *set, struct rg_issues *issues)
{
	struct rg_side_fact base =
		rg_side_fact(set, RG_END_BASE, RG_KEY_WORK_UNIT, NULL, issues->arena);
	struct rg_side_fact canary =
		rg_side_fact(set, RG_END_CANARY, RG_KEY_WORK_UNIT, NULL, issues->arena);

	if (!base.text || !canary.text) {
		issues->failed = true;
		return false;
	}
	if (base.distinct <= 1 && canary.distinct <= 1 && strcmp(base.text, canary.text) == 0)
		return true;
	rg_issues_add(issues, true, "unit of work", base.text, canary.text, "must be equal");
	return false;
}

/* The same unit may be counted in another way, when a function has a new name: worth knowing. */
static void check_sources(const struct rg_run_set *set, struct rg_issues *issues)
{
	struct rg_side_fact base =
		rg_side_fact(set, RG_END_BASE, RG_KEY_WORK_SOURCE, NULL, issues->arena);
	struct rg_side_fact canary =
		rg_side_fact(set, RG_END_CANARY, RG_KEY_WORK_SOURCE, NULL, issues->arena);

	if (!base.text || !canary.text)
		issues->failed = true;
	else if (strcmp(base.text, canary.text) != 0)
		rg_issues_add(issues, false, "work counted by", base.text, canary.text,
			      "do both count the same?");
}

bool rg_work_comparable(const struct rg_run_set *set, bool asked_for, struct rg_issues *issues)
{
	const struct side_work base = side_work(set, RG_END_BASE);
	const struct side_work canary = side_work(set, RG_END_CANARY);

	if (!is_whole(&base) || !is_whole(&canary)) {
		if (asked_for || base.counted + canary.counted > 0 || base.lost || canary.lost)
			add_missing(issues, &base, &canary, asked_for);
		return false;
	}
	if (!same_unit(set, issues))
		return false;
	check_sources(set, issues);
	return true;
}

/* A name that is no label may hold anything. */
static const char *unit_of(const struct rg_run *run)
{
	const char *unit = rg_profile_fact(run->profile, RG_KEY_WORK_UNIT);

	return unit && rg_text_is_label(unit) ? unit : RG_WORK_UNIT;
}

const char *rg_work_unit(const struct rg_run_set *set, struct rg_arena *arena)
{
	const char *unit = "";

	for (size_t i = 0; i < rg_run_set_count(set); i++) {
		if (set->run[i].work_counted)
			unit = unit_of(&set->run[i]);
	}
	return rg_arena_strdup(arena, unit);
}

/* --- Its rate --------------------------------------------------------------------------------- */

static double rate(const struct rg_side *side)
{
	return side->wall_ns ? side->work * (double)RG_NS_PER_S / (double)side->wall_ns : 0;
}

static const char *rate_text(struct rg_issues *issues, const struct rg_side *side)
{
	return rg_arena_printf(issues->arena, "%.3g a second with %.3g busy cores", rate(side),
			       side->busy_cores);
}

static bool within(double ratio, const struct rg_policy *policy)
{
	return ratio >= policy->load_low && ratio <= policy->load_high;
}

/* Whether work is the ends of commands: how often they end is no load, but what they take. */
static bool is_whole_runs(const struct rg_run_set *set)
{
	for (size_t i = 0; i < rg_run_set_count(set); i++) {
		if (!is_completion(&set->run[i]))
			return false;
	}
	return true;
}

/*
 * Far from the baseline's rate what a program does at any load weighs otherwise in a unit's cost. But one that
 * takes as much of the machine and gets less done is not under less load: its failure stands.
 */
void rg_comparable_work_rate(struct rg_issues *issues, const struct rg_run_set *set,
			     const struct rg_side *base, const struct rg_side *canary,
			     const struct rg_judgement *judgement, const struct rg_policy *policy)
{
	if (is_whole_runs(set) || !(rate(base) > 0) || !(rate(canary) > 0) ||
	    within(rate(canary) / rate(base), policy))
		return;
	bool failed = judgement && judgement->outcome == RG_OUTCOME_FAIL;
	bool as_busy =
		base->busy_cores > 0 && within(canary->busy_cores / base->busy_cores, policy);
	const char *before = rate_text(issues, base), *after = rate_text(issues, canary);

	if (rg_run_set_concurrent(set))
		rg_issues_add(issues, false, "load", before, after,
			      "parts of one load that are not equal");
	else if (failed && as_busy)
		rg_issues_add(issues, false, "load", before, after,
			      "as busy as before, with other work to show for it");
	else
		rg_issues_add(issues, true, "load", before, after,
			      rg_arena_printf(issues->arena,
					      "ratio of the rates within %.3g to %.3g",
					      policy->load_low, policy->load_high));
}
