/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comparable.h"

#include "conditions.h"

#include "rg/arena.h"

#include <math.h>
#include <string.h>

/* Both sides, and how to speak of them. */
struct sides {
	struct rg_issues *issues;
	const struct rg_run_set *set;
	struct rg_conditions base, canary;
	enum rg_basis basis;
	const struct rg_policy_comparable *limits;
};

/* False also where one is not known. */
static bool apart(double base, double canary, double most)
{
	return fabs(canary - base) > most;
}

static const char *percent(const struct sides *s, double part)
{
	if (!isfinite(part))
		return "not known";
	return rg_arena_printf(s->issues->arena, "%.1f %%", 100 * part);
}

static const char *points(const struct sides *s, double most)
{
	return rg_arena_printf(s->issues->arena, "at most %.1f points apart", 100 * most);
}

/* --- The cgroup's limit ----------------------------------------------------------------------- */

static const char *limited(const struct sides *s, double part, const char *limit)
{
	if (!strcmp(limit, "none") || !*limit)
		return rg_arena_printf(s->issues->arena, "%.1f %% (no limit)", 100 * part);
	return rg_arena_printf(s->issues->arena, "%.1f %% (limit %s CPUs)", 100 * part, limit);
}

/*
 * One that is throttled more under the same limit uses more: what failed by its functions' shares has failed. A pass it is
 * not: throttled threads hold what others wait for.
 */
static bool check_throttled(const struct sides *s, bool failed)
{
	struct rg_arena *arena = s->issues->arena;
	struct rg_side_fact base =
		rg_side_fact(s->set, RG_END_BASE, RG_KEY_CGROUP_LIMIT, NULL, arena);
	struct rg_side_fact canary =
		rg_side_fact(s->set, RG_END_CANARY, RG_KEY_CGROUP_LIMIT, NULL, arena);
	bool same;

	if (!base.text || !canary.text) {
		s->issues->failed = true;
		return false;
	}
	if (!apart(s->base.throttled, s->canary.throttled, s->limits->max_throttled))
		return false;
	same = base.distinct == 1 && canary.distinct == 1 && !strcmp(base.text, canary.text);
	rg_issues_add(s->issues, !(same && failed), "CPU time denied by the cgroup's limit",
		      limited(s, s->base.throttled, base.text),
		      limited(s, s->canary.throttled, canary.text),
		      same && failed ? "the limit is the same: the canary wants more"
				     : points(s, s->limits->max_throttled));
	return true;
}

/* --- Others ----------------------------------------------------------------------------------- */

static const char *starved(const struct sides *s, const struct rg_conditions *side)
{
	if (!isfinite(side->others))
		return percent(s, side->starved);
	return rg_arena_printf(s->issues->arena, "%.1f %% (others on %.1f %% of the CPUs)",
			       100 * side->starved, 100 * side->others);
}

/*
 * Threads that are more than the CPUs wait for one another: that is the program's own doing. Where they are fewer, and wait
 * all the same, it is for others; so it is where others have more of the CPUs.
 */
static bool by_others(const struct sides *s)
{
	bool canary = s->canary.starved > s->base.starved;
	double runnable = canary ? s->canary.runnable : s->base.runnable;
	double more = s->canary.others - s->base.others;

	return runnable <= 1 || (canary ? more : -more) > s->limits->max_starved / 2;
}

static const char in_spread[] =
	"no part of the costs compared: what others do to them, the rounds' spread has";

/*
 * Per second what had no CPU is missing. Of CPU time per unit of work, or of its shares, waiting is no part, whoever waited and
 * for whom; what neighbours do to caches besides is in the spread of rounds taken beside them, and in one run a side in nothing.
 * So it is with a host that takes the CPUs for itself, and what of that is taken for the program's time by its samples.
 */
static bool is_left_out(const struct sides *s)
{
	return s->basis != RG_BASIS_SECOND && rg_run_set_rounds(s->set) > 0;
}

static void check_starved(const struct sides *s)
{
	double most = s->limits->max_starved;
	const char *limit = "its own threads are more than the CPUs: is that meant?";
	bool blocking = by_others(s) && !is_left_out(s);

	if (!apart(s->base.starved, s->canary.starved, most))
		return;
	if (blocking)
		limit = points(s, most);
	else if (by_others(s))
		limit = in_spread;
	rg_issues_add(s->issues, blocking, "time waiting for a CPU", starved(s, &s->base),
		      starved(s, &s->canary), limit);
}

static void check_steal(const struct sides *s)
{
	double most = s->limits->max_steal;
	bool blocking = !is_left_out(s);

	if (apart(s->base.steal, s->canary.steal, most))
		rg_issues_add(s->issues, blocking, "time stolen by the hypervisor",
			      percent(s, s->base.steal), percent(s, s->canary.steal),
			      blocking ? points(s, most) : in_spread);
}

/* --- Machine and build ------------------------------------------------------------------------ */

/* Where both sides say. */
static void check_same(const struct sides *s, const char *key, const char *what, bool blocking,
		       const char *limit)
{
	struct rg_arena *arena = s->issues->arena;
	struct rg_side_fact base = rg_side_fact(s->set, RG_END_BASE, key, NULL, arena);
	struct rg_side_fact canary = rg_side_fact(s->set, RG_END_CANARY, key, NULL, arena);

	if (!base.text || !canary.text)
		s->issues->failed = true;
	else if (base.distinct && canary.distinct && strcmp(base.text, canary.text) != 0)
		rg_issues_add(s->issues, blocking, what, base.text, canary.text, limit);
}

void rg_comparable_conditions(struct rg_issues *issues, const struct rg_run_set *set,
			      const struct rg_side *base, const struct rg_side *canary,
			      const struct rg_judgement *judgement, enum rg_basis basis,
			      const struct rg_policy *policy)
{
	const struct sides s = {
		.issues = issues,
		.set = set,
		.base = rg_conditions_of(set, RG_END_BASE, base),
		.canary = rg_conditions_of(set, RG_END_CANARY, canary),
		.basis = basis,
		.limits = &policy->comparable,
	};

	/* Throttled time is spent in the run queue. */
	if (!check_throttled(&s, judgement && judgement->outcome == RG_OUTCOME_FAIL))
		check_starved(&s);
	check_steal(&s);
	check_same(&s, RG_KEY_GOVERNOR, "frequency governor", true, "must be equal");
	check_same(&s, RG_KEY_COMPILER, "compiler", false, "growth may be the compiler's");
	check_same(&s, RG_KEY_COMPILER_FLAGS, "compiler flags", false, "growth may come of them");
}
