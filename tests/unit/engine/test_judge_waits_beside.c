/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Off-CPU time beside CPU time that fails or says too little, and off-CPU time of one side only. */
#include "server_waits.h"

static struct rg_verdict *judge_widely(const struct made_spec *base, const struct made_spec *canary)
{
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.limit = policy.off_cpu.limit = 2;
	return judge_specs(base, canary, &policy);
}

/* --- With CPU time ---------------------------------------------------------------------------- */

static void a_failure_of_either_stands(void **state)
{
	struct wait_set before = usual(1), after = usual(2);
	struct made_spec base = wait_default(&before), canary = wait_default(&after);
	struct rg_verdict *verdict;

	(void)state;
	made_extra(&canary, "f00", 4000);
	verdict = judge_widely(&base, &canary);
	assert_outcome(verdict, RG_OUTCOME_FAIL);
	assert_int_equal(strncmp(verdict->reason, "f00() uses ", 11), 0);
	rg_verdict_free(verdict);

	of(&after, &audit)->mean_ms = 40;
	of(&after, &lock)->mean_ms = 40;
	verdict = judge_widely(&base, &canary);
	assert_outcome(verdict, RG_OUTCOME_FAIL);
	assert_int_equal(strncmp(verdict->reason, "f00() uses ", 11), 0);
	assert_text_has(verdict->reason, "; 2 waits fail too");
	rg_verdict_free(verdict);
}

/* Too few CPU samples say nothing against waits that were seen well. */
static void an_idle_program_fails_by_its_waits(void **state)
{
	struct wait_set before = usual(1), after = usual(2);
	struct made_spec base = wait_default(&before), canary = wait_default(&after);
	struct rg_verdict *verdict;

	(void)state;
	base.heaviest = canary.heaviest = 10;
	verdict = judge_widely(&base, &canary);
	assert_outcome(verdict, RG_OUTCOME_UNDECIDED);
	assert_text_has(verdict->reason, "too few samples");
	rg_verdict_free(verdict);

	of(&after, &audit)->mean_ms = 40;
	verdict = judge_widely(&base, &canary);
	assert_outcome(verdict, RG_OUTCOME_FAIL);
	assert_text_has(verdict->reason, "audit_append() [disk, fsync]");
	rg_verdict_free(verdict);
}

/* --- One side only ---------------------------------------------------------------------------- */

static void one_sided_time_is_a_caution(void **state)
{
	struct wait_set set = usual(1);
	struct made_spec with = wait_default(&set), without = wait_default(NULL);

	(void)state;
	for (int swap = 0; swap < 2; swap++) {
		struct rg_verdict *verdict =
			swap ? judge_widely(&without, &with) : judge_widely(&with, &without);
		const struct rg_issue *issue = find_issue(verdict, "off-CPU time");

		assert_outcome(verdict, RG_OUTCOME_PASS);
		assert_false(verdict->off_cpu.measured);
		assert_non_null(issue);
		assert_false(issue->blocking);
		assert_string_equal(issue->base, swap ? "not measured" : "measured");
		assert_string_equal(issue->canary, swap ? "measured" : "not measured");
		rg_verdict_free(verdict);
	}
}

static void nothing_is_said_of_what_nobody_measured(void **state)
{
	struct made_spec without = wait_default(NULL);
	struct rg_verdict *verdict = judge_widely(&without, &without);

	(void)state;
	assert_outcome(verdict, RG_OUTCOME_PASS);
	assert_null(find_issue(verdict, "off-CPU time"));
	assert_null(strstr(verdict->reason, "waits"));
	rg_verdict_free(verdict);
}

static void time_without_slices_is_not_judged(void **state)
{
	struct wait_set set = usual(1);
	struct made_spec made = wait_default(&set);
	struct rg_verdict *verdict;

	(void)state;
	set.slices = 3;
	set.slice_seconds = 20;
	made.slices = 3;
	verdict = judge_widely(&made, &made);
	assert_false(verdict->off_cpu.measured);
	assert_string_equal(find_issue(verdict, "off-CPU time")->base, "not sliced");
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_of_either_stands),
		cmocka_unit_test(an_idle_program_fails_by_its_waits),
		cmocka_unit_test(one_sided_time_is_a_caution),
		cmocka_unit_test(nothing_is_said_of_what_nobody_measured),
		cmocka_unit_test(time_without_slices_is_not_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
