/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cost per unit of work: profiles whose work is known, and those whose is not. */
#include "wait_made.h"

static void set_work(struct made_spec *spec, const char *total)
{
	made_set(spec, RG_KEY_WORK_TOTAL, total);
	made_set(spec, RG_KEY_WORK_UNIT, "request");
	made_set(spec, RG_KEY_WORK_SOURCE, "uprobe server:handle");
}

static struct made_spec worked(const char *total, double times)
{
	struct made_spec spec = made_default();

	set_work(&spec, total);
	spec.times = times;
	return spec;
}

static struct rg_verdict *judge_on(const struct made_spec *base, const struct made_spec *canary,
				   enum rg_basis basis)
{
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = basis;
	return judge_specs(base, canary, &policy);
}

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

/* --- Waits ------------------------------------------------------------------------------------ */

static struct wait_set asking(double per_second, double mean_ms)
{
	struct wait_set set = wait_set_default();

	wait_put(&set, &(struct wait_spec){"recv of libc.so.6;ask;handle;main", RG_WAIT_NETWORK,
					   "w", per_second, mean_ms, WAIT_POISSON});
	wait_put(&set, &(struct wait_spec){"epoll_wait of libc.so.6;loop;main", RG_WAIT_POLL, "m",
					   10, 90, WAIT_EVEN});
	return set;
}

static struct rg_verdict *judge_waits(const struct wait_set *base, const char *base_work,
				      const struct wait_set *canary, const char *canary_work)
{
	struct made_spec before = wait_default(base), after = wait_default(canary);
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.limit = 2;
	policy.off_cpu.limit = 2;
	set_work(&before, base_work);
	set_work(&after, canary_work);
	before.times = 1;
	after.times = strcmp(base_work, canary_work) ? 2 : 1;
	return judge_specs(&before, &after, &policy);
}

/* 100 waits of 5 ms a second at 50 requests a second: 10 ms a request. */
static void waits_are_per_request_too(void **state)
{
	const struct wait_set base = asking(100, 5), canary = asking(200, 5);
	struct rg_verdict *verdict = judge_waits(&base, "3000", &canary, "6000");
	const struct rg_row *row = judged_wait(verdict, "ask", "network", "recv");

	(void)state;
	assert_int_equal(verdict->basis, RG_BASIS_WORK);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_non_null(row);
	assert_close(row->cost_base, 0.010, 0.03);
	assert_close(row->cost_canary, 0.010, 0.03);
	assert_true(row->tested);
	/* What nobody asked for is per second all the same. */
	assert_close(verdict->off_cpu.idle_canary, 0.9, 0.01);
	rg_verdict_free(verdict);
}

static void longer_waits_fail_per_request(void **state)
{
	const struct wait_set base = asking(100, 5), canary = asking(200, 10);
	struct rg_verdict *verdict = judge_waits(&base, "3000", &canary, "6000");

	(void)state;
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_non_null(strstr(verdict->reason, "more in ask() [network, recv] per request"));
	rg_verdict_free(verdict);
}

/* Gating begins at so much time a second, whatever a request takes of it. */
static void small_waits_stay_small_per_request(void **state)
{
	const struct wait_set base = asking(20, 0.2), canary = asking(20, 0.45);
	struct rg_verdict *verdict = judge_waits(&base, "3", &canary, "3");
	const struct rg_row *row = judged_wait(verdict, "ask", "network", "recv");

	(void)state;
	/* 4 and 9 ms a second, 80 and 180 ms a request. */
	assert_close(row->cost_canary, 0.180, 0.1);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	rg_verdict_free(verdict);
	const struct wait_set longer = asking(20, 0.9);

	verdict = judge_waits(&base, "3", &longer, "3");
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	rg_verdict_free(verdict);
}

/* --- What is not known ------------------------------------------------------------------------ */

struct facts {
	const char *total, *lost, *source, *unit; /* NULL: none of it */
};

#define COUNTED                                                   \
	{                                                         \
		"100000", NULL, "uprobe server:handle", "request" \
	}

static const struct unknown_row {
	const char *what;
	struct facts base, canary;
	enum rg_basis basis;
	enum rg_outcome outcome;
	const char *issue, *before, *after;
} unknown_rows[] = {
	{"nobody counted, nobody asked",
	 {0},
	 {0},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_PASS,
	 NULL,
	 NULL,
	 NULL},
	{"nobody counted",
	 {0},
	 {0},
	 RG_BASIS_WORK,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "not counted",
	 "not counted"},
	{"only the canary counted",
	 {0},
	 COUNTED,
	 RG_BASIS_AUTO,
	 RG_OUTCOME_PASS,
	 "work",
	 "not counted",
	 "100000"},
	{"only the canary counted, and it is asked for",
	 {0},
	 COUNTED,
	 RG_BASIS_WORK,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "not counted",
	 "100000"},
	{"none was done",
	 COUNTED,
	 {"0", NULL, "uprobe server:handle", "request"},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "100000",
	 "none"},
	{"none was done on either side",
	 {"0", NULL, "uprobe server:handle", "request"},
	 {"0", NULL, "uprobe server:handle", "request"},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "none",
	 "none"},
	{"counting failed",
	 COUNTED,
	 {NULL, "the counter was reset", "metric requests_total", "request"},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "100000",
	 "not counted: the counter was reset"},
	{"counting failed on both sides",
	 {NULL, "the counter was reset", "metric requests_total", "request"},
	 {NULL, "the counter was reset", "metric requests_total", "request"},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "not counted: the counter was reset",
	 "not counted: the counter was reset"},
	{"the command ended in the baseline only",
	 {"1", NULL, RG_WORK_COMPLETION, "run"},
	 {0},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "completion",
	 "1",
	 "not counted"},
	{"the command ended in the canary only",
	 {0},
	 {"1", NULL, RG_WORK_COMPLETION, "run"},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "completion",
	 "not counted",
	 "1"},
	{"another unit",
	 COUNTED,
	 {"100000", NULL, "uprobe server:handle", "row"},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "unit of work",
	 "request",
	 "row"},
	{"another way of counting",
	 COUNTED,
	 {"100000", NULL, "uprobe server:serve", "request"},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_PASS,
	 "work counted by",
	 "uprobe server:handle",
	 "uprobe server:serve"},
	{"no number",
	 COUNTED,
	 {"many", NULL, NULL, NULL},
	 RG_BASIS_WORK,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "100000",
	 "not counted"},
	{"not a number",
	 COUNTED,
	 {"nan", NULL, NULL, NULL},
	 RG_BASIS_WORK,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "100000",
	 "not counted"},
	{"less than none",
	 COUNTED,
	 {"-1", NULL, NULL, NULL},
	 RG_BASIS_WORK,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "100000",
	 "not counted"},
	{"beyond counting",
	 COUNTED,
	 {"1e300", NULL, NULL, NULL},
	 RG_BASIS_WORK,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "100000",
	 "not counted"},
	{"next to none",
	 COUNTED,
	 {"1e-300", NULL, NULL, NULL},
	 RG_BASIS_WORK,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "100000",
	 "none"},
};

static struct made_spec with_facts(const struct facts *facts)
{
	struct made_spec spec = made_default();

	if (facts->total)
		made_set(&spec, RG_KEY_WORK_TOTAL, facts->total);
	if (facts->lost)
		made_set(&spec, RG_KEY_WORK_LOST, facts->lost);
	if (facts->source)
		made_set(&spec, RG_KEY_WORK_SOURCE, facts->source);
	if (facts->unit)
		made_set(&spec, RG_KEY_WORK_UNIT, facts->unit);
	return spec;
}

static void what_is_not_counted_never_passes_as_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(unknown_rows); i++) {
		const struct unknown_row *row = &unknown_rows[i];
		const struct made_spec base = with_facts(&row->base),
				       canary = with_facts(&row->canary);
		struct rg_verdict *verdict = judge_on(&base, &canary, row->basis);
		const struct rg_issue *issue = row->issue ? find_issue(verdict, row->issue) : NULL;
		bool blocked = row->outcome == RG_OUTCOME_NOT_COMPARABLE;

		if (verdict->outcome != row->outcome)
			fail_msg("%s: %s: %s", row->what, rg_outcome_name(verdict->outcome),
				 verdict->reason);
		if (!issue != !row->issue)
			fail_msg("%s: issue", row->what);
		if (issue) {
			assert_string_equal(issue->base, row->before);
			assert_string_equal(issue->canary, row->after);
			assert_int_equal(issue->blocking, blocked);
		}
		if (blocked) {
			assert_non_null(strstr(verdict->reason, row->issue));
			assert_null(strstr(verdict->advice, "machines of one kind"));
		}
		rg_verdict_free(verdict);
	}
}

/* A side whose runs do not agree in what they know. */
static void every_run_must_have_counted(void **state)
{
	const struct made_spec counted = worked("100000", 1), other = made_default(),
			       idle = worked("0", 1);
	struct rg_profile *run[] = {made(&counted), made(&other), made(&idle)};
	const struct rg_profile *const base[] = {run[0], run[1]}, *const also[] = {run[0], run[2]};
	const struct rg_runs canary = {(const struct rg_profile *const[]){run[0]}, 1};
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	struct rg_verdict *verdict = judge_runs(&(struct rg_runs){base, 2}, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	assert_string_equal(find_issue(verdict, "work")->base, "counted in 1 of 2 runs");
	assert_true(verdict->base.work == 0);
	rg_verdict_free(verdict);
	verdict = judge_runs(&(struct rg_runs){also, 2}, &canary, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	assert_string_equal(find_issue(verdict, "work")->base, "none in 1 of 2 runs");
	rg_verdict_free(verdict);
	for (size_t i = 0; i < COUNT(run); i++)
		rg_profile_free(run[i]);
}

static void a_unit_that_is_no_name_is_not_shown(void **state)
{
	struct made_spec base = worked("100000", 1), canary = base;

	(void)state;
	made_set(&base, RG_KEY_WORK_UNIT, "<img src=x>");
	made_set(&canary, RG_KEY_WORK_UNIT, "<img src=x>");
	struct rg_verdict *verdict = judge_on(&base, &canary, RG_BASIS_WORK);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_string_equal(verdict->work_unit, RG_WORK_UNIT);
	rg_verdict_free(verdict);
}

static void samples_of_unknown_length_have_no_cost(void **state)
{
	struct made_spec base = worked("100000", 1), canary = base;

	(void)state;
	canary.no_cpu = true;
	canary.period_ns = 0;
	struct rg_verdict *verdict = judge_on(&base, &canary, RG_BASIS_AUTO);

	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	assert_string_equal(find_issue(verdict, "CPU time per sample")->limit,
			    "basis 'work' needs it on every run");
	rg_verdict_free(verdict);
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
		cmocka_unit_test(sampling_frequencies_may_differ),
		cmocka_unit_test(load_within_the_window_is_no_noise),
		cmocka_unit_test(runs_of_a_side_are_added_up),
		cmocka_unit_test(waits_are_per_request_too),
		cmocka_unit_test(longer_waits_fail_per_request),
		cmocka_unit_test(small_waits_stay_small_per_request),
		cmocka_unit_test(what_is_not_counted_never_passes_as_counted),
		cmocka_unit_test(every_run_must_have_counted),
		cmocka_unit_test(a_unit_that_is_no_name_is_not_shown),
		cmocka_unit_test(samples_of_unknown_length_have_no_cost),
		cmocka_unit_test(the_rate_of_work_is_what_must_agree),
		cmocka_unit_test(a_run_of_a_command_may_take_any_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
