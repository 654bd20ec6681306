/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "../../bench/simulate_run.h"

#include <stdio.h>

/*
 * The rule against simulated truth: 300 functions, Zipf 0.95, one core, 99 Hz, 300 s, a coefficient
 * of variation of 5 % between runs. Seeded, so that it passes or fails the same every time. What is
 * expected is the design's table (made from 10,000 pairs); the margins are three standard errors of
 * the pairs drawn here, and what the basis and the function that is changed make of it.
 */

enum { PAIRS = 400 };

struct cell {
	const char *sentence;
	size_t base_runs;
	enum rg_basis basis;
	double null_pass; /* expected */
	double found_40, found_25;
};

static const struct cell cells[] = {
	{"one run a side, per second", 1, RG_BASIS_SECOND, 0.72, 0.75, 0.28},
	{"one run a side, on shares", 1, RG_BASIS_SHARE, 0.72, 0.75, 0.28},
	{"three baselines, per second", 3, RG_BASIS_SECOND, 0.92, 0.92, 0.49},
	{"three baselines, on shares", 3, RG_BASIS_SHARE, 0.92, 0.92, 0.49},
};

/* Functions of ranks 1 to 5, one after the other, as the design's figures are means over them. */
static struct rg_sim_rates found(const struct cell *cell, double growth, uint64_t seed)
{
	struct rg_sim_rates mean = {0}, one;
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = cell->basis;
	for (int changed = 0; changed < 5; changed++) {
		struct rg_sim_scenario scenario = rg_sim_default(cell->base_runs, 1);

		scenario.changed = changed;
		scenario.growth = growth;
		assert_int_equal(rg_sim_run(&scenario, &policy, PAIRS / 5, seed + (uint64_t)changed,
					    &one),
				 0);
		mean.fail_changed += one.fail_changed / 5;
		mean.fail_other += one.fail_other / 5;
		mean.pass += one.pass / 5;
	}
	return mean;
}

/* Three standard errors of a rate measured on PAIRS pairs. */
static double margin(double rate)
{
	return 3 * sqrt(rate * (1 - rate) / PAIRS);
}

static void nothing_changed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cells); i++) {
		struct rg_sim_scenario scenario = rg_sim_default(cells[i].base_runs, 1);
		struct rg_sim_rates rates;
		struct rg_policy policy;

		rg_policy_init(&policy);
		policy.basis = cells[i].basis;
		assert_int_equal(rg_sim_run(&scenario, &policy, PAIRS, 11 + i, &rates), 0);
		print_message(
			"%-28s null: fail %.2f %%, pass %.1f %%, 95 %% intervals hold %.1f %%\n",
			cells[i].sentence, 100 * rates.fail, 100 * rates.pass, 100 * rates.covered);
		assert_true(rates.fail <= 0.013 + margin(0.013));
		assert_true(fabs(rates.pass - cells[i].null_pass) <=
			    0.03 + margin(cells[i].null_pass));
		assert_true(rates.covered >= 0.93);
	}
}

static void forty_percent_are_found_and_never_pass(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cells); i++) {
		struct rg_sim_rates forty = found(&cells[i], 0.40, 100 + 10 * i);
		struct rg_sim_rates quarter = found(&cells[i], 0.25, 200 + 10 * i);

		print_message(
			"%-28s +40 %%: found %.1f %%, passed %.1f %%; +25 %%: found %.1f %%\n",
			cells[i].sentence, 100 * forty.fail_changed, 100 * forty.pass,
			100 * quarter.fail_changed);
		assert_true(fabs(forty.fail_changed - cells[i].found_40) <=
			    0.08 + margin(cells[i].found_40));
		assert_true(fabs(quarter.fail_changed - cells[i].found_25) <=
			    0.15 + margin(cells[i].found_25));
		assert_true(forty.pass <= 0.02 + margin(0.02));
	}
}

/* Rank 1 of the 300 has 16 %; made 2.2 times as heavy it has 30 %, and then it is removed. */
static void a_removed_function_fails_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cells); i++) {
		struct rg_sim_scenario scenario = rg_sim_default(cells[i].base_runs, 1);
		struct rg_sim_rates rates;
		struct rg_policy policy;

		rg_policy_init(&policy);
		policy.basis = cells[i].basis;
		scenario.heaviest_share = 0.30;
		scenario.changed = 0;
		scenario.growth = -1;
		assert_int_equal(rg_sim_run(&scenario, &policy, PAIRS, 300 + i, &rates), 0);
		print_message("%-28s 30 %% removed: fail %.2f %%, pass %.1f %%\n",
			      cells[i].sentence, 100 * rates.fail, 100 * rates.pass);
		assert_true(rates.fail <= 0.013 + margin(0.013));
	}
}

/* What a rate of `limit` may show in PAIRS pairs. */
static void assert_at_most(double rate, double limit)
{
	assert_true(rate <= limit + margin(limit));
}

/* However much functions vary, and however many runs there are of either side. */
static void nothing_changed_seldom_fails(void **state)
{
	static const struct {
		size_t base_runs, canary_runs;
		double cores, sigma, limit;
	} cells_of[] = {
		{1, 1, 0.25, 0.05, 0.013}, {1, 1, 1, 0.10, 0.04},     {3, 1, 1, 0.10, 0.013},
		{8, 1, 0.25, 0.05, 0.013}, {3, 3, 0.25, 0.05, 0.013},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cells_of); i++) {
		struct rg_sim_scenario scenario =
			rg_sim_default(cells_of[i].base_runs, cells_of[i].canary_runs);
		struct rg_sim_rates rates;
		struct rg_policy policy;

		rg_policy_init(&policy);
		policy.basis = RG_BASIS_SECOND;
		scenario.cores = cells_of[i].cores;
		scenario.sigma = cells_of[i].sigma;
		assert_int_equal(rg_sim_run(&scenario, &policy, PAIRS, 500 + i, &rates), 0);
		assert_at_most(rates.fail, cells_of[i].limit);
	}
}

/* The machine changes by 20 % from round to round, and each function has its own part in that. */
static void paired_rounds_see_through_the_machine(void **state)
{
	(void)state;
	for (int basis = RG_BASIS_SECOND; basis <= RG_BASIS_SHARE; basis++) {
		struct rg_sim_scenario scenario = rg_sim_default(4, 4);
		struct rg_sim_rates rates;
		struct rg_policy policy;

		rg_policy_init(&policy);
		policy.basis = (enum rg_basis)basis;
		scenario.paired = true;
		scenario.round = 0.20;
		scenario.round_function = 0.10;
		assert_int_equal(rg_sim_run(&scenario, &policy, PAIRS, 600, &rates), 0);
		assert_at_most(rates.fail, 0.013);
		assert_at_most(1 - rates.covered, 0.07);
		scenario.changed = 2;
		scenario.growth = 0.40;
		assert_int_equal(rg_sim_run(&scenario, &policy, PAIRS / 2, 601, &rates), 0);
		assert_at_most(1 - rates.fail_changed, 0.01);
		assert_at_most(rates.fail_other, 0.02);
	}
}

/* Ten short rounds, of builds that place their functions anew and of which one was rewritten. */
static struct rg_sim_scenario far_apart(double build, double rewritten, double cv)
{
	struct rg_sim_scenario scenario = rg_sim_default(10, 10);

	scenario.cores = 0.25;
	scenario.seconds = 60;
	scenario.paired = true;
	scenario.round = 0.20;
	scenario.round_function = 0.10;
	scenario.build = build;
	scenario.rewritten = rewritten;
	scenario.rewritten_cv = cv;
	scenario.gained = rewritten > 0 ? 0.5 : 0;
	return scenario;
}

/* What bench-verdict has under "releases far apart", of other seeds; the rule that is for runs fails 12 of 100, and passes 7. */
static void releases_far_apart_are_told_from_noise(void **state)
{
	struct rg_sim_scenario placed = far_apart(0.08, 0, 0), rewritten = far_apart(0.03, 1, 0.20);
	struct rg_sim_rates rates;
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SECOND;
	assert_int_equal(rg_sim_run(&placed, &policy, PAIRS, 700, &rates), 0);
	print_message("placed anew: fail %.2f %%\n", 100 * rates.fail);
	assert_at_most(rates.fail, 0.05);
	assert_int_equal(rg_sim_run(&rewritten, &policy, PAIRS, 701, &rates), 0);
	print_message("rewritten: fail %.2f %%, pass %.1f %%\n", 100 * rates.fail,
		      100 * rates.pass);
	assert_true(rates.pass >= 0.60);
	assert_at_most(rates.fail, 0.013);
	rewritten.changed = 2;
	rewritten.growth = 1;
	assert_int_equal(rg_sim_run(&rewritten, &policy, PAIRS / 2, 702, &rates), 0);
	print_message("rewritten, one +100 %%: found %.1f %%, pass %.1f %%\n",
		      100 * rates.fail_changed, 100 * rates.pass);
	assert_at_most(1 - rates.fail_changed, 0.01);
	assert_true(!(rates.pass > 0));
}

static void a_new_function_of_three_percent_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cells); i++) {
		struct rg_sim_scenario scenario = rg_sim_default(cells[i].base_runs, 1);
		struct rg_sim_rates rates;
		struct rg_policy policy;

		rg_policy_init(&policy);
		policy.basis = cells[i].basis;
		scenario.new_share = 0.031;
		assert_int_equal(rg_sim_run(&scenario, &policy, PAIRS / 4, 400 + i, &rates), 0);
		assert_true(rates.fail_changed >= 0.98);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changed),
		cmocka_unit_test(forty_percent_are_found_and_never_pass),
		cmocka_unit_test(a_removed_function_fails_nothing_else),
		cmocka_unit_test(nothing_changed_seldom_fails),
		cmocka_unit_test(paired_rounds_see_through_the_machine),
		cmocka_unit_test(releases_far_apart_are_told_from_noise),
		cmocka_unit_test(a_new_function_of_three_percent_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
