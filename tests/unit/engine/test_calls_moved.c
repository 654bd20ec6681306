/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "calls_moved.h"

#include "rg/arena.h"

#include <math.h>

/*
 * A program of functions with 2,000 samples each. The first of them are called by one caller in a tenth of that
 * cost, and by others in the rest.
 */

enum { ROWS = 16, SAMPLES = 2000, UNDER = 200 };

struct change {
	size_t called;  /* functions that the caller calls */
	double under;   /* factor of what it calls */
	double others;  /* of what the others call of those */
	double machine; /* of everything */
};

struct world {
	struct rg_arena *arena;
	int64_t count[ROWS][RG_END_COUNT];
	double under[RG_END_COUNT][ROWS]; /* samples */
	struct rg_table table;
	struct rg_fit fit;
};

static void draw(struct world *world, const struct change *change)
{
	for (size_t row = 0; row < ROWS; row++) {
		bool called = row < change->called;
		double before = called ? UNDER : 0, after = before * change->under;
		double rest = (SAMPLES - before) * (called ? change->others : 1);

		world->under[RG_END_BASE][row] = before;
		world->under[RG_END_CANARY][row] = after * change->machine;
		world->count[row][RG_END_BASE] = SAMPLES;
		world->count[row][RG_END_CANARY] = llround((after + rest) * change->machine);
	}
}

static void fit(struct world *world)
{
	static const double exposure[] = {1, 1};
	double *phi = rg_arena_array(world->arena, ROWS, sizeof(*phi));
	uint32_t *order = rg_arena_array(world->arena, ROWS, sizeof(*order));

	assert_true(phi && order);
	for (uint32_t row = 0; row < ROWS; row++) {
		phi[row] = 1;
		order[row] = row;
	}
	world->table = (struct rg_table){
		.rows = ROWS,
		.runs = {1, 1},
		.count = &world->count[0][0],
		.exposure = exposure,
		.phi = phi,
		.phi_df = 19,
	};
	assert_int_equal(rg_table_sum(&world->table, world->arena, NULL), 0);
	assert_int_equal(
		rg_fit_make(&world->fit, &world->table, order, ROWS, 0.05, world->arena, NULL), 0);
}

/* In units of the estimates, as all sums are. */
static void sum(const struct world *world, bool under, struct rg_growth_sums *out)
{
	*out = (struct rg_growth_sums){0};
	for (int end = 0; end < RG_END_COUNT; end++) {
		double scale = world->fit.scale_side[end], *whole = end ? &out->canary : &out->base;

		out->leaf[end] = rg_arena_array(world->arena, ROWS, sizeof(double));
		assert_non_null(out->leaf[end]);
		for (size_t row = 0; row < ROWS; row++) {
			double samples =
				under ? world->under[end][row] : (double)world->count[row][end];

			out->leaf[end][row] = samples / scale;
			*whole += samples / scale;
		}
	}
}

/* Of what the caller cost before. */
static double certain(const struct change *change)
{
	struct world world = {.arena = rg_arena_new(0)};
	struct rg_growth_sums under, whole;

	assert_non_null(world.arena);
	draw(&world, change);
	fit(&world);
	sum(&world, true, &under);
	sum(&world, false, &whole);
	double growth = rg_calls_certain_growth(&world.fit, &under, &whole) / under.base;

	rg_arena_free(world.arena);
	return growth;
}

static void test_what_a_caller_asks_for_more_is_growth(void **state)
{
	(void)state;
	/* Twice as much: a tenth more of what it calls, of which a few are known to 7 % each. */
	double few = certain(&(struct change){4, 3, 1, 1}),
	       many = certain(&(struct change){8, 3, 1, 1});

	assert_true(few > 0.5 && few < 2);
	assert_true(many > few && many < 2);
}

/* What it calls is most of the program: that is not what the others have in common. */
static void test_growth_of_most_functions_is_not_divided_out(void **state)
{
	(void)state;
	assert_true(certain(&(struct change){10, 3, 1, 1}) > 1);
	assert_true(certain(&(struct change){12, 3, 1, 1}) > 1);
}

static void test_a_slower_machine_is_no_growth(void **state)
{
	(void)state;
	double fast = certain(&(struct change){8, 3, 1, 1});

	assert_true(fabs(certain(&(struct change){8, 3, 1, 1.3}) - fast) < 0.05);
	assert_true(fabs(certain(&(struct change){8, 3, 1, 0.8}) - fast) < 0.05);
}

/* 400 samples more under the caller, and as many less of the others' 1,800. */
static void test_what_others_lost_is_no_growth(void **state)
{
	static const double machines[] = {0.8, 1, 1.3};
	const double others = 1 - 400.0 / (SAMPLES - UNDER);

	(void)state;
	for (size_t i = 0; i < COUNT(machines); i++) {
		for (size_t called = 1; called <= ROWS; called++)
			assert_true(certain(&(struct change){called, 3, others, machines[i]}) <= 0);
	}
}

/* Then nothing is known of what is common but what they do themselves. */
static void test_a_caller_of_everything_is_compared_as_before(void **state)
{
	(void)state;
	assert_true(certain(&(struct change){ROWS, 3, 1, 1}) < 1);
	assert_true(certain(&(struct change){ROWS, 1, 1, 1}) <= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_caller_asks_for_more_is_growth),
		cmocka_unit_test(test_growth_of_most_functions_is_not_divided_out),
		cmocka_unit_test(test_a_slower_machine_is_no_growth),
		cmocka_unit_test(test_what_others_lost_is_no_growth),
		cmocka_unit_test(test_a_caller_of_everything_is_compared_as_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
