/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

#include <math.h>

/* Runs taken in rounds: which are, and what comparing them round by round is good for. */

enum { ROUNDS = 4 };

/* What the machine did to both runs of a round: from half to nearly double the speed. */
static const double machine[ROUNDS] = {1, 1.7, 0.6, 1.2};

struct rounds {
	struct rg_profile *run[2][ROUNDS];
	size_t count[2];
};

static struct made_spec spec_of(size_t round, const char *series, int64_t f01)
{
	static const char *const number[] = {"1", "2", "3", "4"};
	struct made_spec spec = made_default();

	spec.times = machine[round];
	/* A little noise of each run's own, so that no variance is zero. */
	made_extra(&spec, "f01", f01 + (int64_t)round * 20);
	if (series) {
		made_set(&spec, RG_KEY_ROUND, number[round]);
		made_set(&spec, RG_KEY_ROUND_SERIES, series);
	}
	return spec;
}

/* f01 has 3,500 samples at the baseline. */
static struct rounds make_rounds(const char *base, const char *canary, int64_t f01)
{
	struct rounds rounds = {.count = {ROUNDS, ROUNDS}};

	for (size_t i = 0; i < ROUNDS; i++) {
		struct made_spec before = spec_of(i, base, 3500);
		struct made_spec after = spec_of(ROUNDS - 1 - i, canary, f01);

		rounds.run[0][i] = made(&before);
		rounds.run[1][i] = made(&after); /* the last round first: order means nothing */
	}
	return rounds;
}

static struct rg_verdict *judge_rounds(struct rounds *rounds, enum rg_basis basis)
{
	struct rg_policy policy;
	const struct rg_runs base = {(const struct rg_profile *const *)rounds->run[0],
				     rounds->count[0]};
	const struct rg_runs canary = {(const struct rg_profile *const *)rounds->run[1],
				       rounds->count[1]};

	rg_policy_init(&policy);
	policy.basis = basis;
	return judge_runs(&base, &canary, &policy);
}

static void rounds_done(struct rounds *rounds)
{
	for (int end = 0; end < 2; end++)
		for (size_t i = 0; i < ROUNDS; i++)
			rg_profile_free(rounds->run[end][i]);
}

static struct rg_verdict *judged(const char *base, const char *canary, int64_t f01,
				 enum rg_basis basis)
{
	struct rounds rounds = make_rounds(base, canary, f01);
	struct rg_verdict *verdict = judge_rounds(&rounds, basis);

	rounds_done(&rounds);
	return verdict;
}

static void what_the_machine_did_to_both_cancels(void **state)
{
	(void)state;
	for (int basis = RG_BASIS_SECOND; basis <= RG_BASIS_SHARE; basis++) {
		struct rg_verdict *paired = judged("a", "a", 3500, (enum rg_basis)basis);
		struct rg_verdict *unpaired = judged(NULL, NULL, 3500, (enum rg_basis)basis);

		assert_int_equal(paired->paired_rounds, ROUNDS);
		assert_int_equal(unpaired->paired_rounds, 0);
		assert_int_equal(paired->outcome, RG_OUTCOME_PASS);
		assert_true(paired->rows[0].mdg < 0.30);
		assert_true(fabs(paired->rows[0].growth) < 0.01);
		if (basis == RG_BASIS_SECOND) {
			assert_int_equal(unpaired->outcome, RG_OUTCOME_UNDECIDED);
			assert_true(unpaired->total.mdg > 2 * paired->total.mdg);
		}
		rg_verdict_free(paired);
		rg_verdict_free(unpaired);
	}
}

/* `swing`: by how much f01 differs from round to round. */
static struct rg_verdict *judge_other_build(bool paired, int64_t f01, int64_t swing)
{
	static const char *const rewritten[] = {"f02", "f04", "f06", "f08", "f10", "f12",
						"f14", "f16", "f18", "f20", "f22", "f24"};
	struct rounds rounds = {.count = {ROUNDS, ROUNDS}};

	for (size_t i = 0; i < ROUNDS; i++) {
		struct made_spec before = spec_of(i, paired ? "a" : NULL, 3500);
		struct made_spec after =
			spec_of(i, paired ? "a" : NULL, i % 2 ? f01 + swing : f01 - swing);

		for (size_t f = 0; f < sizeof(rewritten) / sizeof(rewritten[0]); f++)
			made_extra(&after, rewritten[f], 150);
		rounds.run[0][i] = made(&before);
		rounds.run[1][i] = made(&after);
	}
	struct rg_verdict *verdict = judge_rounds(&rounds, RG_BASIS_SHARE);

	rounds_done(&rounds);
	return verdict;
}

/* Neither a quieter machine nor more rounds make two versions alike. */
static void versions_that_differ_much_are_not_the_machines_fault(void **state)
{
	struct rg_verdict *paired = judge_other_build(true, 4300, 0);
	struct rg_verdict *unpaired = judge_other_build(false, 4300, 0);

	(void)state;
	assert_int_equal(paired->outcome, RG_OUTCOME_UNDECIDED);
	assert_non_null(strstr(paired->reason,
			       "f01() seems to use ")); /* of which its rounds leave no doubt */
	assert_non_null(
		strstr(paired->reason,
		       ", but many functions differ between these builds: that may be chance"));
	assert_true(find_row(paired, "f01")->growth_low > 0);
	assert_string_equal(
		paired->advice,
		"the versions differ in many functions, more than their rounds: compare "
		"with one closer to the canary, a change at a time");
	assert_int_equal(unpaired->outcome, RG_OUTCOME_UNDECIDED);
	assert_string_equal(unpaired->advice,
			    "functions scatter more than runs of one version should: use a quieter "
			    "machine, or several canary runs");
	rg_verdict_free(paired);
	rg_verdict_free(unpaired);
}

/* What else changed keeps no function from passing that its rounds show to be as it was. */
static void versions_that_differ_much_may_pass(void **state)
{
	struct rg_verdict *paired = judge_other_build(true, 3500, 0);
	struct rg_verdict *unpaired = judge_other_build(false, 3500, 0);
	const struct rg_row *row = find_row(paired, "f01");

	(void)state;
	assert_int_equal(paired->outcome, RG_OUTCOME_PASS);
	assert_true(row->growth_high - row->growth_low < 0.45);
	assert_int_equal(unpaired->outcome, RG_OUTCOME_UNDECIDED);
	rg_verdict_free(paired);
	rg_verdict_free(unpaired);
}

/* A function of which the rounds know little is helped by more of them, whatever the others did. */
static void versions_that_differ_much_may_take_more_rounds(void **state)
{
	struct rg_verdict *verdict = judge_other_build(true, 4000, 1600);

	(void)state;
	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_non_null(strstr(verdict->reason, "f01() may use up to "));
	assert_non_null(strstr(verdict->advice, "more paired rounds, about "));
	rg_verdict_free(verdict);
}

static void growth_is_found_across_rounds(void **state)
{
	(void)state;
	for (int basis = RG_BASIS_SECOND; basis <= RG_BASIS_SHARE; basis++) {
		struct rg_verdict *verdict = judged("a", "a", 4900, (enum rg_basis)basis);
		const struct rg_row *row = find_row(verdict, "f01");

		assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
		assert_int_equal(row->status, RG_STATUS_REGRESSED);
		assert_true(fabs(row->growth - 0.40) < 0.02);
		assert_true(row->growth_low < 0.40 && row->growth_high > 0.40);
		assert_int_equal(verdict->paired_rounds, ROUNDS);
		rg_verdict_free(verdict);
	}
}

static void swapped_sides_turn_the_growth_round(void **state)
{
	struct rounds rounds = make_rounds("a", "a", 4900), swapped = rounds;

	(void)state;
	memcpy(swapped.run[0], rounds.run[1], sizeof(rounds.run[1]));
	memcpy(swapped.run[1], rounds.run[0], sizeof(rounds.run[0]));
	for (int basis = RG_BASIS_SECOND; basis <= RG_BASIS_SHARE; basis++) {
		struct rg_verdict *there = judge_rounds(&rounds, (enum rg_basis)basis);
		struct rg_verdict *back = judge_rounds(&swapped, (enum rg_basis)basis);

		for (size_t i = 0; i < there->row_count; i++) {
			const struct rg_row *row = &there->rows[i];
			const struct rg_row *mirror = find_row(back, row->key);

			assert_true(fabs((1 + row->growth) * (1 + mirror->growth) - 1) < 1e-9);
		}
		rg_verdict_free(there);
		rg_verdict_free(back);
	}
	rounds_done(&rounds);
}

static void a_function_that_is_new_in_every_round_fails(void **state)
{
	struct rounds rounds = make_rounds("a", "a", 3500);

	(void)state;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct made_spec spec = spec_of(i, "a", 3500);

		made_extra(&spec, "fresh", 1200);
		rg_profile_free(rounds.run[1][i]);
		rounds.run[1][i] = made(&spec);
	}
	struct rg_verdict *verdict = judge_rounds(&rounds, RG_BASIS_SECOND);

	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_int_equal(find_row(verdict, "fresh")->status, RG_STATUS_NEW);
	rg_verdict_free(verdict);
	rounds_done(&rounds);
}

/* A canary's run that is missing, taken twice, or of another series: nothing is paired. */
static void rounds_that_are_not_whole_are_not_paired(void **state)
{
	struct rounds rounds = make_rounds("a", "a", 3500);
	struct made_spec again = spec_of(2, "a", 3500);

	(void)state;
	rounds.count[1] = ROUNDS - 1;
	struct rg_verdict *verdict = judge_rounds(&rounds, RG_BASIS_SECOND);

	assert_int_equal(verdict->paired_rounds, 0);
	const struct rg_issue *issue = find_issue(verdict, "rounds");

	assert_non_null(issue);
	assert_false(issue->blocking);
	assert_string_equal(issue->base, "4 of 4 runs");
	assert_string_equal(issue->canary, "3 of 3 runs");
	assert_string_equal(issue->limit,
			    "not one run of each side in every round: judged as unpaired runs");
	rg_verdict_free(verdict);

	rounds.count[1] = ROUNDS;
	rg_profile_free(rounds.run[1][0]);
	rounds.run[1][0] = made(&again);
	verdict = judge_rounds(&rounds, RG_BASIS_SECOND);
	assert_int_equal(verdict->paired_rounds, 0);
	assert_non_null(find_issue(verdict, "rounds"));
	rg_verdict_free(verdict);
	rounds_done(&rounds);
}

static void runs_of_different_series_are_not_paired(void **state)
{
	static const char *const series[][2] = {{"a", "b"}, {"a", NULL}, {"", ""}, {NULL, "b"}};

	(void)state;
	for (size_t i = 0; i < COUNT(series); i++) {
		struct rg_verdict *verdict =
			judged(series[i][0], series[i][1], 3500, RG_BASIS_SHARE);

		assert_int_equal(verdict->paired_rounds, 0);
		assert_null(find_issue(verdict, "rounds"));
		rg_verdict_free(verdict);
	}
}

static void one_round_is_one_run_a_side(void **state)
{
	struct rounds rounds = make_rounds("a", "a", 3500);
	struct rg_profile *first = rounds.run[1][0];

	(void)state;
	rounds.count[0] = rounds.count[1] = 1;
	rounds.run[1][0] = rounds.run[1][ROUNDS - 1]; /* of round 1 */
	struct rg_verdict *verdict = judge_rounds(&rounds, RG_BASIS_SECOND);

	assert_int_equal(verdict->paired_rounds, 0);
	assert_null(find_issue(verdict, "rounds"));
	rg_verdict_free(verdict);
	rounds.run[1][0] = first;
	rounds_done(&rounds);
}

static void advice_asks_for_more_rounds(void **state)
{
	struct rounds rounds = make_rounds("a", "a", 4100);

	(void)state;
	rounds.count[0] = rounds.count[1] = ROUNDS;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct made_spec spec = spec_of(i, "a", i % 2 ? 5200 : 3300);

		rg_profile_free(rounds.run[1][i]);
		rounds.run[1][i] = made(&spec);
	}
	struct rg_verdict *verdict = judge_rounds(&rounds, RG_BASIS_SECOND);

	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_non_null(strstr(verdict->advice, "more paired rounds, about "));
	rg_verdict_free(verdict);
	rounds_done(&rounds);
}

/* --- Neighbours ------------------------------------------------------------------------------ */

/* One thread's, on four CPUs: what it waits for is not itself. */
static void add_account(struct made_spec *spec, const char *runq_ns)
{
	made_set(spec, RG_KEY_CPUS, "4");
	made_set(spec, RG_KEY_WORK_TOTAL, "30000");
	made_set(spec, RG_KEY_WORK_UNIT, "request");
	made_set(spec, RG_KEY_ACCOUNT_THREAD_NS, "600000000000");
	made_set(spec, RG_KEY_ACCOUNT_CPU_NS, "299470000000");
	made_set(spec, RG_KEY_ACCOUNT_RUNQ_NS, runq_ns);
	made_set(spec, RG_KEY_ACCOUNT_BLOCKED_NS, "0");
	made_set(spec, RG_KEY_ACCOUNT_CLOSURE, "0");
}

/* What one side's runs had, and the other's had none of. */
struct apart {
	const char *what, *runq_ns, *steal_ns, *is;
};

static struct rg_verdict *judged_apart(const struct apart *apart, const char *series, int64_t f01,
				       enum rg_basis basis)
{
	struct rounds rounds = {.count = {ROUNDS, ROUNDS}};

	for (size_t i = 0; i < ROUNDS; i++) {
		struct made_spec before = spec_of(i, series, 3500);
		struct made_spec after = spec_of(i, series, f01);

		add_account(&before, "0");
		add_account(&after, apart->runq_ns);
		made_set(&before, RG_KEY_MACHINE_STEAL_NS, "0");
		made_set(&after, RG_KEY_MACHINE_STEAL_NS, apart->steal_ns);
		rounds.run[0][i] = made(&before);
		rounds.run[1][i] = made(&after);
	}
	struct rg_verdict *verdict = judge_rounds(&rounds, basis);

	rounds_done(&rounds);
	return verdict;
}

static void what_others_take_is_no_part_of_costs_that_are_compared_in_rounds(void **state)
{
	static const struct apart aparts[] = {
		{"time waiting for a CPU", "299470000000", "0", "50.0 %"},
		{"time stolen by the hypervisor", "0", "240000000000", "20.0 %"},
	};
	static const struct {
		const char *series;
		enum rg_basis basis;
		int64_t f01;
		enum rg_outcome outcome;
	} rows[] = {
		{"a", RG_BASIS_WORK, 3500, RG_OUTCOME_PASS},
		{"a", RG_BASIS_SHARE, 3500, RG_OUTCOME_PASS},
		{"a", RG_BASIS_WORK, 4900, RG_OUTCOME_FAIL},
		{"a", RG_BASIS_SHARE, 4900, RG_OUTCOME_FAIL},
		{"a", RG_BASIS_SECOND, 3500, RG_OUTCOME_NOT_COMPARABLE},
		/* One after the other, who knows what else was going on. */
		{NULL, RG_BASIS_WORK, 3500, RG_OUTCOME_NOT_COMPARABLE},
		{NULL, RG_BASIS_SHARE, 3500, RG_OUTCOME_NOT_COMPARABLE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(aparts) * COUNT(rows); i++) {
		const struct apart *apart = &aparts[i / COUNT(rows)];
		size_t k = i % COUNT(rows);
		struct rg_verdict *verdict =
			judged_apart(apart, rows[k].series, rows[k].f01, rows[k].basis);
		const struct rg_issue *issue = find_issue(verdict, apart->what);

		assert_int_equal(verdict->outcome, rows[k].outcome);
		assert_string_equal(issue->canary, apart->is);
		assert_int_equal(issue->blocking, rows[k].outcome == RG_OUTCOME_NOT_COMPARABLE);
		rg_verdict_free(verdict);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_machine_did_to_both_cancels),
		cmocka_unit_test(growth_is_found_across_rounds),
		cmocka_unit_test(swapped_sides_turn_the_growth_round),
		cmocka_unit_test(a_function_that_is_new_in_every_round_fails),
		cmocka_unit_test(rounds_that_are_not_whole_are_not_paired),
		cmocka_unit_test(runs_of_different_series_are_not_paired),
		cmocka_unit_test(one_round_is_one_run_a_side),
		cmocka_unit_test(advice_asks_for_more_rounds),
		cmocka_unit_test(versions_that_differ_much_are_not_the_machines_fault),
		cmocka_unit_test(versions_that_differ_much_may_pass),
		cmocka_unit_test(versions_that_differ_much_may_take_more_rounds),
		cmocka_unit_test(what_others_take_is_no_part_of_costs_that_are_compared_in_rounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
