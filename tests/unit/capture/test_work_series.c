/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "work_series.h"

#include "rg/err.h"

#include <math.h>
#include <string.h>

#define S            UINT64_C(1000000000)
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { POINTS_MAX = 6, SLICES = 10 };

/* The window is from 100 s to 110 s. */
static const struct row {
	const char *what;
	struct rg_work_point point[POINTS_MAX];
	size_t count;
	double growth; /* NAN: an error, whose words these are */
	const char *words;
	double first, last; /* slices of a second */
} rows[] = {
	{"read at the edges", {{100 * S, 50}, {110 * S, 150}}, 2, 100, NULL, 10, 10},
	{"read around the window", {{95 * S, 0}, {115 * S, 200}}, 2, 100, NULL, 10, 10},
	{"more in its second half",
	 {{100 * S, 0}, {105 * S, 10}, {110 * S, 100}},
	 3,
	 100,
	 NULL,
	 2,
	 18},
	{"read from half a second on", {{100 * S + S / 2, 0}, {110 * S, 95}}, 2, 100, NULL, 5, 10},
	{"many readings before",
	 {{90 * S, 1}, {95 * S, 2}, {100 * S, 2}, {110 * S, 12}},
	 4,
	 10,
	 NULL,
	 1,
	 1},
	{"nothing done", {{99 * S, 7}, {111 * S, 7}}, 2, 0, NULL, 0, 0},
	{"numbers below zero", {{100 * S, -20}, {110 * S, -10}}, 2, 10, NULL, 1, 1},
	{"never read", {{0, 0}}, 0, NAN, "never be read", 0, 0},
	{"read once", {{100 * S, 1}}, 1, NAN, "only once", 0, 0},
	{"reset",
	 {{100 * S, 50}, {105 * S, 3}, {110 * S, 150}},
	 3,
	 NAN,
	 "it fell from 50 to 3 within the window: was the counter reset?",
	 0,
	 0},
	{"read late", {{105 * S, 0}, {110 * S, 50}}, 2, NAN, "over 50 % of the window only", 0, 0},
	{"read before only", {{90 * S, 0}, {95 * S, 50}}, 2, NAN, "over 0 % of the window", 0, 0},
};

static void fill(struct rg_work_series *series, const struct row *row)
{
	*series = (struct rg_work_series){0};
	for (size_t i = 0; i < row->count; i++)
		assert_int_equal(rg_work_series_add(series, row->point[i].time_ns,
						    row->point[i].value, NULL),
				 0);
}

static void check_slices(const struct rg_work_series *series, const struct row *row)
{
	double slice[SLICES], sum = 0;

	rg_work_series_slices(series, 100 * S, 110 * S, S, slice, SLICES);
	for (size_t i = 0; i < SLICES; i++)
		sum += slice[i];
	if (fabs(sum - row->growth) > 1e-6 * fabs(row->growth) ||
	    fabs(slice[0] / row->first - 1) > 0.06 * (row->first > 0) ||
	    fabs(slice[SLICES - 1] / row->last - 1) > 0.06 * (row->last > 0))
		fail_msg("%s: slices sum to %g, first %g, last %g", row->what, sum, slice[0],
			 slice[SLICES - 1]);
}

static void growth_within_the_window(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		struct rg_work_series series;
		struct rg_err err = {0};
		double growth = -1;
		int rc;

		fill(&series, row);
		rc = rg_work_series_growth(&series, 100 * S, 110 * S, &growth, &err);
		if (isnan(row->growth)) {
			if (rc != RG_EFORMAT || !strstr(err.text, row->words))
				fail_msg("%s: %d '%s'", row->what, rc, err.text);
		} else {
			if (rc || fabs(growth - row->growth) > 1e-9 * fabs(row->growth))
				fail_msg("%s: %g '%s'", row->what, growth, err.text);
			check_slices(&series, row);
		}
		rg_work_series_done(&series);
	}
}

static void a_number_that_is_none_is_refused(void **state)
{
	struct rg_work_series series = {0};

	(void)state;
	assert_int_equal(rg_work_series_add(&series, 1, NAN, NULL), RG_EFORMAT);
	assert_int_equal(rg_work_series_add(&series, 1, INFINITY, NULL), RG_EFORMAT);
	assert_int_equal(series.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(growth_within_the_window),
		cmocka_unit_test(a_number_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
