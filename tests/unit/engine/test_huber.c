/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "stats.h"

static double location(const double *value, const double *weight, size_t count)
{
	struct rg_weighted points[16];

	assert_true(count <= COUNT(points));
	for (size_t i = 0; i < count; i++)
		points[i] = (struct rg_weighted){value[i], weight[i]};
	return rg_huber_location(points, count);
}

static void nothing_is_at_zero(void **state)
{
	(void)state;
	assert_true(location(NULL, NULL, 0) == 0);
}

static void close_values_give_their_weighted_mean(void **state)
{
	const double value[] = {0.1, 0.2, 0.3}, weight[] = {1, 2, 1};

	(void)state;
	/* All within 1.5 standard errors (1 and 1/sqrt 2): nothing is weighed down. */
	assert_close(location(value, weight, 3), 0.2, 1e-12);
}

/*
 * 0 three times and 10, all of weight 1: the outlier pulls with 1.5/|10 - s| of its weight, so s
 * solves 3 s = 1.5, s = 0.5, to which the 8 rounds come within a thousandth.
 */
static void an_outlier_pulls_with_one_and_a_half_errors(void **state)
{
	const double value[] = {0, 10, 0, 0}, weight[] = {1, 1, 1, 1};

	(void)state;
	assert_close(location(value, weight, 4), 0.5, 2e-3);
}

static void order_does_not_matter(void **state)
{
	const double a[] = {3, 1, 2, 9, 1}, wa[] = {1, 4, 2, 3, 5};
	const double b[] = {1, 9, 1, 2, 3}, wb[] = {5, 3, 4, 2, 1};

	(void)state;
	assert_true(location(a, wa, 5) == location(b, wb, 5));
}

static void negated_values_give_the_negated_location(void **state)
{
	const double value[] = {0.4, -0.1, 0.7, 0.2}, weight[] = {30, 10, 10, 30};
	double negated[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		negated[i] = -value[i];
	assert_close(location(negated, weight, 4), -location(value, weight, 4), 1e-14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_at_zero),
		cmocka_unit_test(close_values_give_their_weighted_mean),
		cmocka_unit_test(an_outlier_pulls_with_one_and_a_half_errors),
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(negated_values_give_the_negated_location),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
