/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "rg/units.h"
#include "budget.h"

static void test_ends(void **state)
{
	struct rg_budget budget = {.left_ns = 20 * RG_NS_PER_MS};
	uint64_t steps = 0;

	(void)state;
	rg_budget_enter(&budget);
	while (rg_budget_step(&budget))
		steps++;
	/* Some thousand steps at least fit, and the end is the end. */
	assert_true(steps > 1000);
	assert_int_equal(budget.left_ns, 0);
	rg_budget_leave(&budget);
	rg_budget_enter(&budget);
	assert_false(rg_budget_step(&budget));
	assert_false(rg_budget_look(&budget));
}

static void test_look_sees_the_end_at_once(void **state)
{
	struct rg_budget budget = {.left_ns = RG_NS_PER_MS};
	clock_t until = clock() + CLOCKS_PER_SEC / 100;

	(void)state;
	rg_budget_enter(&budget);
	while (clock() < until)
		;
	assert_false(rg_budget_look(&budget));
}

static void test_only_used_time_counts(void **state)
{
	struct rg_budget budget = {.left_ns = 20 * RG_NS_PER_MS};
	const struct timespec pause = {.tv_nsec = 30 * 1000 * 1000};

	(void)state;
	rg_budget_enter(&budget);
	nanosleep(&pause, NULL);
	rg_budget_leave(&budget);
	assert_true(budget.left_ns > 10 * RG_NS_PER_MS);
	assert_true(rg_budget_step(&budget));
}

static void test_time_between_uses_is_free(void **state)
{
	struct rg_budget budget = {.left_ns = 20 * RG_NS_PER_MS};
	clock_t until;

	(void)state;
	rg_budget_enter(&budget);
	rg_budget_leave(&budget);
	until = clock() + CLOCKS_PER_SEC / 20;
	while (clock() < until)
		;
	rg_budget_enter(&budget);
	rg_budget_leave(&budget);
	assert_true(budget.left_ns > 10 * RG_NS_PER_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_look_sees_the_end_at_once),
		cmocka_unit_test(test_only_used_time_counts),
		cmocka_unit_test(test_time_between_uses_is_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
