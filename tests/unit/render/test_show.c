/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "show.h"

#include "rg/err.h"
#include "rg/text.h"

#include <stdlib.h>

static const struct {
	const char *why, *text, *unicode, *ascii;
} shown[] = {
	{"a plain name is itself", "price_line", "price_line", "price_line"},
	{"nothing is nothing", "", "", ""},
	{"an escape cannot reach the terminal", "\x1b[2Jx", "\\x1b[2Jx", "\\x1b[2Jx"},
	{"a carriage return cannot overwrite the line", "a\rPASS", "a\\x0dPASS", "a\\x0dPASS"},
	{"a newline cannot begin a line", "a\nPASS", "a\\x0aPASS", "a\\x0aPASS"},
	{"bidirectional controls cannot reverse text", "\xe2\x80\xaex", "\\xe2\\x80\\xaex",
	 "\\xe2\\x80\\xaex"},
	{"an encoded C1 control is a control",
	 "\xc2\x9b"
	 "1m",
	 "\\xc2\\x9b1m", "\\xc2\\x9b1m"},
	{"a raw C1 byte is not UTF-8",
	 "\x9b"
	 "1m",
	 "\\x9b1m", "\\x9b1m"},
	{"a letter beyond ASCII stays, where the terminal reads UTF-8", "\xc3\xa9", "\xc3\xa9",
	 "\\xc3\\xa9"},
	{"the program's own signs have a form in ASCII",
	 "a \xe2\x89\xa5 b \xe2\x86\x92 c\xe2\x80\xa6",
	 "a \xe2\x89\xa5 b \xe2\x86\x92 c\xe2\x80\xa6", "a >= b -> c..."},
	{"a workflow command does not begin a text", "::error::x", "\\x3a:error::x",
	 "\\x3a:error::x"},
	{"a workflow command does not follow white space", "a ::error::x", "a \\x3a:error::x",
	 "a \\x3a:error::x"},
	{"a scope operator within a name is left alone", "std::map::at", "std::map::at",
	 "std::map::at"},
	{"the older form of a command is broken, too", "x ##[error]y", "x #\\x23[error]y",
	 "x #\\x23[error]y"},
	{"no pair of a longer run survives", "###[x", "#\\x23\\x23[x", "#\\x23\\x23[x"},
	{"one number sign is harmless", "#1", "#1", "#1"},
	{"tokens that a hidden character splits stay split", "#\x01#[x", "#\\x01#[x", "#\\x01#[x"},
};

static void check_shown(const char *why, const char *text, bool unicode, const char *expected)
{
	struct rg_buf out;

	rg_buf_init(&out, UNIT_BUF_MAX);
	rg_show_add(&out, text, unicode);
	if (strcmp(unit_text(&out), expected) != 0)
		fail_msg("%s: '%s' instead of '%s'", why, unit_text(&out), expected);
	assert_int_equal(rg_show_columns(text, unicode),
			 rg_text_columns(expected, strlen(expected)));
	rg_buf_done(&out);
}

static void test_add(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(shown); i++) {
		check_shown(shown[i].why, shown[i].text, true, shown[i].unicode);
		check_shown(shown[i].why, shown[i].text, false, shown[i].ascii);
	}
}

static void test_null_is_nothing(void **state)
{
	struct rg_buf out;

	(void)state;
	rg_buf_init(&out, 10);
	rg_show_add(&out, NULL, true);
	assert_int_equal(rg_show_cut(&out, NULL, 10, true), 0);
	assert_int_equal(rg_show_columns(NULL, true), 0);
	assert_int_equal(out.len, 0);
	assert_int_equal(out.failed, 0);
	rg_buf_done(&out);
}

static const struct {
	const char *why, *text;
	size_t columns;
	bool unicode;
	const char *expected;
} cuts[] = {
	{"what fits is not cut", "abcdef", 6, true, "abcdef"},
	{"what fits is not cut in ASCII", "abcdef", 6, false, "abcdef"},
	{"three dots in ASCII take three columns", "abcdefghijklmnop", 9, false, "ab...mnop"},
	{"too narrow for dots: the beginning", "abcdefgh", 3, false, "abc"},
	{"no column, no text", "abc", 0, false, ""},
};

static void test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cuts); i++) {
		struct rg_buf out;
		size_t used;

		rg_buf_init(&out, UNIT_BUF_MAX);
		used = rg_show_cut(&out, cuts[i].text, cuts[i].columns, cuts[i].unicode);
		if (strcmp(unit_text(&out), cuts[i].expected) != 0)
			fail_msg("%s: '%s'", cuts[i].why, unit_text(&out));
		assert_int_equal(used, strlen(cuts[i].expected));
		rg_buf_done(&out);
	}
}

static void test_cut_keeps_the_end(void **state)
{
	struct rg_buf out;

	(void)state;
	rg_buf_init(&out, UNIT_BUF_MAX);
	assert_int_equal(rg_show_cut(&out, "a::very::long::name::process", 16, true), 16);
	assert_non_null(strstr(out.data, "\xe2\x80\xa6"));
	assert_string_equal(out.data + out.len - 7, "process");
	rg_buf_done(&out);
}

static void test_combining_marks_are_bounded(void **state)
{
	enum { MARKS = 5000, COLUMNS = 30 };
	static char text[2 * MARKS + 2];
	struct rg_buf out;

	(void)state;
	text[0] = 'e';
	for (size_t i = 0; i < MARKS; i++)
		memcpy(text + 1 + 2 * i, "\xcc\x81", 2);
	rg_buf_init(&out, UNIT_BUF_MAX);
	assert_in_range(rg_show_cut(&out, text, COLUMNS, true), 1, COLUMNS);
	assert_in_range(out.len, 1, 8 * COLUMNS);
	assert_int_equal(out.failed, 0);
	rg_buf_done(&out);
}

/* Any bytes, any width: nothing but printable text comes out, within the width. */
static void test_random_bytes_are_inert(void **state)
{
	enum { ROUNDS = 4000, LENGTH = 40 };

	(void)state;
	srand(1);
	for (int round = 0; round < ROUNDS; round++) {
		char text[LENGTH + 1] = "";
		size_t columns = 1 + (size_t)rand() % 50;
		bool unicode = rand() % 2;
		struct rg_buf out;
		size_t used;

		for (size_t i = 0; i < LENGTH; i++)
			text[i] = (char)(1 + rand() % 255);
		rg_buf_init(&out, UNIT_BUF_MAX);
		used = rg_show_cut(&out, text, columns, unicode);
		assert_in_range(used, 1, columns);
		assert_int_equal(used, rg_text_columns(out.data, out.len));
		for (size_t i = 0; i < out.len; i++) {
			unsigned char byte = (unsigned char)out.data[i];

			assert_true(byte >= ' ' && byte != 0x7f && (unicode || byte < 0x7f));
		}
		rg_buf_done(&out);
	}
}

static void test_full_buffer_is_a_failure(void **state)
{
	struct rg_buf out;

	(void)state;
	rg_buf_init(&out, 3);
	rg_show_add(&out, "price_line", true);
	assert_int_equal(out.failed, RG_ELIMIT);
	rg_buf_done(&out);
	rg_buf_init(&out, 3);
	rg_show_cut(&out, "price_line", 5, true);
	assert_int_equal(out.failed, RG_ELIMIT);
	rg_buf_done(&out);
}

static void test_scratch_failure_is_inherited(void **state)
{
	struct rg_buf out = {.max = 10}, scratch = {.failed = RG_ENOMEM};

	(void)state;
	rg_show_inherit(&out, &scratch);
	assert_int_equal(out.failed, RG_ENOMEM);
	scratch.failed = RG_ELIMIT;
	rg_show_inherit(&out, &scratch);
	assert_int_equal(out.failed, RG_ENOMEM);
}

/* 1 MiB of scratch holds every text a profile may have; more than that must not vanish quietly. */
static void test_oversized_text_is_a_failure(void **state)
{
	char *text = malloc(RG_SHOW_SCRATCH_MAX + 2);
	struct rg_buf out;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', RG_SHOW_SCRATCH_MAX + 1);
	text[RG_SHOW_SCRATCH_MAX + 1] = '\0';
	rg_buf_init(&out, 4 * (size_t)RG_SHOW_SCRATCH_MAX);
	rg_show_cut(&out, text, 20, true);
	assert_int_equal(out.failed, RG_ELIMIT);
	rg_buf_done(&out);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_null_is_nothing),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_cut_keeps_the_end),
		cmocka_unit_test(test_combining_marks_are_bounded),
		cmocka_unit_test(test_random_bytes_are_inert),
		cmocka_unit_test(test_full_buffer_is_a_failure),
		cmocka_unit_test(test_scratch_failure_is_inherited),
		cmocka_unit_test(test_oversized_text_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
