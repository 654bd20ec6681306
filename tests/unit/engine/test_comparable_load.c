/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Load is told from cost. */
#include "made.h"

struct load_row {
	const char *sentence;
	enum rg_basis basis;
	double times;            /* all functions' */
	struct made_extra extra; /* one function's, before `times` */
	size_t functions;        /* 0 stands for 40 */
	enum rg_outcome outcome;
	bool issue, blocking;
};

#define SECOND  RG_BASIS_SECOND
#define SHARE   RG_BASIS_SHARE
#define BLOCKED RG_OUTCOME_NOT_COMPARABLE

static const struct load_row load_rows[] = {
	{"an idler canary, per second", SECOND, 0.3, {0}, 0, BLOCKED, true, true},
	{"an idler canary in which one function costs more all the same: its load is not the "
	 "baseline's",
	 SECOND,
	 0.2,
	 {"f01", 28000},
	 0,
	 BLOCKED,
	 true,
	 true},
	{"an idler canary, on shares", SHARE, 0.3, {0}, 0, BLOCKED, true, true},
	{"half the load is within the limits", SHARE, 0.5, {0}, 0, RG_OUTCOME_PASS, false, false},
	{"three times the cost in all functions, per second: a failure, with a caution",
	 SECOND,
	 3,
	 {0},
	 0,
	 RG_OUTCOME_FAIL,
	 true,
	 false},
	{"three times in all functions, on shares: load and cost cannot be told apart",
	 SHARE,
	 3,
	 {0},
	 0,
	 BLOCKED,
	 true,
	 true},
	{"one function makes it three times, per second: the others show the load was the same",
	 SECOND,
	 1,
	 {"f01", 65000},
	 0,
	 RG_OUTCOME_FAIL,
	 true,
	 false},
	{"one function makes it three times, on shares: a huge regression must not escape",
	 SHARE,
	 1,
	 {"f01", 65000},
	 0,
	 RG_OUTCOME_FAIL,
	 true,
	 false},
	{"a load three times as high does not hide behind one function on shares",
	 SHARE,
	 3,
	 {"f01", 9000},
	 0,
	 BLOCKED,
	 true,
	 true},
	{"a program of two functions, one ten times dearer, on shares: what most did is not known",
	 SHARE,
	 1,
	 {"f01", 35000},
	 2,
	 RG_OUTCOME_FAIL,
	 true,
	 false},
	{"a program of two functions, idler: not known either, and an idler canary says nothing",
	 SHARE,
	 0.3,
	 {0},
	 2,
	 BLOCKED,
	 true,
	 true},
	{"a large improvement in one function is not an idle canary",
	 SECOND,
	 1,
	 {"big", 1000},
	 0,
	 RG_OUTCOME_PASS,
	 true,
	 false},
	{"the same on shares", SHARE, 1, {"big", 1000}, 0, RG_OUTCOME_PASS, true, false},
	{"80 % more load on shares: shares stay, and what they cannot show is said",
	 SHARE,
	 1.8,
	 {0},
	 0,
	 RG_OUTCOME_PASS,
	 true,
	 false},
	{"80 % more per second is a failure, and needs no caution",
	 SECOND,
	 1.8,
	 {0},
	 0,
	 RG_OUTCOME_FAIL,
	 false,
	 false},
};

static void check_load(const struct load_row *row)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = row->basis;
	if (row->functions > 0)
		base.functions = canary.functions = row->functions;
	if (row->extra.function && strcmp(row->extra.function, "big") == 0)
		made_extra(&base, "big", 70000);
	if (row->extra.function)
		made_extra(&canary, row->extra.function, row->extra.samples);
	canary.times = row->times;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);
	const struct rg_issue *issue = find_issue(verdict, "load");

	if (verdict->outcome != row->outcome || !issue == row->issue ||
	    (issue && issue->blocking != row->blocking))
		fail_msg("%s: %s, %s", row->sentence, rg_outcome_name(verdict->outcome),
			 verdict->reason);
	rg_verdict_free(verdict);
}

static void load_is_told_from_cost_where_it_can_be(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(load_rows); i++)
		check_load(&load_rows[i]);
}

static void a_busier_canary_without_a_failure_is_blocked_per_second(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SECOND;
	policy.growth = policy.total_growth = 4; /* nothing can fail at three times the load */
	canary.times = 3;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	assert_string_equal(find_issue(verdict, "load")->limit, "ratio within 0.4 to 2.5");
	assert_string_equal(verdict->advice, "profile both sides under the same load");
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(load_is_told_from_cost_where_it_can_be),
		cmocka_unit_test(a_busier_canary_without_a_failure_is_blocked_per_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
