/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

/* The seed rule as worded. f00 to f04 are the top five, of 23.4, 11.7, 7.8, 5.8 and 4.7 %. */

struct row {
	const char *sentence;
	struct made_extra base, canary;
	double canary_times;
	enum rg_outcome outcome;
	const char *function;
	enum rg_status status;
	const char *reason; /* part of it */
};

static const struct row rows[] = {
	{"nothing changed",
	 {0},
	 {0},
	 1,
	 RG_OUTCOME_PASS,
	 "f00",
	 RG_STATUS_UNCHANGED,
	 "no function entered the top 5, and no share in it grew beyond 15 %"},
	{"everything dearer shows in no share",
	 {0},
	 {0},
	 1.9,
	 RG_OUTCOME_PASS,
	 "f00",
	 RG_STATUS_UNCHANGED,
	 "no function entered"},
	{"a new function in the top",
	 {0},
	 {"fresh", 1500},
	 1,
	 RG_OUTCOME_FAIL,
	 "fresh",
	 RG_STATUS_NEW,
	 "fresh() entered the top 5 with 4.8 % of the CPU time"},
	{"one that was sixth enters, by however little",
	 {0},
	 {"f05", 1410},
	 1,
	 RG_OUTCOME_FAIL,
	 "f05",
	 RG_STATUS_NEW,
	 "f05() entered the top 5"},
	{"a new function outside the top is not looked at",
	 {0},
	 {"fresh", 600},
	 1,
	 RG_OUTCOME_PASS,
	 "f00",
	 RG_STATUS_UNCHANGED,
	 ""},
	{"a share in the top grew by 20 %",
	 {0},
	 {"f03", 2150},
	 1,
	 RG_OUTCOME_FAIL,
	 "f03",
	 RG_STATUS_REGRESSED,
	 "f03() takes 21.2 % larger a share of the CPU time (limit 15 %)"},
	{"a share in the top grew by 10 %",
	 {0},
	 {"f03", 1935},
	 1,
	 RG_OUTCOME_PASS,
	 "f03",
	 RG_STATUS_UNCHANGED,
	 ""},
	{"a share outside the top doubled",
	 {0},
	 {"f20", 667},
	 1,
	 RG_OUTCOME_PASS,
	 "f04",
	 RG_STATUS_UNCHANGED,
	 ""},
	{"the heaviest got cheaper: every other share grew, which is what the rule is blind to",
	 {0},
	 {"f00", 500},
	 1,
	 RG_OUTCOME_FAIL,
	 "f05",
	 RG_STATUS_NEW,
	 "more functions fail"},
};

static void check_row(const struct row *row)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.rule = RG_RULE_LITERAL;
	policy.basis = RG_BASIS_SECOND; /* makes no difference */
	base.extra[0] = row->base;
	canary.extra[0] = row->canary;
	canary.times = row->canary_times;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);
	const struct rg_row *found = find_row(verdict, row->function);

	if (verdict->outcome != row->outcome || !found || found->status != row->status ||
	    !strstr(verdict->reason, row->reason))
		fail_msg("%s: %s", row->sentence, verdict->reason);
	assert_int_equal(verdict->basis, RG_BASIS_SHARE);
	assert_false(verdict->total.tested);
	assert_true(found->growth == found->growth_low && found->growth == found->growth_high);
	rg_verdict_free(verdict);
}

static void the_seed_rule_as_worded(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&rows[i]);
}

static void it_is_bound_by_comparability_and_by_the_minimum_of_samples(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.rule = RG_RULE_LITERAL;
	made_set(&canary, RG_KEY_CPU_MODEL, "another");
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	rg_verdict_free(verdict);
	canary = made_default();
	policy.min_samples = 29948;
	verdict = judge_specs(&base, &canary, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_seed_rule_as_worded),
		cmocka_unit_test(it_is_bound_by_comparability_and_by_the_minimum_of_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
