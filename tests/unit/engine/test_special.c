/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "stats.h"

struct point {
	double x, trigamma;
};

/* mpmath, 30 digits; the ones at 1/2 and 1 are pi^2/2 and pi^2/6 (Abramowitz & Stegun 6.4). */
static const struct point points[] = {
	{0.1, 101.43329915079275},  {0.5, 4.9348022005446793},   {1, 1.6449340668482264},
	{1.5, 0.93480220054467931}, {2, 0.64493406684822644},    {5, 0.22132295573711533},
	{10, 0.10516633568168575},  {50.5, 0.01999933342663716},
};

static void trigamma_matches_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(points); i++)
		assert_close(rg_trigamma(points[i].x), points[i].trigamma, 1e-13);
	assert_true(isnan(rg_trigamma(0)));
	assert_true(isnan(rg_trigamma(NAN)));
}

static void trigamma_has_its_recurrence(void **state)
{
	(void)state;
	for (double x = 0.01; x < 100; x *= 1.3)
		assert_close(rg_trigamma(x), rg_trigamma(x + 1) + 1 / (x * x), 1e-13);
}

static void inverse_inverts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(points); i++)
		assert_close(rg_trigamma_inverse(points[i].trigamma), points[i].x, 1e-10);
	for (double y = 1e-6; y < 1e12; y *= 7)
		assert_close(rg_trigamma(rg_trigamma_inverse(y)), y, 1e-9);
	assert_true(isnan(rg_trigamma_inverse(0)));
	assert_true(isnan(rg_trigamma_inverse(-1)));
}

static double minus_log(double x, const void *ctx)
{
	return *(const double *)ctx - log(x);
}

static void root_is_found_or_the_nearer_end(void **state)
{
	const double log_of_root = log(3);

	(void)state;
	assert_close(rg_root_falling(minus_log, &log_of_root, 1e-9, 1e9), 3, 1e-12);
	assert_true(rg_root_falling(minus_log, &log_of_root, 4, 1e9) == 4);
	assert_true(rg_root_falling(minus_log, &log_of_root, 1e-9, 2) == 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trigamma_matches_tables),
		cmocka_unit_test(trigamma_has_its_recurrence),
		cmocka_unit_test(inverse_inverts),
		cmocka_unit_test(root_is_found_or_the_nearer_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
