/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "basis.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/units.h"

/* Blocking when a run lacks it. */
static bool every_run_has(const struct rg_run_set *set, bool (*has)(const struct rg_run *run),
			  const char *what, const char *limit, struct rg_issues *issues)
{
	size_t without[RG_END_COUNT] = {0};

	for (size_t i = 0; i < rg_run_set_count(set); i++)
		without[set->run[i].end] += !has(&set->run[i]);
	if (without[RG_END_BASE] + without[RG_END_CANARY] == 0)
		return true;
	rg_issues_add(issues, true, what,
		      rg_arena_printf(issues->arena, "%zu runs without", without[RG_END_BASE]),
		      rg_arena_printf(issues->arena, "%zu runs without", without[RG_END_CANARY]),
		      limit);
	return false;
}

static bool has_wall(const struct rg_run *run)
{
	return run->wall_ns > 0;
}

static bool has_period(const struct rg_run *run)
{
	return run->period_ns > 0;
}

static bool per_second_possible(const struct rg_run_set *set, struct rg_issues *issues)
{
	static const char limit[] = "basis 'second' needs it on every run";
	bool wall = every_run_has(set, has_wall, "wall time", limit, issues);

	return every_run_has(set, has_period, "CPU time per sample", limit, issues) && wall;
}

static bool per_work_possible(const struct rg_run_set *set, bool asked_for,
			      struct rg_issues *issues)
{
	return rg_work_comparable(set, asked_for, issues) &&
	       every_run_has(set, has_period, "CPU time per sample",
			     "basis 'work' needs it on every run", issues);
}

/* A run without samples is for a better reason undecided. */
static bool worth_choosing(const struct rg_run_set *set)
{
	for (size_t i = 0; i < rg_run_set_count(set); i++) {
		const struct rg_run *run = &set->run[i];

		if (!run->measured || rg_profile_total(run->profile, run->value) == 0)
			return false;
	}
	return set->count[RG_END_BASE] > 0 && set->count[RG_END_CANARY] > 0;
}

enum rg_basis rg_basis_choose(const struct rg_run_set *set, const struct rg_policy *policy,
			      struct rg_issues *issues)
{
	/* The seed rule is worded in shares. */
	if (policy->rule == RG_RULE_LITERAL || !worth_choosing(set))
		return RG_BASIS_SHARE;
	switch (policy->basis) {
	case RG_BASIS_SECOND:
		return per_second_possible(set, issues) ? RG_BASIS_SECOND : RG_BASIS_SHARE;
	case RG_BASIS_AUTO:
		return per_work_possible(set, false, issues) ? RG_BASIS_WORK : RG_BASIS_SHARE;
	case RG_BASIS_WORK:
		return per_work_possible(set, true, issues) ? RG_BASIS_WORK : RG_BASIS_SHARE;
	case RG_BASIS_SHARE:
		break;
	}
	return RG_BASIS_SHARE;
}

enum rg_spread_basis rg_basis_spread(const struct rg_policy *policy, enum rg_basis basis)
{
	if (basis == RG_BASIS_WORK)
		return RG_SPREAD_BY_WORK;
	return policy->basis == RG_BASIS_SECOND && policy->rule != RG_RULE_LITERAL
		       ? RG_SPREAD_BY_TIME
		       : RG_SPREAD_BY_SAMPLES;
}

/* By the scheduler's account; 0: not known. */
static double accounted(const struct rg_run *run, int64_t total)
{
	uint64_t cpu_ns = rg_profile_fact_u64(run->profile, RG_KEY_ACCOUNT_CPU_NS, 0);

	return total > 0 ? (double)cpu_ns / (double)total : 0;
}

/*
 * What a sample stands for by the account may differ from the sampling's period by chance, by samples lost, and by time that
 * the hypervisor took, in which the clock goes on and strikes once the CPU is back. One that differs by more than that is
 * of something else.
 */
#define ACCOUNT_OFF 2.0

static bool all_accounted(const struct rg_run_set *set, const int64_t *total)
{
	for (size_t i = 0; i < rg_run_set_count(set); i++) {
		double count_ns = accounted(&set->run[i], total[i]);

		if (!(count_ns * ACCOUNT_OFF > set->run[i].period_ns &&
		      count_ns < set->run[i].period_ns * ACCOUNT_OFF))
			return false;
	}
	return true;
}

/* Seconds and units of work are divided by the CPU time a count stands for: sampling frequencies may differ. */
static double exposure(const struct rg_run *run, enum rg_basis basis, double count_ns,
		       int64_t total)
{
	if (basis == RG_BASIS_SECOND)
		return (double)run->wall_ns / count_ns;
	if (basis == RG_BASIS_WORK)
		return run->work * (double)RG_NS_PER_S / count_ns;
	return (double)total;
}

int rg_basis_exposures(struct rg_table *table, const struct rg_run_set *set, enum rg_basis basis,
		       struct rg_arena *arena, struct rg_err *err)
{
	size_t runs = rg_table_runs(table);
	double *exposures = rg_arena_array(arena, runs + 1, sizeof(*exposures));
	bool by_account = all_accounted(set, table->run_total);

	if (!exposures)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < runs; i++) {
		const struct rg_run *run = &set->run[i];
		int64_t total = table->run_total[i];

		exposures[i] = exposure(run, basis,
					by_account ? accounted(run, total) : run->period_ns, total);
	}
	table->exposure = exposures;
	table->shares = basis == RG_BASIS_SHARE;
	return 0;
}
