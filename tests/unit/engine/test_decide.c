/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

/*
 * The decision table, through the whole engine. One run a side, 40 functions: f00 has 23 % of the
 * samples, f04 5 %, f05 4 %; the prior's standard error of a growth is about 7 %.
 */

struct change {
	const char *function;
	int64_t samples;
};

struct row {
	const char *sentence;
	enum rg_basis basis;
	struct change base[MADE_EXTRAS], canary[MADE_EXTRAS];
	double base_times, canary_times; /* 0 stands for 1 */
	enum rg_outcome outcome;
	const char *function; /* whose status is looked at */
	enum rg_status status;
};

#define SECOND RG_BASIS_SECOND
#define SHARE  RG_BASIS_SHARE

static const struct row rows[] = {
	{"nothing changed: pass",
	 SECOND,
	 {{0}},
	 {{0}},
	 0,
	 0,
	 RG_OUTCOME_PASS,
	 "f00",
	 RG_STATUS_UNCHANGED},
	{"nothing changed, on shares: pass",
	 SHARE,
	 {{0}},
	 {{0}},
	 0,
	 0,
	 RG_OUTCOME_PASS,
	 "f00",
	 RG_STATUS_UNCHANGED},
	{"a top function doubled: fail, and it is named",
	 SECOND,
	 {{0}},
	 {{"f01", 7000}},
	 0,
	 0,
	 RG_OUTCOME_FAIL,
	 "f01",
	 RG_STATUS_REGRESSED},
	{"the same on shares",
	 SHARE,
	 {{0}},
	 {{"f01", 7000}},
	 0,
	 0,
	 RG_OUTCOME_FAIL,
	 "f01",
	 RG_STATUS_REGRESSED},
	{"a function from outside the top grew into it: fail",
	 SECOND,
	 {{0}},
	 {{"f09", 2800}},
	 0,
	 0,
	 RG_OUTCOME_FAIL,
	 "f09",
	 RG_STATUS_REGRESSED},
	{"10 % growth is allowed: pass",
	 SECOND,
	 {{0}},
	 {{"f03", 1925}},
	 0,
	 0,
	 RG_OUTCOME_PASS,
	 "f03",
	 RG_STATUS_UNCHANGED},
	{"18 % is beyond the threshold, but one run a side cannot tell it from chance: suspect",
	 SECOND,
	 {{0}},
	 {{"f03", 2065}},
	 0,
	 0,
	 RG_OUTCOME_UNDECIDED,
	 "f03",
	 RG_STATUS_SUSPECT},
	{"a new function in the top: fail",
	 SECOND,
	 {{0}},
	 {{"fresh", 3000}},
	 0,
	 0,
	 RG_OUTCOME_FAIL,
	 "fresh",
	 RG_STATUS_NEW},
	{"a new function of 1.2 % outside the top: fail",
	 SHARE,
	 {{0}},
	 {{"fresh", 365}},
	 0,
	 0,
	 RG_OUTCOME_FAIL,
	 "fresh",
	 RG_STATUS_NEW},
	{"below 0.25 % of the baseline counts as absent",
	 SECOND,
	 {{"fresh", 60}},
	 {{"fresh", 900}},
	 0,
	 0,
	 RG_OUTCOME_FAIL,
	 "fresh",
	 RG_STATUS_NEW},
	{"0.5 % before is not absent: outside the top it is not tested",
	 SECOND,
	 {{"fresh", 150}},
	 {{"fresh", 600}},
	 0,
	 0,
	 RG_OUTCOME_PASS,
	 "fresh",
	 RG_STATUS_UNKNOWN},
	{"a new function below the minimum share is not tested",
	 SECOND,
	 {{0}},
	 {{"fresh", 250}},
	 0,
	 0,
	 RG_OUTCOME_PASS,
	 "fresh",
	 RG_STATUS_UNKNOWN},
	{"a heavy function made cheaper: pass",
	 SECOND,
	 {{0}},
	 {{"f00", 3500}},
	 0,
	 0,
	 RG_OUTCOME_PASS,
	 "f00",
	 RG_STATUS_IMPROVED},
	{"the others' shares grow by 13 % when it goes; nothing fails",
	 SHARE,
	 {{0}},
	 {{"f00", 3500}},
	 0,
	 0,
	 RG_OUTCOME_PASS,
	 "f01",
	 RG_STATUS_UNCHANGED},
	{"the heaviest gone altogether: the others' shares grow by 30 %; nothing fails",
	 SHARE,
	 {{0}},
	 {{"f00", 0}},
	 0,
	 0,
	 RG_OUTCOME_PASS,
	 "f01",
	 RG_STATUS_UNCHANGED},
	{"and the one that moved up is labelled",
	 SHARE,
	 {{0}},
	 {{"f00", 0}},
	 0,
	 0,
	 RG_OUTCOME_PASS,
	 "f05",
	 RG_STATUS_DISPLACED},
	{"and the one that went is an improvement",
	 SHARE,
	 {{0}},
	 {{"f00", 0}},
	 0,
	 0,
	 RG_OUTCOME_PASS,
	 "f00",
	 RG_STATUS_IMPROVED},
	{"the sixth came fifth by chance: nothing made room for it, so it is not labelled",
	 SHARE,
	 {{0}},
	 {{"f04", 1300}, {"f05", 1310}},
	 0,
	 0,
	 RG_OUTCOME_PASS,
	 "f05",
	 RG_STATUS_UNCHANGED},
	{"an improvement does not hide a regression",
	 SHARE,
	 {{0}},
	 {{"f00", 1000}, {"f02", 5000}},
	 0,
	 0,
	 RG_OUTCOME_FAIL,
	 "f02",
	 RG_STATUS_REGRESSED},
	{"everything 50 % dearer: no function stands out, but the total fails",
	 SECOND,
	 {{0}},
	 {{0}},
	 0,
	 1.5,
	 RG_OUTCOME_FAIL,
	 "f00",
	 RG_STATUS_UNCHANGED},
	{"everything 50 % dearer does not show in shares",
	 SHARE,
	 {{0}},
	 {{0}},
	 0,
	 1.5,
	 RG_OUTCOME_PASS,
	 "f00",
	 RG_STATUS_UNCHANGED},
	{"everything 18 % dearer: the total is suspect",
	 SECOND,
	 {{0}},
	 {{0}},
	 0,
	 1.18,
	 RG_OUTCOME_UNDECIDED,
	 "f00",
	 RG_STATUS_UNCHANGED},
	{"a twentieth of the samples: 30 % could hide in any function",
	 SECOND,
	 {{0}},
	 {{0}},
	 0.05,
	 0.05,
	 RG_OUTCOME_UNDECIDED,
	 "f00",
	 RG_STATUS_UNCHANGED},
	{"everything else got cheaper: it did not fail, but stands out too far to pass",
	 SECOND,
	 {{0}},
	 {{"f00", 15556}},
	 0,
	 0.45,
	 RG_OUTCOME_UNDECIDED,
	 "f00",
	 RG_STATUS_SUSPECT},
};

static struct made_spec spec_of(const struct change *change, double times)
{
	struct made_spec spec = made_default();

	spec.times = times;
	for (size_t i = 0; i < MADE_EXTRAS && change[i].function; i++)
		made_extra(&spec, change[i].function, change[i].samples);
	return spec;
}

static void check_row(const struct row *row)
{
	struct made_spec base = spec_of(row->base, row->base_times);
	struct made_spec canary = spec_of(row->canary, row->canary_times);
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = row->basis;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);
	const struct rg_row *found = find_row(verdict, row->function);

	assert_non_null(found);
	if (verdict->outcome != row->outcome || found->status != row->status)
		fail_msg("%s: got %s, %s %s (%s)", row->sentence, rg_outcome_name(verdict->outcome),
			 row->function, rg_status_name(found->status), verdict->reason);
	assert_int_equal(verdict->advice[0] == '\0',
			 row->outcome == RG_OUTCOME_PASS || row->outcome == RG_OUTCOME_FAIL);
	rg_verdict_free(verdict);
}

static void decision_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&rows[i]);
}

/* --- Policy ----------------------------------------------------------------------------------- */

static struct rg_verdict *judge_doubled(const char *function, int64_t samples,
					const struct rg_policy *policy)
{
	struct made_spec base = made_default(), canary = made_default();

	made_extra(&canary, function, samples);
	return judge_specs(&base, &canary, policy);
}

static void a_function_below_the_minimum_share_never_fails(void **state)
{
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SECOND;
	policy.min_share = 0.15;
	/* f01 goes from 11.7 % to 14.4 %. */
	struct rg_verdict *verdict = judge_doubled("f01", 4500, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_int_equal(find_row(verdict, "f01")->status, RG_STATUS_UNCHANGED);
	rg_verdict_free(verdict);
}

static void nothing_that_could_fail_is_not_a_pass(void **state)
{
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SHARE;
	policy.min_share = 0.9;
	struct rg_verdict *verdict = judge_doubled("f01", 3500, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_string_equal(verdict->reason,
			    "no function reaches 90 % of the CPU time, and the total is not "
			    "judged: nothing was tested");
	rg_verdict_free(verdict);
}

static void a_growth_allowed_beyond_the_limit_raises_the_limit(void **state)
{
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SECOND;
	policy.growth = policy.total_growth = 1.5;
	struct rg_verdict *verdict = judge_doubled("f01", 7000, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	rg_verdict_free(verdict);
}

static void one_test_at_a_laxer_rate_decides(void **state)
{
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SECOND;
	struct rg_verdict *verdict = judge_doubled("f01", 4300, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	rg_verdict_free(verdict);
	policy.q = 0.2;
	verdict = judge_doubled("f01", 4300, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	rg_verdict_free(verdict);
}

static void the_family_is_the_union_of_both_tops(void **state)
{
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.top_k = 2;
	struct rg_verdict *verdict = judge_doubled("f09", 4000, &policy);

	/* Before: f00, f01; after: f00, f09. */
	assert_true(find_row(verdict, "f00")->tested && find_row(verdict, "f01")->tested);
	assert_true(find_row(verdict, "f09")->tested);
	assert_false(find_row(verdict, "f02")->tested);
	assert_int_equal(find_row(verdict, "f09")->rank_base, 10);
	assert_int_equal(find_row(verdict, "f09")->rank_canary, 2);
	assert_true(find_row(verdict, "f02")->mdg == 0 && find_row(verdict, "f02")->p == 1);
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decision_table),
		cmocka_unit_test(a_function_below_the_minimum_share_never_fails),
		cmocka_unit_test(nothing_that_could_fail_is_not_a_pass),
		cmocka_unit_test(a_growth_allowed_beyond_the_limit_raises_the_limit),
		cmocka_unit_test(one_test_at_a_laxer_rate_decides),
		cmocka_unit_test(the_family_is_the_union_of_both_tops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
