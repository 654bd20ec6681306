/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits that go by another name, which are no growth; and those that only look like it. */
#include "server_waits.h"

/* The audit's wait in the canary: its stack, and how long. */
static struct rg_verdict *judge_audit(const char *stack, double mean_ms)
{
	struct wait_set base = wait_set_default(), canary = wait_set_default();
	struct wait_spec changed = audit;
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.limit = policy.off_cpu.limit = 2;
	changed.stack = stack;
	changed.mean_ms = mean_ms;
	wait_put(&base, &audit);
	wait_put(&canary, &changed);
	for (int i = 0; i < 2; i++) {
		wait_put(i ? &base : &canary, &lock);
		wait_put(i ? &base : &canary, &ask);
	}
	canary.seed = 2;
	struct made_spec before = wait_default(&base), after = wait_default(&canary);

	return judge_specs(&before, &after, &policy);
}

static void assert_moved(const char *stack, const char *function, const char *api,
			 enum rg_move_how how, const char *from)
{
	struct rg_verdict *verdict = judge_audit(stack, 4);
	const struct rg_row *row = judged_wait(verdict, function, RG_WAIT_DISK, api);

	if (verdict->outcome != RG_OUTCOME_PASS || !row || row->status != RG_STATUS_MOVED)
		fail_msg("%s: %s", rg_outcome_name(verdict->outcome), verdict->reason);
	assert_int_equal(verdict->move_count, 1);
	assert_int_equal(verdict->moves[0].dimension, RG_DIMENSION_OFF_CPU);
	assert_ptr_equal(&verdict->off_cpu.rows[verdict->moves[0].row], row);
	assert_string_equal(verdict->moves[0].function, from);
	assert_int_equal(verdict->moves[0].how, how);
	assert_true(verdict->moves[0].change == -1);
	assert_true(verdict->moves[0].explains > 0.7);
	assert_true(fabs(verdict->moves[0].together) < 0.15);
	assert_non_null(strstr(verdict->reason, "but for 1 that is moved code"));
	rg_verdict_free(verdict);
}

static void another_name_is_no_growth(void **state)
{
	(void)state;
	assert_moved("fsync" LIBC ";journal_append;handle" START, "journal_append", "fsync",
		     RG_MOVE_REPLACED, "audit_append");
}

static void another_call_of_the_same_function_is_no_growth(void **state)
{
	(void)state;
	assert_moved("fdatasync" LIBC ";audit_append;handle" START, "audit_append", "fdatasync",
		     RG_MOVE_REPLACED, "audit_append");
}

static void what_the_caller_does_itself_is_no_growth(void **state)
{
	(void)state;
	assert_moved("fsync" LIBC ";handle" START, "handle", "fsync", RG_MOVE_INLINED,
		     "audit_append");
}

static void assert_fails(const char *stack, double mean_ms)
{
	struct rg_verdict *verdict = judge_audit(stack, mean_ms);

	if (verdict->outcome != RG_OUTCOME_FAIL)
		fail_msg("%s: %s", rg_outcome_name(verdict->outcome), verdict->reason);
	assert_int_equal(verdict->move_count, 0);
	rg_verdict_free(verdict);
}

static void what_waits_longer_by_another_name_fails(void **state)
{
	(void)state;
	assert_fails("fsync" LIBC ";journal_append;handle" START, 12);
}

/* As long as the other did, and for something else. */
static void another_kind_of_wait_fails(void **state)
{
	(void)state;
	assert_fails("sendmsg" LIBC ";journal_append;handle" START, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_name_is_no_growth),
		cmocka_unit_test(another_call_of_the_same_function_is_no_growth),
		cmocka_unit_test(what_the_caller_does_itself_is_no_growth),
		cmocka_unit_test(what_waits_longer_by_another_name_fails),
		cmocka_unit_test(another_kind_of_wait_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
