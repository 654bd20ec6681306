/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/err.h"
#include "rg/units.h"

static const struct {
	const char *text;
	uint32_t days;
} dates[] = {
	{"1970-01-02", 1},     {"2000-02-29", 11016},   {"2026-03-31", 20543},
	{"2100-12-31", 47846}, {"9999-12-31", 2932896},
};

static void days_of_the_calendar_go_there_and_back(void **state)
{
	char out[RG_UNITS_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		uint32_t days = 0;

		assert_int_equal(rg_parse_date(dates[i].text, &days), 0);
		assert_int_equal(days, dates[i].days);
		assert_string_equal(rg_format_date(out, days), dates[i].text);
	}
}

static const char *const others[] = {
	"",           "2026-02-30", "2026-13-01", "2026-00-10", "2026-01-00",
	"2100-02-29", "1970-01-01", "1969-12-31", "2026-3-31",  "2026-03-31 ",
	"26-03-31",   "2026/03/31", "2026-03-3x", "+026-03-31", "-001-03-31",
};

static void all_else_is_refused_and_nothing_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		uint32_t days = 7;

		if (rg_parse_date(others[i], &days) != RG_EUSAGE || days != 7)
			fail_msg("'%s' was taken", others[i]);
	}
}

static void a_day_beyond_the_calendar_is_a_text_all_the_same(void **state)
{
	char out[RG_UNITS_TEXT_MAX];

	(void)state;
	assert_true(rg_format_date(out, UINT32_MAX)[0] != '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_of_the_calendar_go_there_and_back),
		cmocka_unit_test(all_else_is_refused_and_nothing_written),
		cmocka_unit_test(a_day_beyond_the_calendar_is_a_text_all_the_same),
	};

	return cmocka_run_group_tests_name("base/date", tests, NULL, NULL);
}
