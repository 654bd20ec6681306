/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fit must do whatever the figures are. */
#include "fit_made.h"

static void fit_growths(const struct made *made, double *growth, struct rg_arena *arena)
{
	struct rg_ranks ranks;
	struct rg_fit fit;

	assert_int_equal(rg_ranks_make(&ranks, &made->table, &(struct rg_rules){0}, arena, NULL),
			 0);
	assert_int_equal(rg_fit_make(&fit, &made->table, ranks.judged, ranks.judged_count, 0.05,
				     arena, NULL),
			 0);
	for (size_t row = 0; row < made->table.rows; row++) {
		struct rg_estimate estimate;

		rg_fit_row(&fit, row, &estimate);
		growth[row] = estimate.log_growth;
	}
}

static void swapped_sides_turn_the_growth_round(void **state)
{
	const struct golden there = {.base_runs = 3, .canary_runs = 2, .noisy_every = 2};
	const struct golden back = {.base_runs = 2, .canary_runs = 3};
	struct rg_arena *arena = rg_arena_new(0);
	double forward[ROWS], backward[ROWS];
	struct made made, swapped;

	(void)state;
	make_table(&made, &there, arena);
	make_table(&swapped, &back, arena);
	for (size_t row = 0; row < ROWS; row++) {
		for (size_t run = 0; run < 5; run++)
			swapped.count[row * 5 + (run + 2) % 5] = made.count[row * 5 + run];
	}
	for (size_t run = 0; run < 5; run++)
		swapped.exposure[(run + 2) % 5] = made.exposure[run];
	assert_int_equal(rg_table_sum(&swapped.table, arena, NULL), 0);
	fit_growths(&made, forward, arena);
	fit_growths(&swapped, backward, arena);
	for (size_t row = 0; row < ROWS; row++) {
		assert_true(fabs(forward[row] + backward[row]) < 1e-12);
		assert_close(expm1(forward[row]), 1 / (1 + expm1(backward[row])) - 1, 1e-10);
	}
	rg_arena_free(arena);
}

static void exposure_in_another_unit_changes_nothing(void **state)
{
	const struct golden golden = {.base_runs = 3, .canary_runs = 2};
	struct rg_arena *arena = rg_arena_new(0);
	double before[ROWS], after[ROWS];
	struct made made;

	(void)state;
	make_table(&made, &golden, arena);
	fit_growths(&made, before, arena);
	for (size_t run = 0; run < 5; run++)
		made.exposure[run] *= 1e-9;
	fit_growths(&made, after, arena);
	for (size_t row = 0; row < ROWS; row++)
		assert_true(fabs(before[row] - after[row]) < 1e-12);
	rg_arena_free(arena);
}

static void a_count_of_zero_takes_a_half_on_both_sides(void **state)
{
	const struct golden golden = {.base_runs = 1, .canary_runs = 1};
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_estimate estimate;
	struct rg_ranks ranks;
	struct rg_fit fit;
	struct made made;

	(void)state;
	make_table(&made, &golden, arena);
	made.count[44 * 2] = 0;
	made.count[44 * 2 + 1] = 40;
	made.count[43 * 2] = 40;
	made.count[43 * 2 + 1] = 0;
	assert_int_equal(rg_table_sum(&made.table, arena, NULL), 0);
	assert_int_equal(rg_ranks_make(&ranks, &made.table, &(struct rg_rules){0}, arena, NULL), 0);
	assert_int_equal(rg_fit_make(&fit, &made.table, ranks.judged, ranks.judged_count, 0.05,
				     arena, NULL),
			 0);
	double scale = log(fit.scale_side[RG_END_BASE] / fit.scale_side[RG_END_CANARY]);

	rg_fit_row(&fit, 44, &estimate);
	assert_close(estimate.log_growth, log(40.5 / 0.5) + scale, 1e-12);
	assert_true(estimate.raw == INFINITY);
	assert_true(isfinite(estimate.variance) && estimate.variance > 0);
	rg_fit_row(&fit, 43, &estimate);
	assert_close(estimate.log_growth, log(0.5 / 40.5) + scale, 1e-12);
	assert_true(estimate.raw == -INFINITY);
	rg_arena_free(arena);
}

static void too_few_rows_have_nothing_in_common(void **state)
{
	const struct golden golden = {.base_runs = 1, .canary_runs = 1};
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_ranks ranks;
	struct rg_fit fit;
	struct made made;

	(void)state;
	make_table(&made, &golden, arena);
	made.table.rows = 2;
	assert_int_equal(rg_table_sum(&made.table, arena, NULL), 0);
	assert_int_equal(rg_ranks_make(&ranks, &made.table, &(struct rg_rules){0}, arena, NULL), 0);
	assert_int_equal(rg_fit_make(&fit, &made.table, ranks.judged, ranks.judged_count, 0.05,
				     arena, NULL),
			 0);
	assert_true(fit.common == 0);
	assert_int_equal(fit.pool_count, 2);
	rg_arena_free(arena);
}

/* Runs that agree better than counts can are luck: their counts still have Poisson's noise. */
static void variance_is_never_below_that_within_the_runs(void **state)
{
	const struct golden golden = {.base_runs = 3, .canary_runs = 3};
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_ranks ranks;
	struct rg_fit fit;
	struct made made;

	(void)state;
	make_table(&made, &golden, arena);
	for (size_t row = 0; row < ROWS; row++) {
		for (size_t run = 1; run < 6; run++)
			made.count[row * 6 + run] = made.count[row * 6];
	}
	for (size_t run = 0; run < 6; run++)
		made.exposure[run] = 29700;
	assert_int_equal(rg_table_sum(&made.table, arena, NULL), 0);
	assert_int_equal(rg_ranks_make(&ranks, &made.table, &(struct rg_rules){0}, arena, NULL), 0);
	assert_int_equal(rg_fit_make(&fit, &made.table, ranks.judged, ranks.judged_count, 0.05,
				     arena, NULL),
			 0);
	for (size_t row = 0; row < ROWS; row++) {
		struct rg_estimate estimate;

		rg_fit_row(&fit, row, &estimate);
		assert_true(estimate.variance >= estimate.within[0] + estimate.within[1]);
	}
	rg_arena_free(arena);
}

/* Row 0 apart, every row costs half as much again in the canary, or two thirds. */
static void make_versions_far_apart(struct made *made, const struct golden *golden,
				    struct rg_arena *arena)
{
	size_t runs = golden->base_runs + golden->canary_runs;

	make_table(made, golden, arena);
	for (size_t row = 1; row < ROWS; row++) {
		for (size_t run = golden->base_runs; run < runs; run++) {
			int64_t *count = &made->count[row * runs + run];

			*count = row % 2 ? *count * 3 / 2 : *count * 2 / 3;
		}
	}
	assert_int_equal(rg_table_sum(&made->table, arena, NULL), 0);
}

static double estimate_of(const struct golden *golden, struct rg_estimate *out, double *prior)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_estimate alone;
	struct rg_ranks ranks;
	struct rg_fit fit;
	struct made made;

	make_versions_far_apart(&made, golden, arena);
	assert_int_equal(rg_ranks_make(&ranks, &made.table, &(struct rg_rules){0}, arena, NULL), 0);
	assert_int_equal(rg_fit_make(&fit, &made.table, ranks.judged, ranks.judged_count, 0.05,
				     arena, NULL),
			 0);
	rg_fit_row(&fit, 0, out);
	rg_fit_row_variance(&fit, 0, &alone);
	*prior = fit.prior;
	rg_arena_free(arena);
	return alone.variance;
}

/* Four rounds show what one row's growth is worth, whatever the others did; less than that, or none, do not. */
static void versions_far_apart_are_no_noise_in_rounds(void **state)
{
	static const struct {
		struct golden golden;
		bool measured;
	} rows[] = {
		{{.base_runs = 4, .canary_runs = 4, .paired = true}, true},
		{{.base_runs = 4, .canary_runs = 4, .paired = true, .shares = true}, true},
		{{.base_runs = 3, .canary_runs = 3, .paired = true}, false},
		{{.base_runs = 4, .canary_runs = 4}, false},
		{{.base_runs = 1, .canary_runs = 1}, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_estimate estimate;
		double prior, alone = estimate_of(&rows[i].golden, &estimate, &prior);

		assert_close(estimate.variance, alone + estimate.spread, 1e-12);
		if (rows[i].measured) {
			assert_close(estimate.spread, prior, 1e-12);
			assert_close(estimate.versions, 1.25 * prior, 1e-12);
		} else
			assert_true(estimate.versions == 0 && estimate.spread > 0.05);
	}
}

/* Nothing in the engine makes one; if something ever does, it must not read as a pass. */
static void a_number_that_is_not_finite_withholds_the_pass(void **state)
{
	const struct golden golden = {.base_runs = 1, .canary_runs = 1};
	const struct rg_scope scope = {.total = false, .shown = ROWS};
	const double bad[] = {NAN, INFINITY, -1, 0};
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_judgement judgement;
	struct rg_policy policy;
	struct made made;

	(void)state;
	rg_policy_init(&policy);
	policy.growth = policy.limit = 10; /* so that nothing else keeps it from passing */
	make_table(&made, &golden, arena);
	assert_int_equal(rg_judgement_make(&judgement, &made.table, &policy, &scope, arena, NULL),
			 0);
	assert_int_equal(judgement.outcome, RG_OUTCOME_PASS);
	policy.prior_cv = 0;
	for (size_t i = 0; i < COUNT(bad); i++) {
		made.phi[0] = bad[i];
		assert_int_equal(rg_judgement_make(&judgement, &made.table, &policy, &scope, arena,
						   NULL),
				 0);
		assert_int_equal(judgement.outcome, RG_OUTCOME_UNDECIDED);
	}
	rg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(swapped_sides_turn_the_growth_round),
		cmocka_unit_test(exposure_in_another_unit_changes_nothing),
		cmocka_unit_test(a_count_of_zero_takes_a_half_on_both_sides),
		cmocka_unit_test(too_few_rows_have_nothing_in_common),
		cmocka_unit_test(variance_is_never_below_that_within_the_runs),
		cmocka_unit_test(versions_far_apart_are_no_noise_in_rounds),
		cmocka_unit_test(a_number_that_is_not_finite_withholds_the_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
