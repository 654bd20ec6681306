/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "figure.h"

#include <math.h>

static const struct {
	const char *why;
	double value;
	int decimals;
	const char *expected;
} fixed[] = {
	{"zero has no sign", -0.0, 2, "0.00"},
	{"what rounds to zero has no sign", -0.001, 2, "0.00"},
	{"a fraction keeps its leading zero", 0.0812, 3, "0.081"},
	{"rounding carries into the whole", 0.9999, 3, "1.000"},
	{"thousands are separated", 1234567.5, 1, "1,234,567.5"},
	{"no decimals, no point", 41.5, 0, "42"},
	{"negative", -12.345, 2, "-12.35"},
	{"not a number", NAN, 2, "?"},
	{"infinite", INFINITY, 2, "?"},
	{"beyond all integers: bounded, not undefined", 1e300, 0, "9,000,000,000,000,000"},
};

static void test_fixed(void **state)
{
	char out[RG_FIGURE_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(fixed); i++) {
		rg_figure_fixed(out, fixed[i].value, fixed[i].decimals);
		if (strcmp(out, fixed[i].expected) != 0)
			fail_msg("%s: '%s' instead of '%s'", fixed[i].why, out, fixed[i].expected);
	}
}

static const struct {
	const char *why;
	double growth;
	const char *expected;
} growths[] = {
	{"large growth in whole percent", 3.119, "+312 %"},
	{"small growth with a decimal", 0.023, "+2.3 %"},
	{"a loss has a minus", -0.292, "-29 %"},
	{"a small loss", -0.004, "-0.4 %"},
	{"no growth has no sign", 0, "0.0 %"},
	{"what rounds to none has no sign", -0.0001, "0.0 %"},
	{"near the usual limit the decimal tells which side", 0.1504, "+15.0 %"},
	{"thousands", 45.12, "+4,512 %"},
	{"beyond measure", 1e9, ">100,000 %"},
	{"not a number", NAN, "? %"},
};

static void test_growth(void **state)
{
	char out[RG_FIGURE_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(growths); i++) {
		rg_figure_growth(out, growths[i].growth);
		if (strcmp(out, growths[i].expected) != 0)
			fail_msg("%s: '%s'", growths[i].why, out);
	}
}

static void test_interval(void **state)
{
	char out[RG_FIGURE_MAX];

	(void)state;
	assert_string_equal(rg_figure_interval(out, 2.68, 3.61), "+268 to +361 %");
	assert_string_equal(rg_figure_interval(out, -0.08, 0.13), "-8.0 to +13.0 %");
	assert_string_equal(rg_figure_interval(out, -0.08, 0.21), "-8 to +21 %");
	assert_string_equal(rg_figure_interval(out, -1, 1e300), "-100 to >100,000 %");
	assert_string_equal(rg_figure_interval(out, 1e299, 1e300), "+100,000 to >100,000 %");
}

static void test_limits_are_shown_as_set(void **state)
{
	char out[RG_FIGURE_MAX];

	(void)state;
	assert_string_equal(rg_figure_limit(out, 0.15), "15 %");
	assert_string_equal(rg_figure_limit(out, 0.005), "0.5 %");
	assert_string_equal(rg_figure_limit(out, 0.1234567), "12.3457 %");
	assert_string_equal(rg_figure_limit(out, 10), "1,000 %");
	assert_string_equal(rg_figure_limit(out, 0), "0 %");
	assert_string_equal(rg_figure_limit(out, NAN), "? %");
}

static void test_seen_is_rounded_up(void **state)
{
	char out[RG_FIGURE_MAX];

	(void)state;
	assert_string_equal(rg_figure_seen(out, 0.301), "31 %");
	assert_string_equal(rg_figure_seen(out, 0.30), "30 %");
	assert_string_equal(rg_figure_seen(out, 0.0001), "1 %");
	assert_string_equal(rg_figure_seen(out, RG_GROWTH_MAX), "none");
}

static const struct {
	const char *why;
	uint64_t ns;
	const char *expected;
} windows[] = {
	{"minutes to the second", 300003214512, "5m"},
	{"rounded, not cut", 299600000000, "5m"},
	{"seconds to the hundredth", 9983214512, "9.98s"},
	{"milliseconds", 250300000, "250ms"},
	{"less than a millisecond is exact", 1234, "1.234us"},
	{"hours", UINT64_C(5400000000000), "1h30m"},
};

static void test_window(void **state)
{
	char out[RG_FIGURE_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(windows); i++) {
		rg_figure_window(out, windows[i].ns);
		if (strcmp(out, windows[i].expected) != 0)
			fail_msg("%s: '%s'", windows[i].why, out);
	}
	/* The longest does not wrap around to nothing. */
	assert_non_null(strchr(rg_figure_window(out, UINT64_MAX), 'h'));
}

static void test_count_and_cores(void **state)
{
	char out[RG_FIGURE_MAX];

	(void)state;
	assert_string_equal(rg_figure_count(out, 1, "run"), "1 run");
	assert_string_equal(rg_figure_count(out, 0, "run"), "0 runs");
	assert_string_equal(rg_figure_count(out, 11108, "sample"), "11,108 samples");
	assert_string_equal(rg_figure_cores(out, 0.3014), "0.301");
	assert_string_equal(rg_figure_cores(out, 60.1), "60.10");
	assert_string_equal(rg_figure_cores(out, 128), "128.0");
}

static void test_scale_leaves_small_rows_two_digits(void **state)
{
	static const struct {
		double largest;
		int decimals;
	} scales[] = {{250, 1}, {60, 2}, {2.5, 3}, {0.3, 4}, {0.02, 5}, {1e-9, 6}};
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 1);

	(void)state;
	rows[0].cost_base = rows[0].cost_canary = 0;
	verdict.total.cost_canary = 0;
	for (size_t i = 0; i < COUNT_OF(scales); i++) {
		verdict.total.cost_base = scales[i].largest;
		assert_int_equal(rg_cost_scale_of(&verdict).decimals, scales[i].decimals);
	}
	verdict.total.cost_base = 0;
	rows[0].cost_canary = 250;
	assert_int_equal(rg_cost_scale_of(&verdict).decimals, 1);
}

static void test_costs_of_work_are_in_the_time_that_suits(void **state)
{
	static const struct {
		double largest;
		const char *unit, *figure;
	} scales[] = {
		{12.5, "s/request", "12.50 s/request"},
		{1, "s/request", "1.000 s/request"},
		{0.25, "ms/request", "250.0 ms/request"},
		{0.000184, "\xc2\xb5s/request", "184.0 \xc2\xb5s/request"},
		{2.5e-9, "ns/request", "2.500 ns/request"},
		{1e-15, "ns/request", "0.000001 ns/request"},
		{0, "ns/request", "0.000000 ns/request"},
	};
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 0);
	char out[RG_FIGURE_MAX];

	(void)state;
	verdict.basis = RG_BASIS_WORK;
	verdict.work_unit = "request";
	verdict.total.cost_canary = 0;
	for (size_t i = 0; i < COUNT_OF(scales); i++) {
		verdict.total.cost_base = scales[i].largest;
		const struct rg_cost_scale scale = rg_cost_scale_of(&verdict);

		assert_string_equal(rg_figure_unit(out, &scale), scales[i].unit);
		assert_string_equal(rg_figure_cost_unit(out, &scale, scales[i].largest, 1),
				    scales[i].figure);
	}
	verdict.off_cpu.total.cost_canary = 0.0034;
	const struct rg_cost_scale waits = rg_cost_scale_of_waits(&verdict);

	assert_string_equal(rg_figure_cost_unit(out, &waits, 0.0034, 1), "3.40 ms/request");
}

static void test_work_is_counted_in_its_unit(void **state)
{
	static const struct {
		double work;
		const char *unit, *text;
	} texts[] = {
		{0, "request", ""},
		{1, "run", "1 run"},
		{12345, "request", "12,345 requests"},
		{2.5, "query", "2.5 queries"},
		{3, "day", "3 days"},
		{7, "<b>", "7 units"},
		{7, NULL, "7 units"},
	};
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 0);
	char out[RG_FIGURE_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		verdict.work_unit = texts[i].unit;
		verdict.base.work = texts[i].work;
		assert_string_equal(rg_figure_work(out, &verdict, &verdict.base), texts[i].text);
	}
}

/* 1000 requests a second of which each takes 40 us more: 0.040 cores. */
static void test_a_change_per_request_at_this_load(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 1);
	char out[RG_FIGURE_MAX];

	(void)state;
	verdict.basis = RG_BASIS_WORK;
	verdict.canary.work = 300000;
	rows[0].cost_base = 0.000010;
	rows[0].cost_canary = 0.000050;
	assert_string_equal(rg_figure_load(out, &verdict, &rows[0]), "+0.040 cores");
	verdict.canary.wall_ns = 0;
	assert_string_equal(rg_figure_load(out, &verdict, &rows[0]), "");
}

static void test_row_figures(void **state)
{
	const struct rg_cost_scale cores = {.decimals = 3}, share = {.share = true};
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_row_figures figures;
	char out[RG_FIGURE_MAX];

	(void)state;
	unit_verdict(rows, 1);
	rg_row_figures(&figures, &cores, &rows[0]);
	assert_string_equal(figures.before, "0.020");
	assert_string_equal(figures.after, "0.080");
	assert_string_equal(figures.growth, "+312 %");
	assert_string_equal(figures.interval, "+270 to +360 %");
	assert_string_equal(figures.seen, "48 %");
	assert_string_equal(rg_figure_cost(out, &share, 0.123, 5), "12.3 %");
	assert_string_equal(rg_figure_cost_unit(out, &share, 0.123, 5), "12.3 %");
	assert_string_equal(rg_figure_cost_unit(out, &cores, 0.123, 5), "0.123 cores");
	assert_string_equal(rg_figure_cost_unit(out, &cores, 0, 0), "-");
}

static void test_row_on_one_side_has_no_growth(void **state)
{
	const struct rg_cost_scale cores = {.decimals = 3};
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_row_figures figures;

	(void)state;
	unit_verdict(rows, 1);
	rows[0].samples_base = 0;
	rows[0].cost_base = 0;
	rg_row_figures(&figures, &cores, &rows[0]);
	assert_string_equal(figures.before, "-");
	assert_string_equal(figures.growth, "new");
	assert_string_equal(figures.interval, "");
	rows[0].samples_canary = 0;
	rg_row_figures(&figures, &cores, &rows[0]);
	assert_string_equal(figures.growth, "");
	rows[0].samples_base = 5;
	rg_row_figures(&figures, &cores, &rows[0]);
	assert_string_equal(figures.growth, "gone");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_limits_are_shown_as_set),
		cmocka_unit_test(test_seen_is_rounded_up),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_count_and_cores),
		cmocka_unit_test(test_scale_leaves_small_rows_two_digits),
		cmocka_unit_test(test_costs_of_work_are_in_the_time_that_suits),
		cmocka_unit_test(test_work_is_counted_in_its_unit),
		cmocka_unit_test(test_a_change_per_request_at_this_load),
		cmocka_unit_test(test_row_figures),
		cmocka_unit_test(test_row_on_one_side_has_no_growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
