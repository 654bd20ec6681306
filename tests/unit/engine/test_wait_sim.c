/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wait_made.h"

/*
 * Off-CPU time against simulated truth: nothing changed, whatever the lengths of the waits. The rule's
 * bound is a false failure in 1.3 % of the pairs; tests add three standard errors of as many pairs as they
 * draw. CPU time is the same on both sides, so that every failure is one of waits. Seeded.
 */

enum { PAIRS = 500 };

static const char *const shape_names[WAIT_SHAPES] = {
	[WAIT_EVEN] = "even",
	[WAIT_POISSON] = "all alike, at random times",
	[WAIT_EXPONENTIAL] = "exponential",
	[WAIT_LOG_NORMAL] = "log-normal, sigma 1.5",
	[WAIT_PARETO] = "Pareto, alpha 1.5",
	[WAIT_BURSTS] = "bursts of twenty",
};

static struct wait_set service(enum wait_shape shape, double sigma, uint64_t seed)
{
	static const struct {
		const char *stack, *wait;
		double per_second, mean_ms;
	} kinds[] = {
		{"recv of libc.so.6;ask;main", RG_WAIT_NETWORK, 40, 8},
		{"fsync of libc.so.6;commit;main", RG_WAIT_DISK, 10, 10},
		{"pthread_mutex_lock of libc.so.6;acquire;main", RG_WAIT_LOCK, 60, 0.7},
		{"read of libc.so.6;load;main", RG_WAIT_DISK, 25, 1.2},
		{"send of libc.so.6;answer;main", RG_WAIT_NETWORK, 3, 9},
		{"flock of libc.so.6;journal;main", RG_WAIT_LOCK, 0.6, 90},
		{"waitpid of libc.so.6;convert;main", RG_WAIT_CHILD, 1, 40},
	};
	struct wait_set set = wait_set_default();

	set.seed = seed;
	set.sigma = sigma;
	for (size_t i = 0; i < COUNT(kinds); i++)
		wait_put(&set, &(struct wait_spec){kinds[i].stack, kinds[i].wait, "w",
						   kinds[i].per_second, kinds[i].mean_ms, shape});
	return set;
}

struct rates {
	double fail, pass, covered;
};

/* `factor` is what the canary's commit() waits longer. */
static struct rates simulate(enum wait_shape shape, double sigma, double factor, size_t pairs,
			     uint64_t seed)
{
	struct rates rates = {0};
	struct rg_policy policy;

	rg_policy_init(&policy);
	for (size_t i = 0; i < pairs; i++) {
		struct wait_set base = service(shape, sigma, seed + 2 * i);
		struct wait_set canary = service(shape, sigma, seed + 2 * i + 1);
		struct made_spec before = wait_default(&base), after = wait_default(&canary);

		before.functions = after.functions = 3;
		canary.wait[1].mean_ms *= factor;
		struct rg_verdict *verdict = judge_made(&before, &after, &policy, i == 0);
		const struct rg_row *row = judged_wait(verdict, "commit", RG_WAIT_DISK, "fsync");

		rates.fail += (verdict->outcome == RG_OUTCOME_FAIL) / (double)pairs;
		rates.pass += (verdict->outcome == RG_OUTCOME_PASS) / (double)pairs;
		rates.covered += (row->growth_low <= factor - 1 && factor - 1 <= row->growth_high) /
				 (double)pairs;
		rg_verdict_free(verdict);
	}
	return rates;
}

static double margin(double rate, size_t pairs)
{
	return 3 * sqrt(rate * (1 - rate) / (double)pairs);
}

static void nothing_changed(void **state)
{
	(void)state;
	for (int shape = WAIT_POISSON; shape < WAIT_SHAPES; shape++) {
		struct rates rates =
			simulate((enum wait_shape)shape, 0.05, 1, PAIRS, 1000 * (uint64_t)shape);

		print_message("%-28s null: fail %.2f %%, pass %.1f %%, intervals hold %.1f %%\n",
			      shape_names[shape], 100 * rates.fail, 100 * rates.pass,
			      100 * rates.covered);
		assert_true(rates.fail <= 0.013 + margin(0.013, PAIRS));
		assert_true(rates.covered >= 0.93 - margin(0.93, PAIRS));
	}
}

static void waits_of_twice_the_length_are_found(void **state)
{
	static const double least[WAIT_SHAPES] = {
		[WAIT_POISSON] = 0.93, [WAIT_EXPONENTIAL] = 0.83, [WAIT_LOG_NORMAL] = 0.31};

	(void)state;
	for (int shape = WAIT_POISSON; shape < WAIT_SHAPES; shape++) {
		struct rates rates =
			simulate((enum wait_shape)shape, 0.05, 2, 200, 77000 + (uint64_t)shape);

		print_message("%-28s +100 %%: found %.1f %%, passed %.1f %%\n", shape_names[shape],
			      100 * rates.fail, 100 * rates.pass);
		assert_true(rates.fail >= least[shape] - margin(least[shape], 200));
		assert_true(rates.pass <= 0.02 + margin(0.02, 200));
	}
}

/* --- Paired rounds ----------------------------------------------------------------------------- */

enum { ROUNDS = 4 };

static const char *const numbers[ROUNDS] = {"1", "2", "3", "4"};
/* How much longer every wait takes in a round, of both sides: another neighbour on the disk. */
static const double busy[ROUNDS] = {1, 2.2, 0.7, 1.5};

static struct rg_profile *run_of(size_t round, double factor, uint64_t seed, bool marked)
{
	struct wait_set set = service(WAIT_EXPONENTIAL, 0.05, seed);
	struct made_spec spec = wait_default(&set);

	spec.functions = 3;
	for (size_t i = 0; i < WAITS_MAX; i++)
		set.wait[i].mean_ms *= busy[round];
	set.wait[1].mean_ms *= factor;
	if (marked) {
		made_set(&spec, RG_KEY_ROUND, numbers[round]);
		made_set(&spec, RG_KEY_ROUND_SERIES, "a");
	}
	return made(&spec);
}

static struct rg_verdict *judge_rounds(double factor, uint64_t seed, bool marked)
{
	struct rg_profile *run[2][ROUNDS];
	struct rg_runs runs[2];
	struct rg_policy policy;

	rg_policy_init(&policy);
	for (size_t end = 0; end < 2; end++) {
		for (size_t round = 0; round < ROUNDS; round++)
			run[end][round] =
				run_of(round, end ? factor : 1, seed + 2 * round + end, marked);
		runs[end] = (struct rg_runs){(const struct rg_profile *const *)run[end], ROUNDS};
	}
	struct rg_verdict *verdict = judge_runs(&runs[0], &runs[1], &policy);

	for (size_t end = 0; end < 2; end++)
		for (size_t round = 0; round < ROUNDS; round++)
			rg_profile_free(run[end][round]);
	return verdict;
}

static void rounds_see_through_a_busy_disk(void **state)
{
	enum { TRIES = 40 };
	size_t false_fails = 0, found = 0;

	(void)state;
	for (uint64_t seed = 0; seed < TRIES; seed++) {
		struct rg_verdict *null = judge_rounds(1, 5000 + 100 * seed, true);
		struct rg_verdict *slow = judge_rounds(1.8, 90000 + 100 * seed, true);
		struct rg_verdict *unpaired = judge_rounds(1.8, 90000 + 100 * seed, false);

		assert_int_equal(null->paired_rounds, ROUNDS);
		assert_int_equal(unpaired->paired_rounds, 0);
		false_fails += null->outcome == RG_OUTCOME_FAIL;
		found += judged_wait(slow, "commit", RG_WAIT_DISK, "fsync")->status ==
			 RG_STATUS_REGRESSED;
		/* What all waits have in common no row shows unpaired either; the total does. */
		assert_true(slow->off_cpu.total.mdg < 0.7 * unpaired->off_cpu.total.mdg);
		rg_verdict_free(null);
		rg_verdict_free(slow);
		rg_verdict_free(unpaired);
	}
	print_message("paired rounds                null: %zu of %d fail; +80 %%: found %zu\n",
		      false_fails, TRIES, found);
	assert_true(false_fails <= 2);
	assert_true(found >= TRIES * 9 / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changed),
		cmocka_unit_test(waits_of_twice_the_length_are_found),
		cmocka_unit_test(rounds_see_through_a_busy_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
