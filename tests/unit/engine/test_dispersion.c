/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much counts vary from batch to batch of a window. */
#include "align_made.h"

static void dispersion_is_that_of_the_batches(void **state)
{
	/* All 40 samples in one of 20 slices: squares 38^2 + 19 x 2^2 = 1520, Poisson 40 x 19/20. */
	const struct line burst[] = {{"burst", "server", "", 0, 7, 40, 400000000}};
	const struct line other[] = {{"burst", "server", "", 0, RG_NO_SLICE, 5, 50000000}};
	struct aligned aligned;

	(void)state;
	align(&aligned, profile_of(burst, 1, 20, true), profile_of(other, 1, 20, true));
	assert_close(aligned.alignment.table.phi[0], 1520.0 / 38, 1e-12);
	assert_close(aligned.alignment.table.phi_df, 19, 1e-12);
	aligned_done(&aligned);
}

static void an_even_spread_is_poisson_at_least(void **state)
{
	struct line even[20];
	struct aligned aligned;

	(void)state;
	for (uint32_t i = 0; i < 20; i++)
		even[i] = (struct line){"even", "server", "", 0, i, 10, 100000000};
	align(&aligned, profile_of(even, 20, 20, true), profile_of(even, 20, 20, true));
	assert_true(aligned.alignment.table.phi[0] == 1);
	aligned_done(&aligned);
}

/* Ten short slices and one ten times as long, with ten times the samples: the rate is even. */
static void dispersion_is_about_the_rate_not_the_count(void **state)
{
	struct rg_profile *profile[2] = {NULL, NULL};
	struct aligned aligned;

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct rg_profile_builder *builder = rg_profile_builder_new();
		struct rg_sample sample = {.thread = ""};
		uint32_t module, frame;

		rg_profile_builder_module(builder, "server", "", &module, NULL);
		rg_profile_builder_frame(
			builder,
			&(struct rg_frame){.function = "even", .file = "", .module = module},
			&frame, NULL);
		rg_profile_builder_stack(builder, &frame, 1, &sample.stack, NULL);
		for (uint32_t i = 0; i < 11; i++) {
			uint64_t wall = i < 10 ? 100 : 1000;

			rg_profile_builder_slice(builder, &(struct rg_slice){.wall_ns = wall},
						 NULL);
			sample.slice = i;
			sample.value[RG_VALUE_SAMPLES] = (int64_t)wall;
			rg_profile_builder_sample(builder, &sample, NULL);
		}
		assert_int_equal(rg_profile_builder_finish(builder, &profile[k], NULL), 0);
		rg_profile_builder_free(builder);
	}
	align(&aligned, profile[0], profile[1]);
	assert_true(aligned.alignment.table.phi[0] == 1);
	assert_close(aligned.alignment.table.phi_df, 10, 1e-12);
	aligned_done(&aligned);
}

static void few_slices_say_nothing_of_dispersion(void **state)
{
	const struct line burst[] = {{"burst", "server", "", 0, 1, 40, 400000000}};
	struct aligned aligned;

	(void)state;
	align(&aligned, profile_of(burst, 1, RG_BATCH_MIN - 1, true),
	      profile_of(burst, 1, RG_BATCH_MIN - 1, true));
	assert_true(aligned.alignment.table.phi[0] == 1);
	assert_true(aligned.alignment.table.phi_df == 0);
	assert_int_equal(aligned.set.run[0].batches, 0);
	aligned_done(&aligned);
}

static void cpu_time_alone_is_counted_in_rounded_periods(void **state)
{
	const struct line timed[] = {
		{"short", "server", "", 0, 0, 0, 4999999},
		{"half", "server", "", 0, 0, 0, 5000000},
		{"odd", "server", "", 0, 0, 0, 10000000},
		{"odd", "server", "", 0, 1, 0, 17000000},
	};
	struct aligned aligned;

	(void)state;
	align(&aligned, profile_of(timed, COUNT(timed), 20, false),
	      profile_of(timed, COUNT(timed), 20, false));
	const struct rg_table *table = &aligned.alignment.table;

	assert_int_equal(table->side[RG_END_BASE][row_of(&aligned, "short", "server")], 0);
	assert_int_equal(table->side[RG_END_BASE][row_of(&aligned, "half", "server")], 1);
	/* 27 ms together, not 10 and 17 apart. */
	assert_int_equal(table->side[RG_END_BASE][row_of(&aligned, "odd", "server")], 3);
	aligned_done(&aligned);
}

static void slices_fall_into_batches_by_time(void **state)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_profile *profile = NULL;
	struct rg_batches batches;

	(void)state;
	/* One slice as long as ten others: it is in the middle of its stretch, alone. */
	for (int i = 0; i < 10; i++)
		rg_profile_builder_slice(builder, &(struct rg_slice){.wall_ns = 100}, NULL);
	rg_profile_builder_slice(builder, &(struct rg_slice){.wall_ns = 1000}, NULL);
	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	assert_int_equal(rg_batches_make(&batches, profile, arena, NULL), 0);
	assert_int_equal(batches.used, 11);
	assert_int_equal(batches.of_slice[0], 0);
	assert_int_equal(batches.of_slice[9], 9);
	assert_int_equal(batches.of_slice[10], 15);
	assert_close(batches.part[0], 0.05, 1e-12);
	assert_close(batches.part[15], 0.5, 1e-12);
	assert_close(batches.part_square, 10 * 0.0025 + 0.25, 1e-12);
	rg_profile_free(profile);
	rg_profile_builder_free(builder);
	rg_arena_free(arena);
}

static void three_hundred_slices_make_batches_of_fifteen(void **state)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_profile *profile = NULL;
	struct rg_batches batches;

	(void)state;
	for (int i = 0; i < 300; i++)
		rg_profile_builder_slice(builder, &(struct rg_slice){0}, NULL);
	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	assert_int_equal(rg_batches_make(&batches, profile, arena, NULL), 0);
	assert_int_equal(batches.used, RG_BATCH_COUNT);
	for (size_t i = 0; i < 300; i++)
		assert_int_equal(batches.of_slice[i], i / 15);
	rg_profile_free(profile);
	rg_profile_builder_free(builder);
	rg_arena_free(arena);
}

/* A machine that is busy elsewhere half of the time: both functions get 10 or 90 samples a slice. */
static struct rg_profile *profile_under_bursts(void)
{
	struct line line[40];

	for (uint32_t i = 0; i < COUNT(line); i++) {
		int64_t samples = i / 2 % 2 ? 90 : 10;

		line[i] = (struct line){i % 2 ? "one" : "two", "server", "", 0, i / 2, samples,
					samples * 10000000};
	}
	return profile_of(line, COUNT(line), 20, true);
}

static void bursts_of_all_functions_are_no_noise_of_shares(void **state)
{
	struct aligned aligned;

	(void)state;
	align_by(&aligned, profile_under_bursts(), profile_under_bursts(), RG_SPREAD_BY_TIME);
	/* By hand: 20 batches 40 away from their mean of 50, 32,000 over 20 * 50 * 19/20. */
	assert_float_equal(aligned.alignment.table.phi[0], 33.684, 0.001);
	aligned_done(&aligned);
	align_by(&aligned, profile_under_bursts(), profile_under_bursts(), RG_SPREAD_BY_SAMPLES);
	assert_float_equal(aligned.alignment.table.phi[0], 1, 1e-9);
	aligned_done(&aligned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dispersion_is_that_of_the_batches),
		cmocka_unit_test(an_even_spread_is_poisson_at_least),
		cmocka_unit_test(bursts_of_all_functions_are_no_noise_of_shares),
		cmocka_unit_test(dispersion_is_about_the_rate_not_the_count),
		cmocka_unit_test(few_slices_say_nothing_of_dispersion),
		cmocka_unit_test(cpu_time_alone_is_counted_in_rounded_periods),
		cmocka_unit_test(slices_fall_into_batches_by_time),
		cmocka_unit_test(three_hundred_slices_make_batches_of_fifteen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
