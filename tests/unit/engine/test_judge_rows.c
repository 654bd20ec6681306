/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of a verdict: their order, their number, their figures. */
#include "made.h"

static void rows_come_by_interest(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = policy_per_second();

	(void)state;
	made_extra(&canary, "f09", 2800);  /* fails, by 0.07 cores */
	made_extra(&canary, "fresh", 700); /* fails, by 0.02 */
	made_extra(&canary, "f03", 2065);  /* suspect */
	made_extra(&canary, "f00", 3500);  /* by far the largest change, but for the better */
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_string_equal(verdict->rows[0].key, "f09");
	assert_string_equal(verdict->rows[1].key, "fresh");
	assert_string_equal(verdict->rows[2].key, "f03");
	assert_string_equal(verdict->rows[3].key, "f00");
	assert_true(verdict->rows[3].impact < 0);
	assert_int_equal(verdict->rows[2].status, RG_STATUS_SUSPECT);
	assert_non_null(strstr(verdict->reason, "; 1 more function fails"));
	rg_verdict_free(verdict);
}

/* f00 became far better; the fifth has so few samples that it may have grown by more than may be in a pass. */
static void what_keeps_from_a_pass_comes_before_what_became_better(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = policy_per_second();

	(void)state;
	base.times = canary.times = 0.04;
	made_extra(&canary, "f00", 120);
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_true(verdict->rows[0].growth_high > 0.30);
	assert_non_null(strstr(verdict->reason, verdict->rows[0].key));
	assert_int_equal(find_row(verdict, "f00")->status, RG_STATUS_IMPROVED);
	rg_verdict_free(verdict);
}

static void rows_beyond_the_most_are_counted(void **state)
{
	struct made_spec spec = made_default();
	const struct rg_policy policy = policy_per_second();

	(void)state;
	spec.functions = 500;
	spec.heaviest = 10000;
	struct rg_verdict *verdict = judge_specs(&spec, &spec, &policy);

	assert_int_equal(verdict->row_count, RG_VERDICT_MAX_ROWS);
	assert_int_equal(verdict->rows_left_out, 300);
	rg_verdict_free(verdict);
}

static void a_new_function_has_no_growth(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = policy_per_second();

	(void)state;
	made_extra(&canary, "fresh", 3000);
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);
	const struct rg_row *row = find_row(verdict, "fresh");

	assert_true(row->growth == 0 && row->growth_low == 0 && row->growth_high == 0);
	assert_int_equal(row->rank_base, 0);
	assert_int_equal(row->rank_canary, 3);
	assert_true(row->impact > 0 && row->impact < row->cost_canary);
	rg_verdict_free(verdict);
}

/* What is seen a few times is missing by chance on the other side, and called alike by chance. */
static void a_rename_takes_more_than_a_few_samples(void **state)
{
	static const struct {
		int64_t old, fresh;
		const char *was;
	} rows[] = {{1, 1, ""}, {5, 5, ""}, {6, 4, "old"}, {4, 6, "old"}};
	const struct rg_policy policy = policy_per_second();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct made_spec base = made_default(), canary = made_default();

		base.functions = canary.functions = 1;
		base.heaviest = canary.heaviest = 240;
		made_extra(&base, "old", rows[i].old);
		made_extra(&canary, "fresh", rows[i].fresh);
		struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

		assert_string_equal(find_row(verdict, "fresh")->renamed_from, rows[i].was);
		rg_verdict_free(verdict);
	}
}

/* Extremes of every field, so that whatever is divided or logged meets zero or the largest. */
static void every_figure_is_finite(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (int i = 0; i < 80; i++) {
		struct made_spec base = made_default(), canary = made_default();
		struct rg_policy policy = policy_per_second();

		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		policy.min_samples = 0;
		policy.min_share = i % 3 ? 0 : 0.01;
		policy.prior_cv = i % 4 ? 0.05 : 0;
		policy.basis = i % 2 ? RG_BASIS_SHARE : RG_BASIS_SECOND;
		policy.top_k = 1 + (uint32_t)(seed >> 40) % 100;
		base.functions = 1 + (seed >> 32) % 6;
		canary.functions = 1 + (seed >> 24) % 50;
		base.heaviest = 1 + (int64_t)(seed >> 56);
		canary.heaviest = i % 5 ? 1 + (int64_t)(seed >> 48) : INT64_C(100000000000);
		canary.slices = (seed >> 20) % 30;
		struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

		assert_true(row_is_finite(&verdict->total));
		for (size_t k = 0; k < verdict->row_count; k++)
			assert_true(row_is_finite(&verdict->rows[k]));
		rg_verdict_free(verdict);
	}
}

static void an_unnamed_function_is_tested_like_any_other(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = policy_per_second();

	(void)state;
	made_extra(&base, "[server]+0x10", 2000);
	made_extra(&canary, "[server]+0x10", 4500);
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);
	const struct rg_row *row = find_row(verdict, "[server]+0x10");

	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_true(row->unnamed);
	assert_int_equal(row->status, RG_STATUS_REGRESSED);
	assert_non_null(strstr(verdict->reason, "[server]+0x10 uses "));
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_by_interest),
		cmocka_unit_test(what_keeps_from_a_pass_comes_before_what_became_better),
		cmocka_unit_test(rows_beyond_the_most_are_counted),
		cmocka_unit_test(a_rename_takes_more_than_a_few_samples),
		cmocka_unit_test(a_new_function_has_no_growth),
		cmocka_unit_test(every_figure_is_finite),
		cmocka_unit_test(an_unnamed_function_is_tested_like_any_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
