/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that a policy ignores. f00 has 23 % of the samples, f01 11.7 %, f05 the sixth place. */
#include "made.h"

static void an_ignored_function_is_shown_and_fails_nothing(void **state)
{
	static const char *const patterns[] = {"f01"};
	struct rg_policy policy = policy_per_second();

	(void)state;
	policy.ignore = patterns;
	policy.ignore_count = 1;
	policy.total_growth = 1;
	struct rg_verdict *verdict = judge_changed("f01", 7000, &policy);
	const struct rg_row *row = find_row(verdict, "f01");

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_non_null(row);
	assert_int_equal(row->status, RG_STATUS_IGNORED);
	assert_false(row->tested);
	assert_string_equal(row->pattern, "f01");
	/* What it did is told all the same. */
	assert_close(row->raw_growth, 1, 0.01);
	assert_int_equal(row->rank_canary, 2);
	assert_int_equal(verdict->ignored_count, 1);
	assert_close(verdict->ignored_share_base, row->share_base, 1e-12);
	assert_close(verdict->ignored_share_canary, row->share_canary, 1e-12);
	rg_verdict_free(verdict);
}

static void the_total_still_holds_what_is_ignored(void **state)
{
	static const char *const patterns[] = {"f00"};
	struct rg_policy policy = policy_per_second();

	(void)state;
	policy.ignore = patterns;
	policy.ignore_count = 1;
	struct rg_verdict *verdict = judge_changed("f00", 28000, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_int_equal(verdict->total.status, RG_STATUS_REGRESSED);
	assert_non_null(strstr(verdict->reason, "the whole program uses"));
	rg_verdict_free(verdict);
}

/* f05 is sixth, and fifth without f00. */
static void the_next_function_takes_the_place(void **state)
{
	static const char *const patterns[] = {"f00"};
	struct rg_policy policy = policy_per_second();

	(void)state;
	struct rg_verdict *with = judge_changed("f39", 180, &policy);

	assert_false(find_row(with, "f05")->tested);
	rg_verdict_free(with);
	policy.ignore = patterns;
	policy.ignore_count = 1;
	struct rg_verdict *without = judge_changed("f39", 180, &policy);

	assert_true(find_row(without, "f05")->tested);
	assert_int_equal(find_row(without, "f05")->rank_base, 6);
	rg_verdict_free(without);
}

struct blind {
	const char *sentence, *pattern;
	enum rg_rule rule;
	enum rg_basis basis;
	enum rg_outcome outcome;
};

static const struct blind blinds[] = {
	{"everything ignored, on shares", "*", RG_RULE_STATISTICAL, RG_BASIS_SHARE,
	 RG_OUTCOME_UNDECIDED},
	{"everything ignored, by the seed rule", "*", RG_RULE_LITERAL, RG_BASIS_SHARE,
	 RG_OUTCOME_UNDECIDED},
	{"everything ignored, per second: the total is judged", "f*", RG_RULE_STATISTICAL,
	 RG_BASIS_SECOND, RG_OUTCOME_PASS},
	{"all but one", "f0?", RG_RULE_STATISTICAL, RG_BASIS_SHARE, RG_OUTCOME_PASS},
};

static void what_tests_nothing_does_not_pass(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(blinds); i++) {
		const char *const patterns[] = {blinds[i].pattern};
		struct made_spec spec = made_default();
		struct rg_policy policy = policy_per_second();

		policy.rule = blinds[i].rule;
		policy.basis = blinds[i].basis;
		policy.ignore = patterns;
		policy.ignore_count = 1;
		struct rg_verdict *verdict = judge_specs(&spec, &spec, &policy);

		if (verdict->outcome != blinds[i].outcome)
			fail_msg("%s: %s", blinds[i].sentence, verdict->reason);
		if (verdict->outcome == RG_OUTCOME_UNDECIDED)
			assert_non_null(strstr(verdict->reason,
					       "no function that is not ignored reaches 1 %"));
		rg_verdict_free(verdict);
	}
}

/* By the seed rule f01, when it shrinks, makes room for f05; ignored, it had no room to make. */
static void the_seed_rule_ranks_without_the_ignored(void **state)
{
	static const char *const patterns[] = {"f01"};
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.rule = RG_RULE_LITERAL;
	policy.growth = 1;
	struct rg_verdict *verdict = judge_changed("f01", 100, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_int_equal(find_row(verdict, "f05")->status, RG_STATUS_NEW);
	rg_verdict_free(verdict);
	policy.ignore = patterns;
	policy.ignore_count = 1;
	verdict = judge_changed("f01", 100, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_int_equal(find_row(verdict, "f01")->status, RG_STATUS_IGNORED);
	rg_verdict_free(verdict);
}

/* Four of eight functions double. What is common to the rest is nothing, if they are left out of it. */
static void what_is_ignored_does_not_count_as_common(void **state)
{
	static const char *const patterns[] = {"f00", "f01", "f02", "f03"};
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy = policy_per_second();

	(void)state;
	base.functions = canary.functions = 8;
	made_extra(&canary, "f00", 14000);
	made_extra(&canary, "f01", 7000);
	made_extra(&canary, "f02", 4667);
	made_extra(&canary, "f03", 3500);
	policy.ignore = patterns;
	policy.ignore_count = COUNT(patterns);
	policy.total_growth = 2;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	for (size_t i = 0; i < verdict->row_count; i++) {
		const struct rg_row *row = &verdict->rows[i];

		assert_close(1 + row->growth, row->status == RG_STATUS_IGNORED ? 2 : 1, 0.001);
	}
	rg_verdict_free(verdict);
}

/* It would have been tested as new, at a place where nothing else is looked at. */
static void a_new_function_that_is_ignored_is_shown(void **state)
{
	static const char *const patterns[] = {"fre*"};
	struct rg_policy policy = policy_per_second();

	(void)state;
	policy.ignore = patterns;
	policy.ignore_count = 1;
	struct rg_verdict *verdict = judge_changed("fresh", 600, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_int_equal(find_row(verdict, "fresh")->status, RG_STATUS_IGNORED);
	rg_verdict_free(verdict);
}

static void an_ignored_function_stays_so_where_nothing_is_judged(void **state)
{
	static const char *const patterns[] = {"f01"};
	struct rg_policy policy = policy_per_second();

	(void)state;
	policy.ignore = patterns;
	policy.ignore_count = 1;
	policy.min_samples = 1000000;
	struct rg_verdict *verdict = judge_changed("f01", 7000, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_int_equal(find_row(verdict, "f01")->status, RG_STATUS_IGNORED);
	assert_int_equal(find_row(verdict, "f00")->status, RG_STATUS_UNKNOWN);
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ignored_function_is_shown_and_fails_nothing),
		cmocka_unit_test(the_total_still_holds_what_is_ignored),
		cmocka_unit_test(the_next_function_takes_the_place),
		cmocka_unit_test(what_tests_nothing_does_not_pass),
		cmocka_unit_test(the_seed_rule_ranks_without_the_ignored),
		cmocka_unit_test(what_is_ignored_does_not_count_as_common),
		cmocka_unit_test(a_new_function_that_is_ignored_is_shown),
		cmocka_unit_test(an_ignored_function_stays_so_where_nothing_is_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
