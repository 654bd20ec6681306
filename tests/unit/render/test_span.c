/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "span.h"

#include "rg/err.h"

static const struct {
	const char *why, *text;
	bool in_cell;
	const char *expected;
} spans[] = {
	{"a plain name", "price_line", true, "`price_line`"},
	{"nothing is no span", "", true, ""},
	{"the fence is longer than any run within", "a``b`c", true, "```a``b`c```"},
	{"a backtick at an end does not join the fence", "`x", true, "`` `x ``"},
	{"a backtick at the other end", "x`", true, "`` x` ``"},
	{"spaces at both ends would be taken off", " x ", true, "`  x  `"},
	{"a bar would end the cell", "operator|", true, "`operator\\|`"},
	{"outside of a table a bar is a bar", "operator|", false, "`operator|`"},
	{"a backslash before the bar would undo its escape", "\\|", true, "`\\\\x7c`"},
	{"control bytes are spelt", "a\r\n/close", true, "`a\\x0d\\x0a/close`"},
};

static void test_span(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(spans); i++) {
		struct rg_buf out;

		rg_buf_init(&out, UNIT_BUF_MAX);
		rg_span_add(&out, spans[i].text, RG_SPAN_COLUMNS, spans[i].in_cell);
		if (strcmp(unit_text(&out), spans[i].expected) != 0)
			fail_msg("%s: %s instead of %s", spans[i].why, unit_text(&out),
				 spans[i].expected);
		rg_buf_done(&out);
	}
}

static const struct {
	const char *why, *sentence, *expected;
} sentences[] = {
	{"the program's own prose is prose",
	 "no growth beyond 15 %; could have seen \xe2\x89\xa5 31.5 % (+2 to +5)",
	 "no growth beyond 15 %; could have seen \xe2\x89\xa5 31.5 % (+2 to +5)"},
	{"a function of the verdict becomes code", "price_line() uses 312 % more",
	 "`price_line()` uses 312 % more"},
	{"within the sentence, too", "it is price_line that grew", "it is `price_line` that grew"},
	{"an unknown name makes all of it code", "strange_name() grew", "`strange_name() grew`"},
	{"what stands beside a name must be prose, too", "price_line() and <b>x</b>",
	 "`price_line() and <b>x</b>`"},
	{"no mention", "ask @torvalds", "`ask @torvalds`"},
	{"no reference", "see GH-12", "`see GH-12`"},
	{"no address", "see www.evil.example", "`see www.evil.example`"},
	{"no emoji", "well :tada:", "`well :tada:`"},
	{"no new line", "a\nb", "`a\\x0ab`"},
	{"a version is prose", "no profile of v1.4 is stored", "no profile of v1.4 is stored"},
	{"no hidden letters", "a\xe2\x80\x8b", "`a\\xe2\\x80\\x8b`"},
	{"no invalid bytes", "a\xff", "`a\\xff`"},
};

static void test_sentence(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 2);

	(void)state;
	/* The longest name counts, a part of it does not. */
	rows[1].function = "price";
	for (size_t i = 0; i < COUNT_OF(sentences); i++) {
		struct rg_buf out;

		rg_buf_init(&out, UNIT_BUF_MAX);
		rg_span_add_sentence(&out, sentences[i].sentence, &verdict);
		if (strcmp(unit_text(&out), sentences[i].expected) != 0)
			fail_msg("%s: %s", sentences[i].why, unit_text(&out));
		rg_buf_done(&out);
	}
}

static void test_full_buffer_is_a_failure(void **state)
{
	struct rg_buf out;

	(void)state;
	rg_buf_init(&out, 4);
	rg_span_add(&out, "price_line", RG_SPAN_COLUMNS, true);
	assert_int_equal(out.failed, RG_ELIMIT);
	rg_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_span),
		cmocka_unit_test(test_sentence),
		cmocka_unit_test(test_full_buffer_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
