/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comparable.h"

#include "rg/arena.h"

#include <math.h>
#include <string.h>

/* --- Samples ---------------------------------------------------------------------------------- */

static double loss(const struct rg_side *side, const char *key)
{
	for (size_t i = 0; i < side->loss_count; i++) {
		if (strcmp(side->losses[i].key, key) == 0)
			return (double)side->losses[i].count;
	}
	return 0;
}

/* The part of all samples that is missing. */
static double lost_share(const struct rg_side *side)
{
	double refused = loss(side, RG_KEY_LOST_TABLE_FULL) + loss(side, RG_KEY_LOST_COLLISION);
	double all = (double)side->samples + refused;

	return all > 0 ? fmin(refused / all, 1) : 0;
}

/*
 * The part whose stack is cut off at its root. Self totals need the leaf only, so that these are for the reader to
 * know.
 */
static double damaged_share(const struct rg_side *side)
{
	double damaged = 0;

	for (size_t i = 0; i < side->loss_count; i++)
		if (strncmp(side->losses[i].key, "truncated.", 10) == 0)
			damaged += (double)side->losses[i].count;
	return fmin(damaged / fmax((double)side->samples, 1), 1);
}

static const char *percent(struct rg_issues *issues, double share)
{
	return rg_arena_printf(issues->arena, "%.1f %%", 100 * share);
}

static void check_losses(struct rg_issues *issues, const struct rg_side *base,
			 const struct rg_side *canary, const struct rg_policy *policy)
{
	double before = lost_share(base), after = lost_share(canary);

	if (before > policy->max_lost || after > policy->max_lost)
		rg_issues_add(issues, true, "samples lost", percent(issues, before),
			      percent(issues, after),
			      rg_arena_printf(issues->arena, "at most %.1f %%",
					      100 * policy->max_lost));
	if (loss(base, RG_KEY_LOST_EVENTS) + loss(canary, RG_KEY_LOST_EVENTS) > 0)
		rg_issues_add(
			issues, false, "process records lost",
			rg_arena_printf(issues->arena, "%.0f", loss(base, RG_KEY_LOST_EVENTS)),
			rg_arena_printf(issues->arena, "%.0f", loss(canary, RG_KEY_LOST_EVENTS)),
			"some processes' functions may have no name");
}

static void check_damaged(struct rg_issues *issues, const struct rg_side *base,
			  const struct rg_side *canary, const struct rg_policy *policy)
{
	double before = damaged_share(base), after = damaged_share(canary);

	/* What can be unwound on one side only has callers there only: not the same thing is compared. */
	if (fabs(before - after) > policy->max_unnamed_gap)
		rg_issues_add(issues, true, "incomplete stacks", percent(issues, before),
			      percent(issues, after),
			      rg_arena_printf(issues->arena, "at most %.1f points apart",
					      100 * policy->max_unnamed_gap));
	else if (before > policy->max_lost || after > policy->max_lost)
		rg_issues_add(issues, false, "incomplete stacks", percent(issues, before),
			      percent(issues, after), "self CPU is not affected");
}

/*
 * Where nothing was sampled nothing lacks a name. What lacks one on both sides alike is matched by its place, however its
 * part of the whole moved.
 */
static void check_names(struct rg_issues *issues, const struct rg_side *base,
			const struct rg_side *canary, const double unmatched[RG_END_COUNT],
			const struct rg_policy *policy)
{
	if (base->samples > 0 && canary->samples > 0 &&
	    fabs(unmatched[RG_END_BASE] - unmatched[RG_END_CANARY]) > policy->max_unnamed_gap)
		rg_issues_add(
			issues, true, "samples with a function name",
			percent(issues, base->named_share), percent(issues, canary->named_share),
			rg_arena_printf(issues->arena,
					"at most %.1f points apart in what the other side lacks",
					100 * policy->max_unnamed_gap));
}

static const char *slices_of(struct rg_issues *issues, const struct rg_run_set *set,
			     enum rg_end end, size_t *without)
{
	const struct rg_run *run = rg_run_set_side(set, end);
	size_t with = 0;

	for (size_t i = 0; i < set->count[end]; i++)
		with += run[i].batches > 0;
	*without += set->count[end] - with;
	return rg_arena_printf(issues->arena, "%zu of %zu runs", with, set->count[end]);
}

static void check_slices(struct rg_issues *issues, const struct rg_run_set *set)
{
	size_t without = 0;
	const char *base = slices_of(issues, set, RG_END_BASE, &without);
	const char *canary = slices_of(issues, set, RG_END_CANARY, &without);

	if (without > 0)
		rg_issues_add(issues, false, "time slices", base, canary,
			      "without them the noise within a run may be underrated");
}

/* The mean over the side's runs; 0 when a run's is not known. */
static double side_period(const struct rg_run_set *set, enum rg_end end, bool *assumed)
{
	const struct rg_run *run = rg_run_set_side(set, end);
	double sum = 0;

	for (size_t i = 0; i < set->count[end]; i++) {
		*assumed |= run[i].period_assumed;
		if (!(run[i].period_ns > 0))
			return 0;
		sum += run[i].period_ns / (double)set->count[end];
	}
	return sum;
}

static const char *milliseconds(struct rg_issues *issues, double period_ns)
{
	if (!(period_ns > 0))
		return "not known";
	return rg_arena_printf(issues->arena, "%.3f ms", period_ns / 1e6);
}

/* Unequal periods are accounted for exactly; people will wonder at the numbers of samples. */
static void check_periods(struct rg_issues *issues, const struct rg_run_set *set)
{
	bool assumed = false;
	double base = side_period(set, RG_END_BASE, &assumed);
	double canary = side_period(set, RG_END_CANARY, &assumed);

	if (assumed)
		rg_issues_add(issues, false, "CPU time per sample", milliseconds(issues, base),
			      milliseconds(issues, canary),
			      "assumed: the profile holds CPU time but no number of samples");
	else if (base > 0 && canary > 0 && fabs(canary / base - 1) > 0.001)
		rg_issues_add(issues, false, "CPU time per sample", milliseconds(issues, base),
			      milliseconds(issues, canary), "accounted for");
}

void rg_comparable_samples(struct rg_issues *issues, const struct rg_run_set *set,
			   const struct rg_side *base, const struct rg_side *canary,
			   const double unmatched[RG_END_COUNT], const struct rg_policy *policy)
{
	check_losses(issues, base, canary, policy);
	check_damaged(issues, base, canary, policy);
	check_names(issues, base, canary, unmatched, policy);
	check_slices(issues, set);
	check_periods(issues, set);
}

/* --- Load ------------------------------------------------------------------------------------- */

/* Counts a side would have at one core for all its wall time; 0 when not known. */
static double full_core(const struct rg_run_set *set, enum rg_end end)
{
	const struct rg_run *run = rg_run_set_side(set, end);
	double sum = 0;

	for (size_t i = 0; i < set->count[end]; i++) {
		if (run[i].wall_ns == 0 || !(run[i].period_ns > 0))
			return 0;
		sum += (double)run[i].wall_ns / run[i].period_ns;
	}
	return sum;
}

/*
 * What most functions did, per second: 1 when the load was the same and only few functions changed,
 * whatever that did to the total. 0 when it cannot be told.
 */
static double common_ratio(const struct rg_run_set *set, const struct rg_judgement *judgement)
{
	double base = full_core(set, RG_END_BASE), canary = full_core(set, RG_END_CANARY);

	if (!judgement || judgement->fit.pool_count < RG_POOL_ROWS_MIN || !(base > 0) ||
	    !(canary > 0))
		return 0;
	return exp(rg_fit_common(&judgement->fit, base, canary));
}

static bool within(double ratio, const struct rg_policy *policy)
{
	return ratio >= policy->load_low && ratio <= policy->load_high;
}

/*
 * The total is out of bounds, and so is what most functions did (or it is not known). An idler
 * canary has not done the baseline's work: nothing can be said. A busier one may have had more work
 * or cost more. Per second a failure stands then: the user said the load was the same, and a program
 * three times as costly must not get away as "not comparable". On shares it stands only if it is
 * not known what most functions did: where they all rose, the load did.
 */
static bool load_blocks(double ratio, double common, const struct rg_judgement *judgement,
			enum rg_basis basis, const struct rg_policy *policy)
{
	bool failed = judgement && judgement->outcome == RG_OUTCOME_FAIL;

	if (ratio < policy->load_low)
		return true;
	return !(failed && (basis == RG_BASIS_SECOND || common == 0));
}

static const char *cores(struct rg_issues *issues, const struct rg_side *side)
{
	return rg_arena_printf(issues->arena, "%.3g busy cores", side->busy_cores);
}

void rg_comparable_load(struct rg_issues *issues, const struct rg_run_set *set,
			const struct rg_side *base, const struct rg_side *canary,
			const struct rg_judgement *judgement, enum rg_basis basis,
			const struct rg_policy *policy)
{
	if (basis == RG_BASIS_WORK) {
		rg_comparable_work_rate(issues, set, base, canary, judgement, policy);
		return;
	}
	if (!(base->busy_cores > 0) || !(canary->busy_cores > 0))
		return;
	double ratio = canary->busy_cores / base->busy_cores;
	double common = common_ratio(set, judgement);
	const char *before = cores(issues, base), *after = cores(issues, canary);

	if (within(ratio, policy)) {
		if (basis == RG_BASIS_SHARE && ratio > 1 + policy->total_growth)
			rg_issues_add(
				issues, false, "load", before, after,
				"shares do not show growth that all functions have in common");
		return;
	}
	if (within(common, policy))
		rg_issues_add(issues, false, "load", before, after,
			      "most functions cost the same per second: a few account for it");
	else if (rg_run_set_concurrent(set) && ratio < policy->load_low && basis == RG_BASIS_SHARE)
		rg_issues_add(issues, false, "load", before, after,
			      "shares do not show growth that all functions have in common");
	else if (load_blocks(ratio, common, judgement, basis, policy))
		rg_issues_add(issues, true, "load", before, after,
			      rg_arena_printf(issues->arena, "ratio within %.3g to %.3g",
					      policy->load_low, policy->load_high));
	else
		rg_issues_add(issues, false, "load", before, after,
			      "a failure only if the load was the same");
}
