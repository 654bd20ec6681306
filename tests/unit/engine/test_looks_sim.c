/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "../../bench/simulate_looks.h"

#include <stdlib.h>

/*
 * Looking several times, against simulated truth: all looks together may err no more often than one. Seeded; the
 * margins are three standard errors of the pairs drawn.
 */

enum { PAIRS = 200 };

struct rates {
	double fail, pass, found, used;
};

static struct rg_sim_growing growing_of(size_t base_runs, uint32_t looks)
{
	struct rg_sim_growing growing = {.basis = RG_BASIS_SECOND, .looks = looks};

	if (base_runs) {
		growing.scenario = rg_sim_default(base_runs, 1);
		growing.window = 3 * growing.scenario.seconds;
		return growing;
	}
	growing.scenario = rg_sim_default(8, 8);
	growing.scenario.cores = 0.25;
	growing.scenario.sigma = 0.10;
	growing.scenario.seconds = 60;
	growing.scenario.paired = true;
	return growing;
}

/* The heaviest five functions in turn grow. */
static struct rates rates_of(struct rg_sim_growing growing, double growth, uint64_t seed)
{
	struct rg_sim_whole *whole = malloc(sizeof(*whole));
	struct rg_sim_pair *room = malloc(sizeof(*room));
	struct rg_sim_random random = {seed};
	struct rates rates = {0};

	assert_true(whole && room);
	for (int n = 0; n < PAIRS; n++) {
		struct rg_sim_end end;

		growing.scenario.changed = growth > 0 ? n % 5 : -1;
		growing.scenario.growth = growth;
		assert_int_equal(rg_sim_grow(&growing, whole, room, &random, &end), 0);
		rates.fail += end.outcome == RG_OUTCOME_FAIL;
		rates.pass += end.outcome == RG_OUTCOME_PASS;
		rates.found += end.hits.changed;
		rates.used += (double)end.look / growing.looks;
	}
	free(whole);
	free(room);
	return (struct rates){rates.fail / PAIRS, rates.pass / PAIRS, rates.found / PAIRS,
			      rates.used / PAIRS};
}

static double margin(double rate)
{
	return 3 * sqrt(rate * (1 - rate) / PAIRS);
}

static void four_looks_err_no_more_often_than_one(void **state)
{
	static const size_t base_runs[] = {0, 3}; /* 0: rounds */

	(void)state;
	for (size_t i = 0; i < COUNT(base_runs); i++) {
		struct rg_sim_growing once = growing_of(base_runs[i], 1);
		struct rg_sim_growing often = growing_of(base_runs[i], 4);
		struct rates null = rates_of(often, 0, 1), null_once = rates_of(once, 0, 1);
		struct rates grown = rates_of(often, 0.40, 2), once_grown = rates_of(once, 0.40, 2);

		assert_true(null.fail <= 0.013 + margin(0.013));
		assert_true(grown.pass <= 0.02 + margin(0.02));
		assert_true(null.pass >= null_once.pass - margin(null_once.pass));
		assert_true(grown.found >= once_grown.found - 0.10 - margin(once_grown.found));
		assert_true(grown.used < 0.9);
	}
}

/* What is large need not wait for the end. */
static void what_doubles_is_found_at_once(void **state)
{
	struct rates grown = rates_of(growing_of(3, 4), 1, 3);

	(void)state;
	assert_true(grown.found >= 0.98);
	assert_true(grown.used <= 0.35);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_looks_err_no_more_often_than_one),
		cmocka_unit_test(what_doubles_is_found_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
