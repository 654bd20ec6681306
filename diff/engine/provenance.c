/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comparable.h"

#include "rg/arena.h"

#include <string.h>

/* "6.1.0-18-amd64" becomes "6.1"; what does not begin like that stays whole. */
static void major_minor(char *release)
{
	size_t major = strspn(release, "0123456789");
	size_t minor = release[major] == '.' ? strspn(release + major + 1, "0123456789") : 0;

	if (major > 0 && minor > 0)
		release[major + 1 + minor] = '\0';
}

struct must_equal {
	const char *key, *what;
	void (*reduce)(char *value);
};

static const struct must_equal equalities[] = {
	{RG_KEY_ARCH, "architecture", NULL},    {RG_KEY_CPU_MODEL, "CPU model", NULL},
	{RG_KEY_KERNEL, "kernel", major_minor}, {RG_KEY_EVENT, "sampling event", NULL},
	{RG_KEY_SCENARIO, "scenario", NULL},
};

/* Which facts a side lacks, as a list for people. */
struct lacks {
	const char *text[RG_END_COUNT];
};

static void add_lack(struct rg_issues *issues, struct lacks *lacks, enum rg_end end,
		     const char *what)
{
	const char *so_far = lacks->text[end];

	if (so_far)
		lacks->text[end] =
			so_far[0] ? rg_arena_printf(issues->arena, "%s, %s", so_far, what) : what;
}

/* One value on either side, and the same: a side whose own runs differ is no better than two. */
static void check_equal(struct rg_issues *issues, const struct rg_run_set *set,
			const struct must_equal *check, struct lacks *lacks)
{
	struct rg_side_fact fact[RG_END_COUNT];

	for (int end = 0; end < RG_END_COUNT; end++) {
		fact[end] = rg_side_fact(set, (enum rg_end)end, check->key, check->reduce,
					 issues->arena);
		if (!fact[end].text) {
			issues->failed = true;
			return;
		}
		if (fact[end].missing)
			add_lack(issues, lacks, (enum rg_end)end, check->what);
	}
	const struct rg_side_fact *base = &fact[RG_END_BASE], *canary = &fact[RG_END_CANARY];
	bool both = base->distinct > 0 && canary->distinct > 0;

	if (base->distinct > 1 || canary->distinct > 1 ||
	    (both && strcmp(base->text, canary->text) != 0))
		rg_issues_add(issues, true, check->what, base->text, canary->text, "must be equal");
}

static void check_hosts(struct rg_issues *issues, const struct rg_run_set *set)
{
	struct rg_side_fact base = rg_side_fact(set, RG_END_BASE, RG_KEY_HOST, NULL, issues->arena);
	struct rg_side_fact canary =
		rg_side_fact(set, RG_END_CANARY, RG_KEY_HOST, NULL, issues->arena);

	if (!base.text || !canary.text)
		issues->failed = true;
	else if (base.distinct > 0 && canary.distinct > 0 && strcmp(base.text, canary.text) != 0)
		rg_issues_add(issues, false, "host", base.text, canary.text,
			      "two machines of one model may still differ");
}

static size_t interrupted_runs(const struct rg_run_set *set, enum rg_end end)
{
	const struct rg_run *run = rg_run_set_side(set, end);
	size_t count = 0;

	for (size_t i = 0; i < set->count[end]; i++)
		count += rg_profile_fact_u64(run[i].profile, RG_KEY_INTERRUPTED, 0) != 0;
	return count;
}

static const char *how_many(struct rg_issues *issues, const struct rg_run_set *set, enum rg_end end,
			    size_t count)
{
	return rg_arena_printf(issues->arena, "%zu of %zu runs", count, set->count[end]);
}

static void check_interrupted(struct rg_issues *issues, const struct rg_run_set *set)
{
	size_t base = interrupted_runs(set, RG_END_BASE);
	size_t canary = interrupted_runs(set, RG_END_CANARY);

	if (base + canary > 0)
		rg_issues_add(issues, false, "interrupted",
			      how_many(issues, set, RG_END_BASE, base),
			      how_many(issues, set, RG_END_CANARY, canary),
			      "a shortened window may miss a phase of the work");
}

/*
 * A window is cut short by a signal, or by the end of all that was profiled. Where others may become the target after them, it
 * goes on.
 */
static bool has_ended(const struct rg_run *run)
{
	if (rg_profile_fact_u64(run->profile, RG_KEY_LIVED, 1) == 0)
		return true;
	return rg_profile_fact_u64(run->profile, RG_KEY_WALL_NS, 0) <
		       rg_profile_fact_u64(run->profile, RG_KEY_WINDOW_NS, 0) &&
	       !rg_profile_fact_u64(run->profile, RG_KEY_INTERRUPTED, 0);
}

static size_t ended_runs(const struct rg_run_set *set, enum rg_end end)
{
	const struct rg_run *run = rg_run_set_side(set, end);
	size_t count = 0;

	for (size_t i = 0; i < set->count[end]; i++)
		count += has_ended(&run[i]);
	return count;
}

static bool is_told(const struct rg_issues *issues, const char *what)
{
	for (size_t i = 0; i < issues->count; i++) {
		if (strcmp(issues->list[i].what, what) == 0)
			return true;
	}
	return false;
}

/*
 * A program that does a piece of work ends on both sides, a service on neither. A canary that ended where the baseline ran on
 * may have failed, also where it was started again; one that ran on where the baseline was done has not done the same. Of a command
 * that is a unit of work that is told already.
 */
static void check_ended(struct rg_issues *issues, const struct rg_run_set *set)
{
	size_t base = ended_runs(set, RG_END_BASE), canary = ended_runs(set, RG_END_CANARY);
	bool all_base = base == set->count[RG_END_BASE];
	bool all_canary = canary == set->count[RG_END_CANARY];

	if (base + canary == 0 || (all_base && all_canary) || is_told(issues, "completion"))
		return;
	rg_issues_add(issues, (all_canary && base == 0) || (all_base && canary == 0),
		      "ended in the window", how_many(issues, set, RG_END_BASE, base),
		      how_many(issues, set, RG_END_CANARY, canary),
		      "on both sides or on neither: what ended may have failed");
}

static bool lacks_wall(const struct rg_run *run)
{
	return run->wall_ns == 0;
}

/* A capture that counts its losses says so even when there are none; what is no number says nothing. */
static bool lacks_losses(const struct rg_run *run)
{
	return rg_profile_fact_u64(run->profile, RG_KEY_LOST_TABLE_FULL, 0) !=
	       rg_profile_fact_u64(run->profile, RG_KEY_LOST_TABLE_FULL, 1);
}

static void check_recorded(struct rg_issues *issues, const struct rg_run_set *set,
			   struct lacks *lacks, bool (*lacking)(const struct rg_run *run),
			   const char *what)
{
	for (int end = 0; end < RG_END_COUNT; end++) {
		const struct rg_run *run = rg_run_set_side(set, (enum rg_end)end);
		bool missing = false;

		for (size_t i = 0; i < set->count[end]; i++)
			missing |= lacking(&run[i]);
		if (missing)
			add_lack(issues, lacks, (enum rg_end)end, what);
	}
}

void rg_comparable_provenance(struct rg_issues *issues, const struct rg_run_set *set)
{
	struct lacks lacks = {{"", ""}};

	for (size_t i = 0; i < sizeof(equalities) / sizeof(equalities[0]); i++)
		check_equal(issues, set, &equalities[i], &lacks);
	check_recorded(issues, set, &lacks, lacks_wall, "wall time");
	check_recorded(issues, set, &lacks, lacks_losses, "lost samples");
	check_hosts(issues, set);
	check_interrupted(issues, set);
	check_ended(issues, set);
	if (!lacks.text[RG_END_BASE] || !lacks.text[RG_END_CANARY]) {
		issues->failed = true;
		return;
	}
	if (lacks.text[RG_END_BASE][0] || lacks.text[RG_END_CANARY][0])
		rg_issues_add(issues, false, "not recorded",
			      lacks.text[RG_END_BASE][0] ? lacks.text[RG_END_BASE] : "-",
			      lacks.text[RG_END_CANARY][0] ? lacks.text[RG_END_CANARY] : "-",
			      "whether these agree cannot be known");
}
