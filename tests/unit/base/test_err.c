/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/text.h"
#include "fail_libc.h"
#include "err.c" /* NOLINT(bugprone-suspicious-include) */

static void set_records_code_and_text(void **state)
{
	struct rg_err err = {0};

	(void)state;
	assert_int_equal(rg_err_set(&err, RG_EFORMAT, "pprof: read '%s': %d", "x", 7), RG_EFORMAT);
	assert_int_equal(err.code, RG_EFORMAT);
	assert_string_equal(err.text, "pprof: read 'x': 7");
}

static void first_failure_wins(void **state)
{
	struct rg_err err = {0};

	(void)state;
	rg_err_set(&err, RG_EIO, "the cause");
	assert_int_equal(rg_err_set(&err, RG_ENOTFOUND, "the clean-up"), RG_ENOTFOUND);
	assert_int_equal(rg_err_nomem(&err, "profile"), RG_ENOMEM);
	assert_int_equal(err.code, RG_EIO);
	assert_string_equal(err.text, "the cause");
}

static void null_gives_the_code_only(void **state)
{
	(void)state;
	assert_int_equal(rg_err_set(NULL, RG_ELIMIT, "x"), RG_ELIMIT);
	assert_int_equal(rg_err_nomem(NULL, "x"), RG_ENOMEM);
}

static void prefix_of_null_is_no_success(void **state)
{
	(void)state;
	assert_true(rg_err_prefix(NULL, "x") < 0);
}

static void nomem_names_what(void **state)
{
	struct rg_err err = {0};

	(void)state;
	assert_int_equal(rg_err_nomem(&err, "profile"), RG_ENOMEM);
	assert_string_equal(err.text, "profile: out of memory");
}

static void control_bytes_are_kept(void **state)
{
	struct rg_err err = {0};

	(void)state;
	rg_err_set(&err, RG_EFORMAT, "%s", "a\n\x1b[31m\xff");
	assert_string_equal(err.text, "a\n\x1b[31m\xff");
}

static void prefix_goes_before(void **state)
{
	struct rg_err err = {0};

	(void)state;
	rg_err_set(&err, RG_EIO, "open 'f': no");
	assert_int_equal(rg_err_prefix(&err, "store %d", 3), RG_EIO);
	assert_int_equal(rg_err_prefix(&err, "check"), RG_EIO);
	assert_string_equal(err.text, "check: store 3: open 'f': no");
}

static void prefix_may_quote_the_text_itself(void **state)
{
	struct rg_err err = {0};

	(void)state;
	rg_err_set(&err, RG_EIO, "abc");
	rg_err_prefix(&err, "<%s>", err.text);
	assert_string_equal(err.text, "<abc>: abc");
}

static void prefix_without_a_failure_does_nothing(void **state)
{
	struct rg_err err = {0};

	(void)state;
	assert_int_equal(rg_err_prefix(&err, "check"), RG_OK);
	assert_string_equal(err.text, "");
}

/* All of it valid UTF-8, and not more cut off than the sequence that did not fit. */
static void assert_whole(const char *text, size_t least)
{
	size_t len = strlen(text);
	uint32_t codepoint;

	assert_true(len < RG_ERR_TEXT_MAX);
	assert_true(len >= least);
	for (size_t at = 0; at < len;) {
		size_t length = rg_utf8_decode(text + at, len - at, &codepoint);

		assert_true(length > 0);
		at += length;
	}
}

/* Every alignment of 2-, 3- and 4-byte sequences with the end of the buffer. */
static void long_text_is_cut_at_a_character(void **state)
{
	static const char *const characters[] = {"é", "…", "𝕏"};

	(void)state;
	for (size_t c = 0; c < COUNT(characters); c++) {
		for (size_t shift = 0; shift < 4; shift++) {
			struct rg_err err = {0};
			char text[2 * RG_ERR_TEXT_MAX] = "aaa";
			size_t at = shift;

			for (; at + 5 < sizeof(text); at += strlen(characters[c]))
				memcpy(text + at, characters[c], strlen(characters[c]));
			text[at] = '\0';
			rg_err_set(&err, RG_EIO, "%s", text);
			assert_whole(err.text, RG_ERR_TEXT_MAX - 4);
			rg_err_prefix(&err, "é");
			assert_whole(err.text, RG_ERR_TEXT_MAX - 4);
			assert_memory_equal(err.text, "é: ", 4);
		}
	}
}

static void long_text_that_is_not_utf8_is_cut_at_the_end(void **state)
{
	struct rg_err err = {0};
	char text[2 * RG_ERR_TEXT_MAX];

	(void)state;
	memset(text, '\x80', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	rg_err_set(&err, RG_EIO, "%s", text);
	assert_int_equal(strlen(err.text), RG_ERR_TEXT_MAX - 1);
}

static void long_prefix_leaves_no_room(void **state)
{
	struct rg_err err = {0};
	char context[2 * RG_ERR_TEXT_MAX];

	(void)state;
	memset(context, 'c', sizeof(context) - 1);
	context[sizeof(context) - 1] = '\0';
	rg_err_set(&err, RG_EIO, "the cause");
	assert_int_equal(rg_err_prefix(&err, "%s", context), RG_EIO);
	assert_int_equal(strspn(err.text, "c"), RG_ERR_TEXT_MAX - 1);
}

static void text_that_cannot_be_formatted_is_still_a_failure(void **state)
{
	struct rg_err err = {.text = "old"};

	(void)state;
	formatting_fails = 1;
	assert_int_equal(rg_err_set(&err, RG_EIO, "x"), RG_EIO);
	formatting_fails = 0;
	assert_int_equal(err.code, RG_EIO);
	assert_string_equal(err.text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_records_code_and_text),
		cmocka_unit_test(first_failure_wins),
		cmocka_unit_test(null_gives_the_code_only),
		cmocka_unit_test(prefix_of_null_is_no_success),
		cmocka_unit_test(nomem_names_what),
		cmocka_unit_test(control_bytes_are_kept),
		cmocka_unit_test(prefix_goes_before),
		cmocka_unit_test(prefix_may_quote_the_text_itself),
		cmocka_unit_test(prefix_without_a_failure_does_nothing),
		cmocka_unit_test(long_text_is_cut_at_a_character),
		cmocka_unit_test(long_text_that_is_not_utf8_is_cut_at_the_end),
		cmocka_unit_test(text_that_cannot_be_formatted_is_still_a_failure),
		cmocka_unit_test(long_prefix_leaves_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
