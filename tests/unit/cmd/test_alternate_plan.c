/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/unit.h"

#include "alternate_plan.h"

#include "rg/capture.h"
#include "rg/config.h"
#include "rg/units.h"

#define MS RG_NS_PER_MS
#define S  RG_NS_PER_S

static struct alternate_plan plan_of(uint32_t rounds, uint64_t window_ns, uint64_t warmup_ns,
				     const struct rg_capture_rehearsal *rehearsals)
{
	const struct rg_config config = {
		.window_ns = window_ns,
		.warmup_ns = warmup_ns,
		.slice_ns = S,
		.alternate = {.rounds = rounds},
	};

	return alternate_plan_make(&config, rehearsals, false);
}

/* --- Order ---------------------------------------------------------------------------------- */

static void each_side_is_first_as_often_as_the_other(void **state)
{
	const struct alternate_plan base = {.canary_first = false}, canary = {.canary_first = true};
	char order[64];

	(void)state;
	alternate_plan_order(&base, 4, order, sizeof(order));
	assert_string_equal(order, "A B B A A B B A");
	alternate_plan_order(&canary, 3, order, sizeof(order));
	assert_string_equal(order, "B A A B B A");
	alternate_plan_order(&base, 20, order, sizeof(order));
	assert_string_equal(order, "A B B A A B B A …");
}

static void an_order_that_does_not_fit_is_cut(void **state)
{
	const struct alternate_plan plan = {0};
	char order[8];

	(void)state;
	alternate_plan_order(&plan, RG_ROUNDS_MAX, order, sizeof(order));
	assert_string_equal(order, "A B B A");
}

/* --- Length --------------------------------------------------------------------------------- */

static void rounds_share_the_window(void **state)
{
	const struct rg_capture_rehearsal services[2] = {{.ready = true, .took_ns = 2 * S},
							 {.ready = true, .took_ns = 2 * S}};
	struct alternate_plan plan = plan_of(4, 30 * S, 0, services);

	(void)state;
	assert_int_equal(plan.executions, 0);
	assert_int_equal(plan.window_ns, 7500 * MS);
	assert_int_equal(plan.slice_ns, 375 * MS);
	assert_int_equal(plan.warmup_ns, S);
	/* Start, warm-up, window, and what is around it. */
	assert_int_equal(plan.run_ns, 2 * S + S + 7500 * MS + S);
	assert_int_equal(plan_of(4, 30 * S, 5 * S, services).warmup_ns, 5 * S);
}

static void a_run_is_not_too_short_for_slices(void **state)
{
	const struct rg_capture_rehearsal services[2] = {{0}, {0}};
	struct alternate_plan plan = plan_of(100, S, 0, services);

	(void)state;
	assert_int_equal(plan.window_ns, 500 * MS);
	assert_int_equal(plan.slice_ns, 100 * MS);
}

static void a_program_that_ends_fills_the_time_by_the_slower_version(void **state)
{
	const struct rg_capture_rehearsal ends[2] = {{.ended = true, .took_ns = 300 * MS},
						     {.ended = true, .took_ns = 800 * MS}};
	const struct rg_capture_rehearsal one[2] = {{.ended = true, .took_ns = 300 * MS},
						    {.took_ns = S}};
	struct alternate_plan plan = plan_of(4, 30 * S, 2 * S, ends);

	(void)state;
	assert_int_equal(plan.executions, 10);
	assert_int_equal(plan.warmup_ns, 0);
	assert_true(plan.window_ns >= 2 * 10 * 800 * MS);
	assert_int_equal(plan_of(4, 30 * S, 2 * S, one).executions, 0);
}

static const struct rounds_row {
	const char *sentence;
	uint32_t said, most;
	uint64_t window_ns, took_ns; /* 0: it does not end by itself */
	uint32_t rounds;
} rounds_rows[] = {
	{"what is said stands", 6, 0, 30 * S, S, 6},
	{"a service warms up: four", 0, 0, 300 * S, 0, 4},
	{"a short program: one for a second of the window", 0, 0, 10 * S, 300 * MS, 10},
	{"a longer one: as often as the window has it", 0, 0, 10 * S, 2 * S, 5},
	{"one as long as the window: four", 0, 0, 10 * S, 10 * S, 4},
	{"a long window: twenty", 0, 0, 300 * S, 300 * MS, 20},
	{"where more may follow, half of all at first", 0, 16, 300 * S, 300 * MS, 8},
	{"and four at least", 0, 5, 300 * S, 300 * MS, 4},
};

static void rounds_are_many_where_they_can_be_short(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rounds_rows) / sizeof(rounds_rows[0]); i++) {
		const struct rounds_row *row = &rounds_rows[i];
		const struct rg_capture_rehearsal both = {.ended = row->took_ns > 0,
							  .took_ns = row->took_ns};
		const struct rg_capture_rehearsal rehearsals[2] = {both, both};
		const struct rg_config config = {
			.window_ns = row->window_ns,
			.slice_ns = S,
			.alternate = {.rounds = row->said, .max_rounds = row->most},
		};

		print_message("%s\n", row->sentence);
		assert_int_equal(alternate_plan_make(&config, rehearsals, false).rounds,
				 row->rounds);
	}
}

static void executions_are_at_least_one_and_not_countless(void **state)
{
	const struct rg_capture_rehearsal slow[2] = {{.ended = true, .took_ns = 20 * S},
						     {.ended = true, .took_ns = 25 * S}};
	const struct rg_capture_rehearsal quick[2] = {{.ended = true, .took_ns = 1},
						      {.ended = true, .took_ns = 1}};

	(void)state;
	assert_int_equal(plan_of(4, 30 * S, 0, slow).executions, 1);
	assert_int_equal(plan_of(2, 24 * 3600 * S, 0, quick).executions, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_side_is_first_as_often_as_the_other),
		cmocka_unit_test(an_order_that_does_not_fit_is_cut),
		cmocka_unit_test(rounds_share_the_window),
		cmocka_unit_test(a_run_is_not_too_short_for_slices),
		cmocka_unit_test(a_program_that_ends_fills_the_time_by_the_slower_version),
		cmocka_unit_test(rounds_are_many_where_they_can_be_short),
		cmocka_unit_test(executions_are_at_least_one_and_not_countless),
	};

	return cmocka_run_group_tests_name("cmd/alternate_plan", tests, NULL, NULL);
}
