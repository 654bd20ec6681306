/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cost per unit of work: CPU time, and the load under which it is the same. */
#include "work_made.h"

/* --- Costs ------------------------------------------------------------------------------------ */

/* Twice the load: per second it looks like twice the cost. */
static void cost_per_request_does_not_hang_on_the_load(void **state)
{
	const struct made_spec base = worked("100000", 1), canary = worked("200000", 2);
	struct rg_verdict *verdict = judge_on(&base, &canary, RG_BASIS_AUTO);
	/* 29,949 samples of 10 ms. */
	const double cost = (double)verdict->base.samples * 0.01 / 100000;

	(void)state;
	assert_int_equal(verdict->basis, RG_BASIS_WORK);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_string_equal(verdict->work_unit, "request");
	assert_close(verdict->base.work, 100000, 1e-9);
	assert_close(verdict->canary.work, 200000, 1e-9);
	assert_true(verdict->total.tested);
	assert_close(verdict->total.cost_base, cost, 1e-9);
	assert_close(verdict->total.cost_canary, cost, 1e-3);
	assert_close(find_row(verdict, "f00")->cost_base, 7000 * 0.01 / 100000, 1e-9);
	assert_int_equal(verdict->issue_count, 0);
	rg_verdict_free(verdict);
	verdict = judge_on(&base, &canary, RG_BASIS_SECOND);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_close(verdict->total.growth, 1, 0.01);
	rg_verdict_free(verdict);
}

/* The seed rule's share would be the same. */
static void all_functions_dearer_by_half_fail_by_the_total(void **state)
{
	const struct made_spec base = worked("100000", 1), canary = worked("50000", 0.75);
	struct rg_verdict *verdict = judge_on(&base, &canary, RG_BASIS_WORK);

	(void)state;
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_int_equal(verdict->total.status, RG_STATUS_REGRESSED);
	assert_close(verdict->total.growth, 0.5, 0.01);
	assert_non_null(strstr(verdict->reason, "the whole program uses 50"));
	assert_non_null(strstr(verdict->reason, "more CPU per request (limit 15 %)"));
	rg_verdict_free(verdict);
}

static void a_dearer_function_is_named_at_another_load(void **state)
{
	struct made_spec base = worked("100000", 1), canary = worked("50000", 0.5);

	(void)state;
	made_extra(&base, "f00", 7000);
	made_extra(&canary, "f00", 14000);
	struct rg_verdict *verdict = judge_on(&base, &canary, RG_BASIS_AUTO);

	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_string_equal(verdict->rows[0].key, "f00");
	assert_close(verdict->rows[0].raw_growth, 1, 0.01);
	assert_non_null(strstr(verdict->reason, "more CPU per request"));
	rg_verdict_free(verdict);
}

/*
 * A clock that strikes once the hypervisor gives the CPU back strikes more often in what runs: a fifth more samples of the same
 * CPU time. The account of one side alone, or one of something else, is no measure of both.
 */
static void cpu_time_is_the_schedulers(void **state)
{
	static const struct account_row {
		const char *base, *canary;
		enum rg_basis basis;
		double growth;
	} rows[] = {
		{"299490000000", "299490000000", RG_BASIS_WORK, 0},
		{"299490000000", "299490000000", RG_BASIS_SECOND, 0},
		{"299490000000", "598980000000", RG_BASIS_WORK, 1},
		{"299490000000", "", RG_BASIS_WORK, 0.2},
		{"", "299490000000", RG_BASIS_WORK, 0.2},
		{"299490000000", "0", RG_BASIS_WORK, 0.2},
		{"299490000000", "18446744073709551615", RG_BASIS_WORK, 0.2},
		{"299490000000", "2994900000", RG_BASIS_WORK, 0.2},
		{"299490000000", "299490000000", RG_BASIS_SHARE, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct made_spec base = worked("100000", 1), canary = worked("100000", 1.2);

		made_set(&base, RG_KEY_ACCOUNT_CPU_NS, rows[i].base);
		made_set(&canary, RG_KEY_ACCOUNT_CPU_NS, rows[i].canary);
		struct rg_verdict *verdict = judge_on(&base, &canary, rows[i].basis);

		if (fabs(find_row(verdict, "f00")->raw_growth - rows[i].growth) > 0.002)
			fail_msg("row %zu: %g", i, find_row(verdict, "f00")->raw_growth);
		if (rows[i].basis != RG_BASIS_SHARE)
			assert_true(fabs(verdict->total.growth - rows[i].growth) < 0.002);
		rg_verdict_free(verdict);
	}
}

/* What is new is 1.3 % of the canary, and 0.6 % of what the baseline cost with what is gone. */
static void what_is_small_beside_a_gain_was_small_before(void **state)
{
	static const struct gain_row {
		int64_t gone;
		enum rg_basis basis;
		enum rg_outcome outcome;
	} rows[] = {
		{40000, RG_BASIS_WORK, RG_OUTCOME_PASS},
		{40000, RG_BASIS_SHARE, RG_OUTCOME_FAIL},
		{0, RG_BASIS_WORK, RG_OUTCOME_FAIL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct made_spec base = worked("100000", 1), canary = base;

		made_extra(&base, "gone", rows[i].gone);
		made_extra(&canary, "fresh", 400);
		struct rg_verdict *verdict = judge_on(&base, &canary, rows[i].basis);

		if (verdict->outcome != rows[i].outcome)
			fail_msg("row %zu: %s", i, verdict->reason);
		rg_verdict_free(verdict);
	}
}

/* A count stands for a time, not for a number of samples. */
static void sampling_frequencies_may_differ(void **state)
{
	struct made_spec base = worked("100000", 1), canary = worked("100000", 2);

	(void)state;
	canary.period_ns = base.period_ns / 2;
	struct rg_verdict *verdict = judge_on(&base, &canary, RG_BASIS_WORK);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_close(verdict->total.cost_base, verdict->total.cost_canary, 1e-3);
	rg_verdict_free(verdict);
}

/* Load that comes and goes is no noise of what a request costs, where it is known slice by slice. */
static void load_within_the_window_is_no_noise(void **state)
{
	static const uint32_t load[20] = {9, 1, 1, 9, 9, 9, 1, 1, 1, 9,
					  1, 9, 9, 1, 1, 9, 1, 9, 1, 9};
	struct made_spec even = worked("100000", 1), uneven = even;

	(void)state;
	uneven.load = load;
	struct rg_verdict *by_time = judge_on(&uneven, &uneven, RG_BASIS_WORK);

	uneven.work = 100000;
	struct rg_verdict *by_work = judge_on(&uneven, &uneven, RG_BASIS_WORK);
	struct rg_verdict *steady = judge_on(&even, &even, RG_BASIS_WORK);

	assert_int_equal(by_work->outcome, RG_OUTCOME_PASS);
	assert_close(find_row(by_work, "f00")->mdg, find_row(steady, "f00")->mdg, 1e-6);
	assert_true(find_row(by_time, "f00")->mdg > 2 * find_row(by_work, "f00")->mdg);
	rg_verdict_free(by_time);
	rg_verdict_free(by_work);
	rg_verdict_free(steady);
}

static void runs_of_a_side_are_added_up(void **state)
{
	const struct made_spec spec[] = {worked("100000", 1), worked("50000", 0.5),
					 worked("60000.5", 0.600005)};
	struct rg_profile *run[COUNT(spec)];
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	for (size_t i = 0; i < COUNT(spec); i++)
		run[i] = made(&spec[i]);
	const struct rg_profile *const base[] = {run[0], run[1]}, *const canary[] = {run[2]};
	struct rg_verdict *verdict =
		judge_runs(&(struct rg_runs){base, 2}, &(struct rg_runs){canary, 1}, &policy);

	assert_int_equal(verdict->basis, RG_BASIS_WORK);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_close(verdict->base.work, 150000, 1e-9);
	assert_close(verdict->canary.work, 60000.5, 1e-9);
	assert_true(fabs(verdict->total.growth) < 0.001);
	rg_verdict_free(verdict);
	for (size_t i = 0; i < COUNT(spec); i++)
		rg_profile_free(run[i]);
}

/* --- Load ------------------------------------------------------------------------------------- */

static const struct rate_row {
	const char *what, *work; /* the baseline's is 100000 at one times the samples */
	double times;
	enum rg_outcome outcome;
	int issue; /* 0: none, 1: a caution, 2: blocking */
} rate_rows[] = {
	{"half the load", "50000", 0.5, RG_OUTCOME_PASS, 0},
	{"twice the load, and a little", "240000", 2.4, RG_OUTCOME_PASS, 0},
	{"a third of the load", "33000", 0.33, RG_OUTCOME_NOT_COMPARABLE, 2},
	{"three times the load", "300000", 3, RG_OUTCOME_NOT_COMPARABLE, 2},
	{"a third of the load, each dearer", "33000", 0.66 * 0.5, RG_OUTCOME_NOT_COMPARABLE, 2},
	{"as busy, and a third as much done", "33000", 1, RG_OUTCOME_FAIL, 1},
	{"a fifth of the cost at the same rate", "100000", 0.2, RG_OUTCOME_PASS, 0},
	{"five times the cost at the same rate", "100000", 5, RG_OUTCOME_FAIL, 0},
};

static void the_rate_of_work_is_what_must_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rate_rows); i++) {
		const struct rate_row *row = &rate_rows[i];
		const struct made_spec base = worked("100000", 1),
				       canary = worked(row->work, row->times);
		struct rg_verdict *verdict = judge_on(&base, &canary, RG_BASIS_AUTO);
		const struct rg_issue *issue = find_issue(verdict, "load");
		int found = !issue ? 0 : issue->blocking ? 2 : 1;

		if (verdict->outcome != row->outcome || found != row->issue)
			fail_msg("%s: %s: %s, issue %d", row->what,
				 rg_outcome_name(verdict->outcome), verdict->reason, found);
		rg_verdict_free(verdict);
	}
}

/* A command that takes a fifth of the time ends five times as often: that is no other load. */
static void a_run_of_a_command_may_take_any_time(void **state)
{
	struct made_spec base = made_default(), canary = made_default();

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct made_spec *spec = i ? &canary : &base;

		made_set(spec, RG_KEY_WORK_TOTAL, "1");
		made_set(spec, RG_KEY_WORK_UNIT, "run");
		made_set(spec, RG_KEY_WORK_SOURCE, RG_WORK_COMPLETION);
	}
	canary.times = 0.2;
	canary.wall_ns = base.wall_ns / 5;
	struct rg_verdict *verdict = judge_on(&base, &canary, RG_BASIS_AUTO);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_int_equal(verdict->issue_count, 0);
	assert_close(verdict->total.growth, -0.8, 0.01);
	rg_verdict_free(verdict);
	verdict = judge_on(&canary, &base, RG_BASIS_AUTO);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_non_null(strstr(verdict->reason, "the whole program uses 400 % more CPU per run"));
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cost_per_request_does_not_hang_on_the_load),
		cmocka_unit_test(all_functions_dearer_by_half_fail_by_the_total),
		cmocka_unit_test(a_dearer_function_is_named_at_another_load),
		cmocka_unit_test(what_is_small_beside_a_gain_was_small_before),
		cmocka_unit_test(cpu_time_is_the_schedulers),
		cmocka_unit_test(sampling_frequencies_may_differ),
		cmocka_unit_test(load_within_the_window_is_no_noise),
		cmocka_unit_test(runs_of_a_side_are_added_up),
		cmocka_unit_test(the_rate_of_work_is_what_must_agree),
		cmocka_unit_test(a_run_of_a_command_may_take_any_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
