/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static struct rg_policy per_second(void)
{
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SECOND;
	return policy;
}

/* --- What may never pass ---------------------------------------------------------------------- */

static void a_policy_out_of_range_is_refused(void **state)
{
	struct rg_policy policy = per_second();
	struct rg_verdict *verdict = NULL;
	const struct rg_runs none = {NULL, 0};
	struct rg_err err = {0};

	(void)state;
	policy.q = NAN;
	assert_int_equal(rg_diff_judge(&none, &none, &policy, &verdict, &err), RG_EUSAGE);
	assert_non_null(strstr(err.text, "policy: q"));
	assert_null(verdict);
}

static void no_baseline_run_is_no_baseline(void **state)
{
	const struct rg_policy policy = per_second();
	const struct made_spec spec = made_default();
	struct rg_profile *profile = made(&spec);
	const struct rg_profile *run = profile;
	struct rg_verdict *verdict =
		judge_runs(&(struct rg_runs){NULL, 0}, &(struct rg_runs){&run, 1}, &policy);

	(void)state;
	assert_int_equal(verdict->outcome, RG_OUTCOME_NO_BASELINE);
	assert_string_equal(verdict->reason, "there is no baseline run to compare with");
	assert_true(strlen(verdict->advice) > 0);
	assert_int_equal(verdict->row_count, 0);
	assert_true(verdict->canary.samples > 20000);
	rg_verdict_free(verdict);
	rg_profile_free(profile);
}

static void no_canary_run_is_undecided(void **state)
{
	const struct rg_policy policy = per_second();
	const struct made_spec spec = made_default();
	struct rg_profile *profile = made(&spec);
	const struct rg_profile *run = profile;
	struct rg_verdict *verdict =
		judge_runs(&(struct rg_runs){&run, 1}, &(struct rg_runs){NULL, 0}, &policy);

	(void)state;
	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_string_equal(verdict->reason, "there is no canary run");
	rg_verdict_free(verdict);
	rg_profile_free(profile);
}

struct empty {
	const char *sentence;
	bool base, canary;
	bool literal;
	const char *reason;
};

static const struct empty empties[] = {
	{"an empty canary", false, true, false, "a canary run holds no CPU samples"},
	{"an empty baseline", true, false, false, "a baseline run holds no CPU samples"},
	{"both empty", true, true, false, "a baseline run holds no CPU samples"},
	{"an empty canary under the seed rule", false, true, true,
	 "a canary run holds no CPU samples"},
	{"an empty baseline under the seed rule", true, false, true,
	 "a baseline run holds no CPU samples"},
};

static void an_empty_side_never_passes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(empties); i++) {
		struct made_spec base = made_default(), canary = made_default();
		struct rg_policy policy = per_second();

		policy.min_samples = 0;
		policy.rule = empties[i].literal ? RG_RULE_LITERAL : RG_RULE_STATISTICAL;
		base.functions = empties[i].base ? 0 : base.functions;
		canary.functions = empties[i].canary ? 0 : canary.functions;
		struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

		if (verdict->outcome != RG_OUTCOME_UNDECIDED ||
		    strcmp(verdict->reason, empties[i].reason) != 0)
			fail_msg("%s: %s", empties[i].sentence, verdict->reason);
		rg_verdict_free(verdict);
	}
}

static void one_empty_run_among_several_is_undecided(void **state)
{
	const struct rg_policy policy = per_second();
	struct made_spec spec = made_default(), hollow = made_default();
	struct rg_profile *full = made(&spec);

	(void)state;
	hollow.functions = 0;
	struct rg_profile *empty = made(&hollow);
	const struct rg_profile *base[] = {full, full}, *canary[] = {full, empty};
	struct rg_verdict *verdict =
		judge_runs(&(struct rg_runs){base, 2}, &(struct rg_runs){canary, 2}, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_string_equal(verdict->reason, "a canary run holds no CPU samples");
	rg_verdict_free(verdict);
	rg_profile_free(full);
	rg_profile_free(empty);
}

static void below_the_minimum_of_samples_is_always_undecided(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int i = 0; i < 60; i++) {
		struct made_spec base = made_default(), canary = made_default();
		struct rg_policy policy = per_second();
		bool flip = i % 2;

		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		policy.rule = i % 3 == 0 ? RG_RULE_LITERAL : RG_RULE_STATISTICAL;
		policy.basis = i % 5 < 2 ? RG_BASIS_SHARE : RG_BASIS_SECOND;
		/* At most 199 on one side; on the other anything, a hundredfold growth included. */
		*(flip ? &base : &canary) =
			(struct made_spec){.functions = 1 + seed % 8,
					   .heaviest = 1 + (int64_t)((seed >> 16) % 60),
					   .slices = 20,
					   .period_ns = 10000000,
					   .wall_ns = 300000000000,
					   .module = "server"};
		if (i % 4 == 0)
			made_set(&canary, RG_KEY_ARCH, "arm64");
		struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

		assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
		assert_non_null(strstr(verdict->reason, "too few samples: baseline "));
		for (size_t k = 0; k < verdict->row_count; k++)
			assert_int_equal(verdict->rows[k].status, RG_STATUS_UNKNOWN);
		rg_verdict_free(verdict);
	}
}

static void the_reason_names_the_counts(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = per_second();

	(void)state;
	canary.functions = 1;
	canary.heaviest = 57;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_string_equal(verdict->reason, "too few samples: baseline 29,947, canary 57; "
					     "needed are 200 on either side");
	assert_string_equal(verdict->advice,
			    "a longer window, about 4 times as long (20m) on both sides");
	rg_verdict_free(verdict);
}

/* --- Properties ------------------------------------------------------------------------------- */

static void same_row(const struct rg_row *a, const struct rg_row *b)
{
	assert_string_equal(a->function, b->function);
	assert_string_equal(a->module, b->module);
	assert_string_equal(a->key, b->key);
	assert_int_equal(a->status, b->status);
	assert_int_equal(a->samples_base, b->samples_base);
	assert_int_equal(a->samples_canary, b->samples_canary);
	assert_int_equal(a->rank_base, b->rank_base);
	assert_int_equal(a->rank_canary, b->rank_canary);
	assert_true(a->growth == b->growth && a->growth_low == b->growth_low);
	assert_true(a->growth_high == b->growth_high && a->raw_growth == b->raw_growth);
	assert_true(a->p == b->p && a->mdg == b->mdg && a->impact == b->impact);
	assert_true(a->cost_base == b->cost_base && a->cost_canary == b->cost_canary);
}

/* Bit for bit, since reports must be the same byte for byte. */
static void same_verdict(const struct rg_verdict *a, const struct rg_verdict *b)
{
	assert_int_equal(a->outcome, b->outcome);
	assert_string_equal(a->reason, b->reason);
	assert_string_equal(a->advice, b->advice);
	assert_int_equal(a->row_count, b->row_count);
	for (size_t i = 0; i < a->row_count; i++)
		same_row(&a->rows[i], &b->rows[i]);
	same_row(&a->total, &b->total);
}

static void the_order_of_runs_does_not_matter(void **state)
{
	enum { RUNS = 4 };
	const struct rg_policy policy = per_second();
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

	same_verdict(a, b);
	rg_verdict_free(a);
	rg_verdict_free(b);
	for (size_t i = 0; i < RUNS; i++)
		rg_profile_free(made_run[i]);
}

static void a_function_without_samples_changes_nothing(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = per_second();

	(void)state;
	made_extra(&canary, "f02", 4000);
	struct rg_verdict *a = judge_specs(&base, &canary, &policy);

	made_extra(&base, "idle", 0);
	made_extra(&canary, "idle", 0);
	struct rg_verdict *b = judge_specs(&base, &canary, &policy);

	same_verdict(a, b);
	rg_verdict_free(a);
	rg_verdict_free(b);
}

static void swapped_sides_turn_estimates_round(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = per_second();

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
	const struct rg_policy policy = per_second();

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
	const struct rg_policy policy = per_second();

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
	const struct rg_policy policy = per_second();

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
	struct rg_policy policy = per_second();
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
	const struct rg_policy policy = per_second();
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

/* --- Rows ------------------------------------------------------------------------------------- */

static void rows_come_by_interest(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = per_second();

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

static void rows_beyond_the_most_are_counted(void **state)
{
	struct made_spec spec = made_default();
	const struct rg_policy policy = per_second();

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
	const struct rg_policy policy = per_second();

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

static bool row_is_finite(const struct rg_row *row)
{
	const double figures[] = {
		row->cost_base, row->cost_canary, row->share_base,  row->share_canary,
		row->growth,    row->growth_low,  row->growth_high, row->raw_growth,
		row->mdg,       row->p,           row->impact};

	for (size_t i = 0; i < COUNT(figures); i++) {
		if (!isfinite(figures[i]))
			return false;
	}
	return row->growth >= -1 && row->growth_high <= RG_GROWTH_MAX && row->p >= 0 && row->p <= 1;
}

/* Extremes of every field, so that whatever is divided or logged meets zero or the largest. */
static void every_figure_is_finite(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (int i = 0; i < 80; i++) {
		struct made_spec base = made_default(), canary = made_default();
		struct rg_policy policy = per_second();

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
	const struct rg_policy policy = per_second();

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

/* --- Limits ----------------------------------------------------------------------------------- */

static void counts_that_do_not_add_up_are_refused(void **state)
{
	struct made_spec spec = {.functions = 1,
				 .heaviest = INT64_MAX / 2,
				 .period_ns = 1,
				 .wall_ns = 1000000000,
				 .module = "server"};
	const struct rg_policy policy = per_second();
	struct rg_profile *profile = made(&spec);
	const struct rg_profile *runs[] = {profile, profile, profile};
	struct rg_verdict *verdict = NULL;
	struct rg_err err = {0};

	(void)state;
	assert_int_equal(rg_diff_judge(&(struct rg_runs){runs, 3}, &(struct rg_runs){runs, 1},
				       &policy, &verdict, &err),
			 RG_ELIMIT);
	assert_string_equal(err.text, "diff: add up the samples: more than 2^63 - 1");
	assert_null(verdict);
	rg_profile_free(profile);
}

static void the_largest_counts_that_fit_are_judged(void **state)
{
	struct made_spec spec = {.functions = 1,
				 .heaviest = INT64_MAX / 10 * 9,
				 .period_ns = 1,
				 .wall_ns = 1000000000,
				 .module = "server"};
	const struct rg_policy policy = per_second();

	(void)state;
	struct rg_verdict *verdict = judge_specs(&spec, &spec, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_true(row_is_finite(&verdict->rows[0]) && row_is_finite(&verdict->total));
	rg_verdict_free(verdict);
}

/* CPU times below half a period round to no sample at all. */
static void a_profile_that_rounds_to_nothing_is_empty(void **state)
{
	struct made_spec spec = made_default();
	struct rg_policy policy = per_second();

	(void)state;
	policy.min_samples = 0;
	spec.no_samples = true;
	spec.functions = 8;
	spec.heaviest = 1;
	made_set(&spec, RG_KEY_PERIOD_NS, "30000000");
	struct rg_verdict *verdict = judge_specs(&spec, &spec, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_string_equal(verdict->reason, "a baseline run holds no CPU samples");
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_policy_out_of_range_is_refused),
		cmocka_unit_test(no_baseline_run_is_no_baseline),
		cmocka_unit_test(no_canary_run_is_undecided),
		cmocka_unit_test(an_empty_side_never_passes),
		cmocka_unit_test(one_empty_run_among_several_is_undecided),
		cmocka_unit_test(below_the_minimum_of_samples_is_always_undecided),
		cmocka_unit_test(the_reason_names_the_counts),
		cmocka_unit_test(the_order_of_runs_does_not_matter),
		cmocka_unit_test(a_function_without_samples_changes_nothing),
		cmocka_unit_test(swapped_sides_turn_estimates_round),
		cmocka_unit_test(unequal_frequencies_are_harmless),
		cmocka_unit_test(unequal_frequencies_do_not_hide_growth),
		cmocka_unit_test(windows_of_unequal_length_are_harmless),
		cmocka_unit_test(costs_are_cores_per_second_and_parts_on_shares),
		cmocka_unit_test(several_runs_see_more),
		cmocka_unit_test(rows_come_by_interest),
		cmocka_unit_test(rows_beyond_the_most_are_counted),
		cmocka_unit_test(a_new_function_has_no_growth),
		cmocka_unit_test(every_figure_is_finite),
		cmocka_unit_test(an_unnamed_function_is_tested_like_any_other),
		cmocka_unit_test(counts_that_do_not_add_up_are_refused),
		cmocka_unit_test(the_largest_counts_that_fit_are_judged),
		cmocka_unit_test(a_profile_that_rounds_to_nothing_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
