/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rounds_made.h"

/* Rounds of two versions that differ in many functions: what is said of one that grew, or did not. */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_that_differ_much_are_not_the_machines_fault),
		cmocka_unit_test(versions_that_differ_much_may_pass),
		cmocka_unit_test(versions_that_differ_much_may_take_more_rounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
