/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "make.h"

#include "lines.h"

static struct rg_span span(const char *text)
{
	return (struct rg_span){text, text + strlen(text)};
}

static void lines_end_with_a_feed_or_the_text(void **state)
{
	static const char *const expected[] = {"one", "", "two\r", "three"};
	static const char text[] = "one\r\n\ntwo\r\r\nthree";
	struct rg_lines lines;
	struct rg_span line;

	(void)state;
	assert_int_equal(rg_lines_init(&lines, text, strlen(text), "x", NULL), 0);
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_true(rg_lines_next(&lines, &line));
		assert_true(rg_span_is(line, expected[i]));
		assert_int_equal(lines.number, i + 1);
	}
	assert_false(rg_lines_next(&lines, &line));
}

static void an_empty_text_has_no_lines(void **state)
{
	struct rg_lines lines;
	struct rg_span line;

	(void)state;
	assert_int_equal(rg_lines_init(&lines, "", 0, "x", NULL), 0);
	assert_false(rg_lines_next(&lines, &line));
}

static void a_zero_byte_is_refused(void **state)
{
	struct rg_lines lines;
	struct rg_err err = {0};

	(void)state;
	assert_int_equal(rg_lines_init(&lines, "ab\ncd\0e", 7, "form", &err), RG_EFORMAT);
	assert_string_equal(err.text, "form: read at byte 5: a zero byte");
}

static void a_number_is_digits_below_its_limit(void **state)
{
	static const struct {
		const char *sentence, *text;
		uint64_t max, value;
		bool good;
	} rows[] = {
		{"zero", "0", 10, 0, true},
		{"leading zeros", "007", 10, 7, true},
		{"the limit", "18446744073709551615", UINT64_MAX, UINT64_MAX, true},
		{"over 64 bits", "18446744073709551616", UINT64_MAX, 0, false},
		{"far over 64 bits", "99999999999999999999999", UINT64_MAX, 0, false},
		{"over the limit", "11", 10, 0, false},
		{"nothing", "", 10, 0, false},
		{"a sign", "-1", 10, 0, false},
		{"a blank", " 1", 10, 0, false},
		{"a letter", "1a", 100, 0, false},
		{"a byte above 127", "\xb1", 100, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t value = 77;

		if (rg_span_number(span(rows[i].text), rows[i].max, &value) != rows[i].good)
			fail_msg("%s", rows[i].sentence);
		assert_int_equal(value, rows[i].good ? rows[i].value : 77);
	}
}

static void blanks_are_trimmed_at_both_ends(void **state)
{
	(void)state;
	assert_true(rg_span_is(rg_span_trim(span(" \ta b\t ")), "a b"));
	assert_true(rg_span_is(rg_span_trim(span("  ")), ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_with_a_feed_or_the_text),
		cmocka_unit_test(an_empty_text_has_no_lines),
		cmocka_unit_test(a_zero_byte_is_refused),
		cmocka_unit_test(a_number_is_digits_below_its_limit),
		cmocka_unit_test(blanks_are_trimmed_at_both_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
