/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes that failed or were replaced while they were profiled: never a pass. */
#include "comparable_made.h"

#define FAILED "processes that failed"
#define ENDED  "ended in the window"
#define CRASH  "shop killed by signal 11"

/* NULL: not recorded. */
struct lives {
	const char *failed, *failure, *lived;
};

struct row {
	const char *sentence;
	struct lives base, canary;
	uint64_t max_failed;
	enum rg_outcome outcome;
	const char *issue; /* NULL: none */
	const char *shown_base, *shown_canary, *limit;
};

static const struct row rows[] = {
	{"both lived",
	 {"0", NULL, "1"},
	 {"0", NULL, "3"},
	 0,
	 RG_OUTCOME_PASS,
	 NULL,
	 NULL,
	 NULL,
	 NULL},
	{"a canary in a crash loop",
	 {"0", NULL, "1"},
	 {"12", CRASH, "1"},
	 0,
	 RG_OUTCOME_NOT_COMPARABLE,
	 FAILED,
	 "none",
	 "12 (" CRASH ")",
	 "none in any run"},
	{"a baseline in one is none to compare with",
	 {"1", "shop exited with status 1", "1"},
	 {"0", NULL, "1"},
	 0,
	 RG_OUTCOME_NOT_COMPARABLE,
	 FAILED,
	 "1 (shop exited with status 1)",
	 "none",
	 "none in any run"},
	{"both in one are no pass",
	 {"3", CRASH, "1"},
	 {"3", CRASH, "1"},
	 0,
	 RG_OUTCOME_NOT_COMPARABLE,
	 FAILED,
	 "3 (" CRASH ")",
	 "3 (" CRASH ")",
	 "none in any run"},
	{"as many as the policy says are a caution",
	 {"3", CRASH, "1"},
	 {"4", CRASH, "1"},
	 4,
	 RG_OUTCOME_PASS,
	 FAILED,
	 "3 (" CRASH ")",
	 "4 (" CRASH ")",
	 "at most 4 in a run"},
	{"and one more is not",
	 {"5", CRASH, "1"},
	 {"4", CRASH, "1"},
	 4,
	 RG_OUTCOME_NOT_COMPARABLE,
	 FAILED,
	 "5 (" CRASH ")",
	 "4 (" CRASH ")",
	 "at most 4 in a run"},
	{"one that does not say what failed",
	 {NULL, NULL, NULL},
	 {"2", NULL, NULL},
	 0,
	 RG_OUTCOME_NOT_COMPARABLE,
	 FAILED,
	 "none",
	 "2",
	 "none in any run"},
	{"what is no number says nothing",
	 {"-1", CRASH, "none"},
	 {"x", CRASH, ""},
	 0,
	 RG_OUTCOME_PASS,
	 NULL,
	 NULL,
	 NULL,
	 NULL},
	{"a canary that was started again",
	 {"0", NULL, "1"},
	 {"0", NULL, "0"},
	 0,
	 RG_OUTCOME_NOT_COMPARABLE,
	 ENDED,
	 "0 of 1 runs",
	 "1 of 1 runs",
	 "on both sides or on neither: what ended may have failed"},
	{"a program that is run again and again",
	 {"0", NULL, "0"},
	 {"0", NULL, "0"},
	 0,
	 RG_OUTCOME_PASS,
	 NULL,
	 NULL,
	 NULL,
	 NULL},
};

static struct made_spec with(const struct lives *lives)
{
	struct made_spec spec = made_default();

	made_set_known(&spec, RG_KEY_FAILED, lives->failed);
	made_set_known(&spec, RG_KEY_FAILURE, lives->failure);
	made_set_known(&spec, RG_KEY_LIVED, lives->lived);
	return spec;
}

static void check(const struct row *row)
{
	struct made_spec base = with(&row->base), canary = with(&row->canary);
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.comparable.max_failed = row->max_failed;
	assert_comparable(row->sentence, judge_specs(&base, &canary, &policy),
			  &(struct comparable_expected){row->outcome, row->issue, row->shown_base,
							row->shown_canary, row->limit});
}

static void sides_that_did_not_live_alike_are_not_compared(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check(&rows[i]);
}

/* What grew in a canary that crashed is not known to have grown. */
static void a_crash_goes_before_a_regression_and_says_what_to_do(void **state)
{
	struct made_spec base = made_default();
	struct made_spec canary = with(&(struct lives){"1", CRASH, "1"});
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	made_extra(&canary, "f01", 9000);
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	assert_string_equal(verdict->reason,
			    FAILED ": baseline none, canary 1 (" CRASH ") (none in any run)");
	assert_non_null(strstr(verdict->advice, "see why they failed"));
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sides_that_did_not_live_alike_are_not_compared),
		cmocka_unit_test(a_crash_goes_before_a_regression_and_says_what_to_do),
	};

	return cmocka_run_group_tests_name("comparable: lives", tests, NULL, NULL);
}
