/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cells.h"

#include <stdio.h>

/*
 * The thresholds, made for 10,000 pairs a cell: with fewer, three of their own standard errors more. What a
 * tenth of a core shows in five minutes decides nothing, even for who knows how much runs vary: its rates of
 * failure and its power are shown, not held against a threshold.
 */
#define CORES_MIN 0.25

struct check {
	const struct cell *cells;
	const struct result *results;
	size_t count, pairs;
	const char *what;
	/* Of all cells it is about: how many miss it, and the worst of them. */
	size_t cells_seen, missed;
	double worst, margin; /* margin: beyond what is allowed; the largest is the worst */
	size_t where;
};

/* What sampling error lets a rate of `limit` show, beyond what it shows in 10,000 pairs. */
static double slack(const struct check *check, double limit)
{
	double spread = sqrt(limit * (1 - limit)), few = 3 * spread / sqrt((double)check->pairs);

	return fmax(few - 3 * spread / sqrt(10000), 0);
}

static void see(struct check *check, size_t cell, double value, double beyond)
{
	if (check->cells_seen == 0 || beyond > check->margin) {
		check->margin = beyond;
		check->worst = value;
		check->where = cell;
	}
	check->cells_seen++;
	check->missed += beyond > 0;
}

static void at_most(struct check *check, size_t cell, double value, double limit)
{
	see(check, cell, value, value - limit - slack(check, limit));
}

static void at_least(struct check *check, size_t cell, double value, double limit)
{
	see(check, cell, value, limit - value - slack(check, limit));
}

static void print_worst(const struct check *check)
{
	const struct rg_sim_scenario *s = &check->cells[check->where].scenario;

	printf("worst %.2f %% (runs %zu, %zu; %g cores; sigma %g %%; %s)\n", 100 * check->worst,
	       s->base_runs, s->canary_runs, s->cores, 100 * s->sigma,
	       rg_basis_name(check->cells[check->where].basis));
}

static void end(const struct check *check, bool *all)
{
	if (check->cells_seen == 0)
		return;
	printf("- %s: %s; %zu of %zu cells miss it; ", check->missed ? "**missed**" : "holds",
	       check->what, check->missed, check->cells_seen);
	print_worst(check);
	*all &= check->missed == 0;
}

static void show(const struct check *check)
{
	if (check->cells_seen == 0)
		return;
	printf("- shown: %s; ", check->what);
	print_worst(check);
}

/* Simulated, and of that part. */
static bool is_of(const struct check *check, size_t cell, enum part part)
{
	return check->cells[cell].truths && check->cells[cell].part == part;
}

static struct check begin(const struct check *like, const char *what)
{
	struct check check = *like;

	check.what = what;
	return check;
}

static void check_nulls(const struct check *like, bool *all)
{
	struct check usual = begin(like, "nothing changed fails <= 1.3 % (J >= 3; J = 1 up to the "
					 "prior)");
	struct check noisy = begin(like, "nothing changed fails <= 4 % (J = 1, sigma 10 %)");
	struct check poor = begin(like, "nothing changed fails, at a tenth of a core");

	for (size_t i = 0; i < like->count; i++) {
		const struct rg_sim_scenario *s = &like->cells[i].scenario;
		double fail = like->results[i].truth[TRUTH_NONE].fail;

		if (!is_of(like, i, PART_GRID) && !is_of(like, i, PART_SHARES))
			continue;
		if (s->cores < CORES_MIN)
			at_most(&poor, i, fail, 0);
		else if (s->base_runs == 1 && s->sigma > 0.05)
			at_most(&noisy, i, fail, 0.04);
		else
			at_most(&usual, i, fail, 0.013);
	}
	end(&usual, all);
	end(&noisy, all);
	show(&poor);
}

/* Points behind the bound on the same pairs. */
static void check_power(const struct check *like, size_t base_runs, enum truth truth, double points,
			const char *what, bool *all)
{
	struct check check = begin(like, what);

	for (size_t i = 0; i < like->count; i++) {
		const struct rg_sim_scenario *s = &like->cells[i].scenario;
		const struct outcome *found = &like->results[i].truth[truth];

		if (is_of(like, i, PART_GRID) && s->cores >= CORES_MIN && s->sigma >= 0.05 &&
		    s->base_runs == base_runs)
			at_most(&check, i, found->rival_changed[RIVAL_BOUND] - found->changed,
				points);
	}
	end(&check, all);
}

static void check_coverage(const struct check *like, bool *all)
{
	struct check check = begin(like, "95 % intervals cover >= 93 %");
	struct check over = begin(like, "and <= 97 % (sigma >= 5 %, 4 runs in all and more)");

	for (size_t i = 0; i < like->count; i++) {
		const struct rg_sim_scenario *s = &like->cells[i].scenario;

		if (!is_of(like, i, PART_GRID) || s->sigma < 0.05 ||
		    s->base_runs + s->canary_runs < 4)
			continue;
		at_least(&check, i, like->results[i].truth[TRUTH_NONE].covered, 0.93);
		at_most(&over, i, like->results[i].truth[TRUTH_NONE].covered, 0.97);
	}
	end(&check, all);
	end(&over, all);
}

static void check_misses(const struct check *like, bool *all)
{
	struct check pass = begin(like, "+40 % passes <= 2 %");
	struct check fresh = begin(like, "a new function of 3 % is found >= 99.5 %");

	for (size_t i = 0; i < like->count; i++) {
		if (!is_of(like, i, PART_GRID))
			continue;
		at_most(&pass, i, like->results[i].truth[TRUTH_40].pass, 0.02);
		at_least(&fresh, i, like->results[i].truth[TRUTH_NEW].changed, 0.995);
	}
	end(&pass, all);
	end(&fresh, all);
}

static void check_rounds(const struct check *like, bool *all)
{
	struct check null = begin(like, "4 paired rounds and more: nothing changed fails <= 1.3 %");
	struct check found = begin(like, "4 paired rounds and more: +40 % is found >= 99 %");

	for (size_t i = 0; i < like->count; i++) {
		if (!is_of(like, i, PART_ROUNDS) || like->cells[i].scenario.base_runs < 4)
			continue;
		at_most(&null, i, like->results[i].truth[TRUTH_NONE].fail, 0.013);
		at_least(&found, i, like->results[i].truth[TRUTH_40].changed, 0.99);
	}
	end(&null, all);
	end(&found, all);
}

static void check_removed(const struct check *like, bool *all)
{
	struct check check = begin(
		like, "a function of 30 % removed fails anything else <= 1.3 % (J >= 3, shares)");

	for (size_t i = 0; i < like->count; i++) {
		if (is_of(like, i, PART_SHARES) && like->cells[i].scenario.base_runs >= 3)
			at_most(&check, i, like->results[i].truth[TRUTH_REMOVED].other, 0.013);
	}
	end(&check, all);
}

static void check_same(const struct check *like, bool *all)
{
	struct check check = begin(like, "the verdict on profiles is the judgement of the counts");

	for (size_t i = 0; i < like->count; i++)
		for (int truth = 0; truth < TRUTH_COUNT; truth++) {
			const struct outcome *outcome = &like->results[i].truth[truth];

			if (outcome->made)
				see(&check, i, !outcome->same, !outcome->same ? 1 : -1);
		}
	end(&check, all);
}

bool checks_print(const struct cell *cells, const struct result *results, size_t count,
		  size_t pairs)
{
	const struct check like = {
		.cells = cells, .results = results, .count = count, .pairs = pairs};
	bool all = true;

	check_nulls(&like, &all);
	check_power(&like, 3, TRUTH_40, 0.20,
		    "+40 % at J = 3 within 20 points of the bound (sigma >= 5 %)", &all);
	check_power(&like, 8, TRUTH_40, 0.12,
		    "+40 % at J = 8 within 12 points of the bound (sigma >= 5 %)", &all);
	check_power(&like, 3, TRUTH_100, 0.05,
		    "+100 % at J = 3 within 5 points of the bound (sigma >= 5 %)", &all);
	check_power(&like, 8, TRUTH_100, 0.05,
		    "+100 % at J = 8 within 5 points of the bound (sigma >= 5 %)", &all);
	check_coverage(&like, &all);
	check_misses(&like, &all);
	check_rounds(&like, &all);
	check_removed(&like, &all);
	check_same(&like, &all);
	return all;
}
