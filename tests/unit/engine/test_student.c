/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "stats.h"

/* Reference values: mpmath 1.2, 30 digits, from the regularized incomplete beta function. */
struct tail {
	double t, df, sf;
};

static const struct tail tails[] = {
	{0, 5, 0.5},
	{1, 1, 0.25},
	{2.5, 3.7, 0.035911011455913386},
	{4, 30, 0.00019092281804187842},
	{10, 30, 2.2876257041148066e-11},
	{40, 30, 6.8630225972032014e-28},
	{-1.5, 8, 0.91399835402404436},
	{1.96, 99999, 0.0249992816110155},
	{3, 0.5, 0.18365407799297172},
	{6, 1000, 1.3776845866887346e-9},
};

static void tail_matches_reference(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++)
		assert_close(rg_student_sf(tails[i].t, tails[i].df), tails[i].sf, 1e-9);
}

struct quantile {
	double p, df, t;
};

static const struct quantile quantiles[] = {
	{0.975, 1, 12.706204736174693},  {0.975, 10, 2.2281388519862742},
	{0.95, 30, 1.6972608865939574},  {0.99, 4.5, 3.5270508906260916},
	{0.999, 50, 3.2614090557983179}, {0.9983333, 30, 3.1887981139336266},
	{0.025, 7, -2.3646242515927853}, {0.95, 250000, 1.6448597220507859},
};

static void quantile_matches_reference(void **state)
{
	(void)state;
	/* 1e-5: beyond 100,000 degrees of freedom the normal distribution stands in. */
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		assert_close(rg_student_quantile(quantiles[i].p, quantiles[i].df), quantiles[i].t,
			     quantiles[i].df > 1e5 ? 1e-5 : 1e-10);
}

static void quantile_inverts_tail(void **state)
{
	(void)state;
	for (double df = 0.3; df < 1e6; df *= 3.7) {
		for (double p = 0.5001; p < 1; p += (1 - p) / 3 + 1e-9) {
			if (1 - p < 1e-7)
				break;
			double t = rg_student_quantile(p, df);

			assert_close(rg_student_sf(t, df), 1 - p, 1e-7);
			assert_close(rg_student_quantile(1 - p, df), -t, 1e-6);
		}
	}
}

static void tail_falls_from_one_to_zero(void **state)
{
	(void)state;
	double last = 1;

	assert_true(rg_student_sf(-INFINITY, 3) == 1);
	for (double t = -50; t < 50; t += 0.25) {
		double sf = rg_student_sf(t, 3);

		assert_true(sf < last && sf > 0);
		last = sf;
	}
	assert_true(rg_student_sf(INFINITY, 3) == 0);
}

static void what_has_no_answer_is_nan(void **state)
{
	(void)state;
	assert_true(isnan(rg_student_sf(NAN, 3)));
	assert_true(isnan(rg_student_sf(1, 0)));
	assert_true(isnan(rg_student_sf(1, NAN)));
	assert_true(isnan(rg_student_quantile(0, 3)));
	assert_true(isnan(rg_student_quantile(1, 3)));
	assert_true(isnan(rg_student_quantile(NAN, 3)));
	assert_true(isnan(rg_student_quantile(0.9, -1)));
	assert_true(rg_student_quantile(0.5, 3) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tail_matches_reference),
		cmocka_unit_test(quantile_matches_reference),
		cmocka_unit_test(quantile_inverts_tail),
		cmocka_unit_test(tail_falls_from_one_to_zero),
		cmocka_unit_test(what_has_no_answer_is_nan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
