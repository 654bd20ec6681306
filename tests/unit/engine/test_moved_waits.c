/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits that go by another name, which are no growth; and those that only look like it. */
#include "drawn.h"
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

/* --- What the sources say ---------------------------------------------------------------------- */

#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static const struct rg_kinship audit_to_journal = {"audit_append", "journal_append", false, COMMIT};
static const struct rg_kinship journal_to_audit = {"journal_append", "audit_append", false, COMMIT};
static const struct rg_kinship audit_to_ask = {"audit_append", "ask_backend", false, COMMIT};

/* Both versions have both: other callers call them. */
static void put_two(struct wait_set *set, double audits, const struct wait_spec *other)
{
	struct wait_spec fewer = audit;

	fewer.per_second = audits;
	wait_put(set, &fewer);
	wait_put(set, other);
	wait_put(set, &lock);
	wait_put(set, &ask);
}

static const struct wait_spec journal = {
	"fsync" LIBC ";journal_append;on_timer" START, RG_WAIT_DISK, "w", 5, 4, WAIT_EXPONENTIAL};

/* Most of the audit's waits are gone from the canary, and the other has become what it is told to be. */
static struct rg_verdict *judge_two(const struct wait_spec *before, const struct wait_spec *after,
				    const struct rg_kinship *kinship)
{
	struct wait_set base = wait_set_default(), canary = wait_set_default();
	struct made_spec base_spec = wait_default(&base), canary_spec = wait_default(&canary);
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.limit = policy.off_cpu.limit = 2;
	canary.seed = 2;
	put_two(&base, 20, before);
	put_two(&canary, 5, after);
	return drawn_judge(made(&base_spec), made(&canary_spec), &policy,
			   &(struct rg_kinships){kinship, kinship != NULL});
}

/* The journal waits so often, and so long. */
static struct rg_verdict *judge_journal(double per_second, double mean_ms,
					const struct rg_kinship *kinship)
{
	struct wait_spec after = journal;

	after.per_second = per_second;
	after.mean_ms = mean_ms;
	return judge_two(&journal, &after, kinship);
}

static void lines_that_moved_are_no_growth(void **state)
{
	struct rg_verdict *verdict = judge_journal(20, 4, &audit_to_journal);
	const struct rg_row *row = judged_wait(verdict, "journal_append", RG_WAIT_DISK, "fsync");

	(void)state;
	if (verdict->outcome != RG_OUTCOME_PASS || !row || row->status != RG_STATUS_MOVED)
		fail_msg("%s: %s", rg_outcome_name(verdict->outcome), verdict->reason);
	assert_int_equal(verdict->move_count, 1);
	const struct rg_move *move = &verdict->moves[0];

	assert_int_equal(move->dimension, RG_DIMENSION_OFF_CPU);
	assert_ptr_equal(&verdict->off_cpu.rows[move->row], row);
	assert_int_equal(move->how, RG_MOVE_LINES);
	assert_string_equal(move->function, "audit_append");
	assert_string_equal(move->commit, COMMIT);
	assert_close(move->change, -0.75, 0.1);
	assert_true(move->explains > 0.7);
	assert_true(fabs(move->together) < 0.15);
	rg_verdict_free(verdict);
}

static void assert_excuses_nothing(struct rg_verdict *verdict, const char *function,
				   const char *wait, const char *api)
{
	const struct rg_row *row = judged_wait(verdict, function, wait, api);

	if (verdict->outcome != RG_OUTCOME_FAIL || !row || row->status != RG_STATUS_REGRESSED)
		fail_msg("%s: %s", rg_outcome_name(verdict->outcome), verdict->reason);
	assert_int_equal(verdict->move_count, 0);
	rg_verdict_free(verdict);
}

/* What grew and what shrank by as much is no evidence, nor are lines of others. */
static void without_lines_that_moved_it_fails(void **state)
{
	static const struct rg_kinship *const none[] = {NULL, &journal_to_audit, &audit_to_ask};

	(void)state;
	for (size_t i = 0; i < COUNT(none); i++)
		assert_excuses_nothing(judge_journal(20, 4, none[i]), "journal_append",
				       RG_WAIT_DISK, "fsync");
}

static void what_came_on_top_of_lines_that_moved_fails(void **state)
{
	(void)state;
	assert_excuses_nothing(judge_journal(60, 4, &audit_to_journal), "journal_append",
			       RG_WAIT_DISK, "fsync");
	assert_excuses_nothing(judge_journal(20, 12, &audit_to_journal), "journal_append",
			       RG_WAIT_DISK, "fsync");
}

/* Lines went from the one to the other, but it does not wait for that. */
static void lines_that_moved_do_not_excuse_another_kind_of_wait(void **state)
{
	struct wait_spec before = journal, after;

	(void)state;
	before.stack = "sendmsg" LIBC ";journal_append;on_timer" START;
	before.wait = RG_WAIT_NETWORK;
	after = before;
	after.per_second = 20;
	assert_excuses_nothing(judge_two(&before, &after, &audit_to_journal), "journal_append",
			       RG_WAIT_NETWORK, "sendmsg");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_name_is_no_growth),
		cmocka_unit_test(another_call_of_the_same_function_is_no_growth),
		cmocka_unit_test(what_the_caller_does_itself_is_no_growth),
		cmocka_unit_test(what_waits_longer_by_another_name_fails),
		cmocka_unit_test(another_kind_of_wait_fails),
		cmocka_unit_test(lines_that_moved_are_no_growth),
		cmocka_unit_test(without_lines_that_moved_it_fails),
		cmocka_unit_test(what_came_on_top_of_lines_that_moved_fails),
		cmocka_unit_test(lines_that_moved_do_not_excuse_another_kind_of_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
