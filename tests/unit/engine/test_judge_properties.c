/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a verdict must not hang on, and what it must. */
#include "made.h"

static void the_order_of_runs_does_not_matter(void **state)
{
	enum { RUNS = 4 };
	const struct rg_policy policy = policy_per_second();
	struct rg_profile *made_run[RUNS];
	const struct rg_profile *forth[RUNS], *back[RUNS];

	(void)state;
	for (size_t i = 0; i < RUNS; i++) {
		struct made_spec spec = made_default();

		spec.times = 1 + 0.013 * (double)i;
		made_extra(&spec, "f07", 800 + 37 * (int64_t)(i * i));
		made_extra(&spec, i % 2 ? "only_odd" : "only_even", 450);
		made_run[i] = made(&spec);
		forth[i] = made_run[i];
		back[RUNS - 1 - i] = made_run[i];
	}
	const struct rg_profile *canary[] = {forth[3], forth[1]}, *yranac[] = {forth[1], forth[3]};
	struct rg_verdict *a =
		judge_runs(&(struct rg_runs){forth, RUNS}, &(struct rg_runs){canary, 2}, &policy);
	struct rg_verdict *b =
		judge_runs(&(struct rg_runs){back, RUNS}, &(struct rg_runs){yranac, 2}, &policy);

	assert_same_verdict(a, b);
	rg_verdict_free(a);
	rg_verdict_free(b);
	for (size_t i = 0; i < RUNS; i++)
		rg_profile_free(made_run[i]);
}

static void a_function_without_samples_changes_nothing(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = policy_per_second();

	(void)state;
	made_extra(&canary, "f02", 4000);
	struct rg_verdict *a = judge_specs(&base, &canary, &policy);

	made_extra(&base, "idle", 0);
	made_extra(&canary, "idle", 0);
	struct rg_verdict *b = judge_specs(&base, &canary, &policy);

	assert_same_verdict(a, b);
	rg_verdict_free(a);
	rg_verdict_free(b);
}

static void swapped_sides_turn_estimates_round(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = policy_per_second();

	(void)state;
	made_extra(&canary, "f02", 4000);
	made_extra(&canary, "f05", 600);
	struct rg_verdict *a = judge_specs(&base, &canary, &policy);
	struct rg_verdict *b = judge_specs(&canary, &base, &policy);

	for (size_t i = 0; i < a->row_count; i++) {
		const struct rg_row *there = &a->rows[i], *back = find_row(b, there->key);

		assert_close(1 + there->growth, 1 / (1 + back->growth), 1e-9);
		assert_close(1 + there->growth_low, 1 / (1 + back->growth_high), 1e-6);
		assert_close(1 + there->raw_growth, 1 / (1 + back->raw_growth), 1e-9);
	}
	assert_close(1 + a->total.growth, 1 / (1 + b->total.growth), 1e-12);
	rg_verdict_free(a);
	rg_verdict_free(b);
}

/*
 * Twice the frequency gives twice the samples of half the time each: the costs are the same, and so
 * must the verdict be; taken for costs, the counts would read as a growth of 100 %.
 */
static void unequal_frequencies_are_harmless(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = policy_per_second();

	(void)state;
	canary.times = 2;
	canary.period_ns = base.period_ns / 2;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_true(fabs(verdict->total.growth) < 0.001);
	for (size_t i = 0; i < verdict->row_count; i++) {
		assert_true(fabs(verdict->rows[i].growth) < 0.02);
		assert_close(verdict->rows[i].cost_base, verdict->rows[i].cost_canary, 0.02);
	}
	assert_false(find_issue(verdict, "CPU time per sample")->blocking);
	rg_verdict_free(verdict);
}

static void unequal_frequencies_do_not_hide_growth(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = policy_per_second();

	(void)state;
	canary.times = 0.5; /* half the samples of twice the time each, and f01 doubled */
	canary.period_ns = base.period_ns * 2;
	made_extra(&canary, "f01", 7000);
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_close(find_row(verdict, "f01")->raw_growth, 1, 0.01);
	rg_verdict_free(verdict);
}

static void windows_of_unequal_length_are_harmless(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = policy_per_second();

	(void)state;
	canary.times = 0.5;
	canary.wall_ns = base.wall_ns / 2;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_true(fabs(verdict->total.growth) < 0.001);
	rg_verdict_free(verdict);
}

static void costs_are_cores_per_second_and_parts_on_shares(void **state)
{
	const struct made_spec spec = made_default();
	struct rg_policy policy = policy_per_second();
	struct rg_verdict *verdict = judge_specs(&spec, &spec, &policy);

	(void)state;
	/* 7,000 samples of 10 ms in 300 s. */
	assert_close(find_row(verdict, "f00")->cost_base, 7000 * 0.01 / 300, 1e-12);
	assert_close(verdict->total.cost_canary, 29947 * 0.01 / 300, 1e-12);
	assert_true(verdict->total.tested);
	assert_close(verdict->base.busy_cores, 29947 * 0.01 / 300, 1e-12);
	rg_verdict_free(verdict);
	policy.basis = RG_BASIS_AUTO;
	verdict = judge_specs(&spec, &spec, &policy);
	assert_int_equal(verdict->basis, RG_BASIS_SHARE);
	assert_close(find_row(verdict, "f00")->cost_base, 7000 / 29947.0, 1e-12);
	assert_false(verdict->total.tested);
	assert_int_equal(verdict->total.status, RG_STATUS_UNKNOWN);
	rg_verdict_free(verdict);
}

static void several_runs_see_more(void **state)
{
	const struct rg_policy policy = policy_per_second();
	const struct made_spec spec = made_default();
	struct rg_profile *profile = made(&spec);
	const struct rg_profile *runs[] = {profile, profile, profile};
	struct rg_verdict *one =
		judge_runs(&(struct rg_runs){runs, 1}, &(struct rg_runs){runs, 1}, &policy);
	struct rg_verdict *three =
		judge_runs(&(struct rg_runs){runs, 3}, &(struct rg_runs){runs, 3}, &policy);

	(void)state;
	assert_int_equal(three->base.runs, 3);
	assert_int_equal(three->base.samples, 3 * one->base.samples);
	assert_true(find_row(three, "f00")->mdg < find_row(one, "f00")->mdg);
	assert_true(three->total.mdg < one->total.mdg);
	assert_close(three->base.busy_cores, one->base.busy_cores, 1e-12);
	rg_verdict_free(one);
	rg_verdict_free(three);
	rg_profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_of_runs_does_not_matter),
		cmocka_unit_test(a_function_without_samples_changes_nothing),
		cmocka_unit_test(swapped_sides_turn_estimates_round),
		cmocka_unit_test(unequal_frequencies_are_harmless),
		cmocka_unit_test(unequal_frequencies_do_not_hide_growth),
		cmocka_unit_test(windows_of_unequal_length_are_harmless),
		cmocka_unit_test(costs_are_cores_per_second_and_parts_on_shares),
		cmocka_unit_test(several_runs_see_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
