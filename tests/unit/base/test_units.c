/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/err.h"
#include "rg/units.h"

static void durations_are_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} rows[] = {
		{"0", 0},
		{"0s", 0},
		{"1ns", 1},
		{"7us", 7000},
		{"250ms", 250 * RG_NS_PER_MS},
		{"30s", 30 * RG_NS_PER_S},
		{"5m", 300 * RG_NS_PER_S},
		{"2h", 7200 * RG_NS_PER_S},
		{"1h30m", 5400 * RG_NS_PER_S},
		{"1h2m3s4ms5us6ns", UINT64_C(3723004005006)},
		{"1h1ns", 3600 * RG_NS_PER_S + 1},
		{"1.5s", 1500 * RG_NS_PER_MS},
		{"0.000000001s", 1},
		{"1.000000000ns", 1},
		{"1m0.5s", 60500 * RG_NS_PER_MS},
		{"0.1h", 360 * RG_NS_PER_S},
		{"1.999999999h", UINT64_C(7199999996400)},
		{"007s", 7 * RG_NS_PER_S},
		{"9223372036854775807ns", INT64_MAX},
		{"9223372036.854775807s", INT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t ns = 77;

		if (rg_parse_duration(rows[i].text, &ns) != 0 || ns != rows[i].ns)
			fail_msg("'%s': got %ju", rows[i].text, (uintmax_t)ns);
	}
}

static void other_durations_are_refused(void **state)
{
	static const char *const rows[] = {
		/* form */
		"", " ", "s", "5", "00", "0.0", "-5s", "+5s", " 5s", "5s ", "5 s", "5s\n", "1e3s",
		"5x", "5S", "5min", "5sec", "5hm", "0x5s", "inf", "nan", "5s5", "1h30",
		/* fractions */
		".5s", "5.s", "5..5s", "1.5.5s", "1,5s", "1.5h30m", "1.0000000000s", "0.5ns",
		"1.0001us",
		/* order: strictly descending */
		"30m1h", "1s1s", "1ms1s", "1ns1us",
		/* size */
		"9223372036854775808ns", "9223372036.854775808s", "18446744073709551616ns",
		"18446744073709551615h", "99999999999999999999s", "2562047h48m", "5124096h",
		"1.99999999999999999999999s"};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t ns = 77;

		if (rg_parse_duration(rows[i], &ns) != RG_EUSAGE || ns != 77)
			fail_msg("accepted: '%s'", rows[i]);
	}
}

static void percentages_are_read_exactly(void **state)
{
	static const struct {
		const char *text;
		double share;
	} rows[] = {
		{"0%", 0},
		{"15%", 0.15},
		{"0.5%", 0.005},
		{"7%", 0.07},
		{"29%", 0.29},
		{"33.3%", 0.333},
		{"0.000000001%", 0.00000000001},
		{"100%", 1},
		{"100000%", 1000},
		{"100000.000%", 1000},
		{"99999.999999999%", 999.99999999999},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		double share = 77;

		if (rg_parse_percent(rows[i].text, &share) != 0 || share != rows[i].share)
			fail_msg("'%s': got %.17g", rows[i].text, share);
	}
}

static void other_percentages_are_refused(void **state)
{
	static const char *const rows[] = {"",
					   "%",
					   "15",
					   "15%%",
					   "15 %",
					   " 15%",
					   "15% ",
					   "-1%",
					   "+1%",
					   ".5%",
					   "5.%",
					   "1e2%",
					   "nan%",
					   "inf%",
					   "0x1%",
					   "1,5%",
					   "1.5.5%",
					   "100001%",
					   "100000.000001%",
					   "18446744073709551616%",
					   "1.0000000000%"};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		double share = 77;

		if (rg_parse_percent(rows[i], &share) != RG_EUSAGE || share < 77 || share > 77)
			fail_msg("accepted: '%s'", rows[i]);
	}
}

static void numbers_are_read(void **state)
{
	uint64_t value = 77;

	(void)state;
	assert_int_equal(rg_parse_u64("0", &value), 0);
	assert_int_equal(value, 0);
	assert_int_equal(rg_parse_u64("00042", &value), 0);
	assert_int_equal(value, 42);
	assert_int_equal(rg_parse_u64("18446744073709551615", &value), 0);
	assert_true(value == UINT64_MAX);
}

static void other_numbers_are_refused(void **state)
{
	static const char *const rows[] = {"",    "-1",
					   "+1",  " 1",
					   "1 ",  "1x",
					   "0x1", "1.0",
					   "1e3", "18446744073709551616",
					   "１",  "99999999999999999999999999"};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t value = 77;

		if (rg_parse_u64(rows[i], &value) != RG_EUSAGE || value != 77)
			fail_msg("accepted: '%s'", rows[i]);
	}
}

static void durations_are_written(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} rows[] = {
		{0, "0"},
		{1, "1ns"},
		{999, "999ns"},
		{1000, "1us"},
		{1250, "1.25us"},
		{250 * RG_NS_PER_MS, "250ms"},
		{1500000, "1.5ms"},
		{999999999, "999.999999ms"},
		{RG_NS_PER_S, "1s"},
		{RG_NS_PER_S + 1, "1.000000001s"},
		{1500 * RG_NS_PER_MS, "1.5s"},
		{90 * RG_NS_PER_S, "1m30s"},
		{60 * RG_NS_PER_S, "1m"},
		{3600 * RG_NS_PER_S, "1h"},
		{3600 * RG_NS_PER_S + 1, "1h0.000000001s"},
		{5400 * RG_NS_PER_S, "1h30m"},
		{UINT64_C(360000) * RG_NS_PER_S, "100h"},
		{UINT64_MAX, "5124095h34m33.709551615s"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[RG_UNITS_TEXT_MAX];

		assert_ptr_equal(rg_format_duration(text, rows[i].ns), text);
		assert_string_equal(text, rows[i].text);
	}
}

static void durations_are_rounded_to_what_people_read(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} rows[] = {
		{0, "0"},
		{1234, "1.234us"},
		{7142857, "7ms"},
		{999999999, "1s"},
		{4285714285, "4.29s"},
		{9999999999, "10s"},
		{19851826630, "20s"},
		{UINT64_C(89500) * RG_NS_PER_MS, "1m30s"},
		{UINT64_C(30) * 60 * RG_NS_PER_S, "30m"},
		{UINT64_MAX, "5124095h34m33s"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[RG_UNITS_TEXT_MAX];

		assert_ptr_equal(rg_format_duration_about(text, rows[i].ns), text);
		assert_string_equal(text, rows[i].text);
	}
}

/* Of every size, round and not. */
static void written_durations_are_read_back(void **state)
{
	uint64_t seed = 51;

	(void)state;
	for (int step = 0; step < 100000; step++) {
		uint64_t ns = next_random(&seed) >> (1 + step % 63), again = 0;
		char text[RG_UNITS_TEXT_MAX];

		if (step % 3 == 0)
			ns -= ns % 1000000;
		assert_int_equal(rg_parse_duration(rg_format_duration(text, ns), &again), 0);
		assert_true(again == ns);
	}
}

static void counts_are_written(void **state)
{
	static const struct {
		uint64_t value;
		const char *text;
	} rows[] = {
		{0, "0"},
		{7, "7"},
		{999, "999"},
		{1000, "1,000"},
		{12345, "12,345"},
		{100000, "100,000"},
		{999999, "999,999"},
		{1000000, "1,000,000"},
		{UINT64_MAX, "18,446,744,073,709,551,615"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[RG_UNITS_TEXT_MAX];

		assert_ptr_equal(rg_format_count(text, rows[i].value), text);
		assert_string_equal(text, rows[i].text);
	}
}

static void sizes_are_written(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{0, "0 B"},
		{312, "312 B"},
		{1023, "1023 B"},
		{1024, "1.0 KiB"},
		{4096, "4.0 KiB"},
		{1075, "1.0 KiB"},
		{1076, "1.1 KiB"},
		{UINT64_C(1048576) - 52, "1023.9 KiB"},
		{UINT64_C(1048576) - 51, "1.0 MiB"},
		{1258291, "1.2 MiB"},
		{UINT64_C(1) << 40, "1.0 TiB"},
		{UINT64_C(1) << 60, "1.0 EiB"},
		{UINT64_MAX, "16.0 EiB"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[RG_UNITS_TEXT_MAX];

		assert_ptr_equal(rg_format_bytes(text, rows[i].bytes), text);
		assert_string_equal(text, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_read),
		cmocka_unit_test(other_durations_are_refused),
		cmocka_unit_test(percentages_are_read_exactly),
		cmocka_unit_test(other_percentages_are_refused),
		cmocka_unit_test(numbers_are_read),
		cmocka_unit_test(other_numbers_are_refused),
		cmocka_unit_test(durations_are_written),
		cmocka_unit_test(durations_are_rounded_to_what_people_read),
		cmocka_unit_test(written_durations_are_read_back),
		cmocka_unit_test(counts_are_written),
		cmocka_unit_test(sizes_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
