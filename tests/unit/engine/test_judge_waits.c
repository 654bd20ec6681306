/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole verdicts over off-CPU time whose truth is known. */
#include "server_waits.h"

static void nothing_changed(void **state)
{
	struct wait_set base = usual(1), canary = usual(2);
	struct rg_verdict *verdict = judge_sets(&base, &canary, NULL);
	const struct rg_off_cpu *off_cpu = &verdict->off_cpu;

	(void)state;
	assert_outcome(verdict, RG_OUTCOME_PASS);
	assert_true(off_cpu->measured && off_cpu->judged);
	assert_int_equal(off_cpu->row_count, 3);
	assert_int_equal(off_cpu->idle_count, 2);
	assert_string_equal(off_cpu->idle[0].function, "worker");
	assert_close(off_cpu->idle_base, 30 * 0.060 + 10 * 0.090, 0.1);
	assert_close(off_cpu->total.cost_canary, 0.08 + 0.1 + 0.3, 0.1);
	assert_int_equal(off_cpu->total.status, RG_STATUS_UNCHANGED);
	assert_true(off_cpu->total.mdg > 0.15 && off_cpu->total.mdg < 1);
	assert_text_has(verdict->reason,
			"; waits: no growth beyond 15 %, could have seen at least ");
	rg_verdict_free(verdict);
}

static void a_grown_wait_fails_and_is_named(void **state)
{
	struct wait_set base = usual(1), canary = usual(2);
	struct rg_verdict *verdict;
	const struct rg_row *row;

	(void)state;
	of(&canary, &audit)->mean_ms = 37.6;
	verdict = judge_sets(&base, &canary, NULL);
	assert_outcome(verdict, RG_OUTCOME_FAIL);
	row = judged_wait(verdict, "audit_append", RG_WAIT_DISK, "fsync");
	assert_ptr_equal(row, &verdict->off_cpu.rows[0]);
	assert_int_equal(row->status, RG_STATUS_REGRESSED);
	assert_int_equal(row->dimension, RG_DIMENSION_OFF_CPU);
	assert_string_equal(row->module, "server");
	assert_string_equal(row->file, "server.c");
	assert_int_equal(row->line, 7);
	assert_close(row->cost_base, 0.080, 0.1);
	assert_close(row->cost_canary, 0.752, 0.1);
	assert_true(row->growth_low < 8.4 && row->growth_high > 8.4);
	assert_int_equal(row->rank_base, 3);
	assert_int_equal(row->rank_canary, 1);
	assert_close((double)row->samples_canary, 1200, 0.1);
	assert_int_equal(verdict->off_cpu.total.status, RG_STATUS_REGRESSED);
	assert_int_equal(strncmp(verdict->reason, "waits ", 6), 0);
	assert_text_has(verdict->reason,
			" % more in audit_append() [disk, fsync] per second (limit 15 %)");
	assert_string_equal(verdict->advice, "");
	/* CPU time was the same: nothing of it fails. */
	for (size_t i = 0; i < verdict->row_count; i++)
		assert_int_not_equal(verdict->rows[i].status, RG_STATUS_REGRESSED);
	rg_verdict_free(verdict);
}

static void a_new_wait_fails(void **state)
{
	struct wait_set base = usual(1), canary = usual(2);
	struct rg_verdict *verdict;

	(void)state;
	wait_put(&canary, &(struct wait_spec){"flock" LIBC ";lock_file;handle" START, RG_WAIT_LOCK,
					      "w", 5, 8, WAIT_EXPONENTIAL});
	verdict = judge_sets(&base, &canary, NULL);
	assert_outcome(verdict, RG_OUTCOME_FAIL);
	assert_int_equal(judged_wait(verdict, "lock_file", RG_WAIT_LOCK, "flock")->status,
			 RG_STATUS_NEW);
	assert_text_has(verdict->reason, "waits in lock_file() [lock, flock], which is new: ");
	rg_verdict_free(verdict);
}

/* A program that did not wait at all before. */
static void a_first_wait_fails(void **state)
{
	struct wait_set base = wait_set_default(), canary = wait_set_default();
	struct rg_verdict *verdict;

	(void)state;
	wait_put(&canary, &audit);
	verdict = judge_sets(&base, &canary, NULL);
	assert_outcome(verdict, RG_OUTCOME_FAIL);
	assert_int_equal(verdict->off_cpu.rows[0].status, RG_STATUS_NEW);
	assert_true(verdict->off_cpu.total.p < 0.01);
	rg_verdict_free(verdict);
	verdict = judge_sets(&canary, &base, NULL);
	assert_outcome(verdict, RG_OUTCOME_PASS);
	assert_int_equal(verdict->off_cpu.rows[0].status, RG_STATUS_IMPROVED);
	rg_verdict_free(verdict);
}

static void a_program_that_never_waits_passes(void **state)
{
	struct wait_set none = wait_set_default();
	struct rg_verdict *verdict = judge_sets(&none, &none, NULL);

	(void)state;
	assert_outcome(verdict, RG_OUTCOME_PASS);
	assert_true(verdict->off_cpu.judged);
	assert_int_equal(verdict->off_cpu.row_count, 0);
	assert_text_has(verdict->reason, "; waits: too few to judge, and to matter");
	rg_verdict_free(verdict);
}

static void grown_idleness_passes(void **state)
{
	struct wait_set base = usual(1), canary = usual(2);
	struct rg_verdict *verdict;

	(void)state;
	of(&canary, &worker)->per_second *= 10;
	of(&canary, &loop)->mean_ms *= 5;
	verdict = judge_sets(&base, &canary, NULL);
	assert_outcome(verdict, RG_OUTCOME_PASS);
	assert_true(verdict->off_cpu.idle_canary > 5 * verdict->off_cpu.idle_base);
	rg_verdict_free(verdict);
}

/* The same condition, waited for in a worker's loop and in a request. */
static void a_starving_pool_fails(void **state)
{
	struct wait_set base = usual(1), canary = usual(2);
	struct wait_spec starving = {"pthread_cond_wait" LIBC ";Pool::acquire;handle;worker" START,
				     RG_WAIT_LOCK,
				     "w",
				     30,
				     1,
				     WAIT_EXPONENTIAL};
	struct rg_verdict *verdict;

	(void)state;
	wait_put(&base, &starving);
	starving.mean_ms = 40;
	wait_put(&canary, &starving);
	verdict = judge_sets(&base, &canary, NULL);
	assert_outcome(verdict, RG_OUTCOME_FAIL);
	assert_string_equal(verdict->off_cpu.rows[0].function, "Pool::acquire");
	assert_string_equal(verdict->off_cpu.rows[0].api, "pthread_cond_wait");
	rg_verdict_free(verdict);
}

static const struct wait_spec cut = {"pthread_mutex_lock" LIBC ";[truncated] of [anon]",
				     RG_WAIT_LOCK,
				     "w-1",
				     10,
				     2,
				     WAIT_EXPONENTIAL};

static void truncated_time_never_gates(void **state)
{
	struct wait_set base = usual(1), canary = usual(2);
	struct rg_verdict *verdict;
	const struct rg_row *row;

	(void)state;
	wait_put(&base, &cut);
	wait_put(&canary, &cut);
	of(&canary, &cut)->per_second = 25; /* 0.05 of 0.53 */
	verdict = judge_sets(&base, &canary, NULL);
	row = judged_wait(verdict, "[truncated] w", "", "");
	assert_non_null(row);
	assert_false(row->tested);
	assert_int_equal(row->status, RG_STATUS_UNKNOWN);
	assert_int_not_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_close(verdict->off_cpu.unattributed_canary, 0.05 / 0.53, 0.2);
	assert_int_equal(verdict->off_cpu.ignored_count, 0);
	rg_verdict_free(verdict);
}

static void too_much_truncated_time_is_not_comparable(void **state)
{
	struct wait_set base = usual(1), canary = usual(2);
	struct rg_verdict *verdict;

	(void)state;
	wait_put(&canary, &cut);
	of(&canary, &cut)->per_second = 100;
	verdict = judge_sets(&base, &canary, NULL);
	assert_outcome(verdict, RG_OUTCOME_NOT_COMPARABLE);
	assert_false(verdict->off_cpu.judged);
	assert_true(find_issue(verdict, "waits without a function")->off_cpu);
	assert_text_has(verdict->reason, "waits without a function: baseline 0.0 %, canary ");
	assert_text_has(verdict->advice, "give the program unwind data");
	for (size_t i = 0; i < verdict->off_cpu.row_count; i++)
		assert_int_equal(verdict->off_cpu.rows[i].status, RG_STATUS_UNKNOWN);
	rg_verdict_free(verdict);
}

/* A page that came from the disk during one of the runs: all of its waiting, and next to nothing. */
static void truncated_time_below_the_floor_hides_nothing(void **state)
{
	static const struct {
		double per_second; /* of 2 ms, where waits of 10 ms per second are judged */
		enum rg_outcome outcome;
	} cases[] = {{0.5, RG_OUTCOME_PASS}, {4, RG_OUTCOME_PASS}, {7, RG_OUTCOME_NOT_COMPARABLE}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct wait_set base = usual(1), canary = usual(2);
		struct rg_verdict *verdict;

		memset(base.wait, 0, sizeof(base.wait));
		memset(canary.wait, 0, sizeof(canary.wait));
		wait_put(&canary, &cut);
		of(&canary, &cut)->per_second = cases[i].per_second;
		verdict = judge_sets(&base, &canary, NULL);
		assert_outcome(verdict, cases[i].outcome);
		assert_close(verdict->off_cpu.unattributed_canary, 1, 0.01);
		rg_verdict_free(verdict);
	}
}

static void small_waits_do_not_gate(void **state)
{
	static const struct {
		const char *sentence;
		double per_second, mean_ms, factor;
		enum wait_shape shape;
		bool fails;
	} rows[] = {
		{"9 ms per second", 30, 0.03, 10, WAIT_EVEN, false},
		{"12 ms per second", 30, 0.04, 10, WAIT_EVEN, true},
		{"fewer than 20 waits on both sides", 0.2, 100, 10, WAIT_POISSON, false},
		{"more than 20 waits", 0.6, 100, 10, WAIT_POISSON, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct wait_set base = usual(1), canary = usual(1);
		struct wait_spec small = {"fsync" LIBC ";small;handle" START,
					  RG_WAIT_DISK,
					  "w",
					  rows[i].per_second,
					  rows[i].mean_ms,
					  rows[i].shape};
		struct rg_verdict *verdict;
		struct rg_policy policy;

		rg_policy_init(&policy);
		policy.limit = policy.off_cpu.limit = 2;
		policy.off_cpu.total_growth = 1000;
		wait_put(&base, &small);
		small.mean_ms *= rows[i].factor;
		wait_put(&canary, &small);
		verdict = judge_sets(&base, &canary, &policy);
		if ((verdict->outcome == RG_OUTCOME_FAIL) != rows[i].fails)
			fail_msg("%s: %s", rows[i].sentence, verdict->reason);
		rg_verdict_free(verdict);
	}
}

static void a_doubtful_wait_withholds_the_pass(void **state)
{
	struct wait_set base = usual(1), canary = usual(2);
	struct wait_spec rare = {
		"fsync" LIBC ";rare;handle" START, RG_WAIT_DISK, "w", 0.5, 100, WAIT_PARETO};
	struct rg_verdict *verdict;

	(void)state;
	wait_put(&base, &rare);
	rare.mean_ms = 300;
	wait_put(&canary, &rare);
	verdict = judge_sets(&base, &canary, NULL);
	assert_outcome(verdict, RG_OUTCOME_UNDECIDED);
	assert_text_has(verdict->reason, "rare() [disk, fsync] per second");
	assert_true(verdict->advice[0]);
	rg_verdict_free(verdict);
}

static void the_order_of_runs_says_nothing(void **state)
{
	struct wait_set set[4] = {usual(1), usual(2), usual(3), usual(4)};
	struct rg_profile *run[4];
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	for (size_t i = 0; i < 4; i++) {
		struct made_spec spec = wait_default(&set[i]);

		run[i] = made(&spec);
	}
	const struct rg_profile *forth[] = {run[0], run[1], run[2], run[3]};
	const struct rg_profile *back[] = {run[1], run[0], run[3], run[2]};
	struct rg_verdict *a =
		judge_runs(&(struct rg_runs){forth, 2}, &(struct rg_runs){forth + 2, 2}, &policy);
	struct rg_verdict *b =
		judge_runs(&(struct rg_runs){back, 2}, &(struct rg_runs){back + 2, 2}, &policy);

	assert_string_equal(a->reason, b->reason);
	assert_int_equal(a->off_cpu.row_count, b->off_cpu.row_count);
	for (size_t i = 0; i < a->off_cpu.row_count; i++) {
		assert_string_equal(a->off_cpu.rows[i].function, b->off_cpu.rows[i].function);
		assert_true(a->off_cpu.rows[i].p == b->off_cpu.rows[i].p);
		assert_true(a->off_cpu.rows[i].growth == b->off_cpu.rows[i].growth);
	}
	assert_true(a->off_cpu.total.p == b->off_cpu.total.p);
	rg_verdict_free(a);
	rg_verdict_free(b);
	for (size_t i = 0; i < 4; i++)
		rg_profile_free(run[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changed),
		cmocka_unit_test(a_grown_wait_fails_and_is_named),
		cmocka_unit_test(a_new_wait_fails),
		cmocka_unit_test(a_first_wait_fails),
		cmocka_unit_test(a_program_that_never_waits_passes),
		cmocka_unit_test(grown_idleness_passes),
		cmocka_unit_test(a_starving_pool_fails),
		cmocka_unit_test(truncated_time_never_gates),
		cmocka_unit_test(too_much_truncated_time_is_not_comparable),
		cmocka_unit_test(truncated_time_below_the_floor_hides_nothing),
		cmocka_unit_test(small_waits_do_not_gate),
		cmocka_unit_test(a_doubtful_wait_withholds_the_pass),
		cmocka_unit_test(the_order_of_runs_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
