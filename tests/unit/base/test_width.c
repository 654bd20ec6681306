/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/text.h"
#include "width_table.h"

static void columns_of_text(void **state)
{
	static const struct {
		const char *what;
		const char *text;
		size_t columns;
	} rows[] = {
		{"nothing", "", 0},
		{"ASCII", "main", 4},
		{"Latin with accents", "größe", 5},
		{"Greek and Cyrillic", "αя", 2},
		{"Chinese", "数据", 4},
		{"Hangul syllables", "한글", 4},
		{"a Hangul syllable in its letters", "\u1112\u1161\u11ab", 2},
		{"full-width letters", "Ａ", 2},
		{"half-width katakana", "ｱ", 1},
		{"an emoji", "🔥", 2},
		{"the ellipsis and a box line", "…─", 2},
		{"a combining accent", "e\u0301", 1},
		{"a Devanagari vowel sign above", "\u0915\u0947", 1},
		{"a combining mark in the wide blocks", "\u304b\u3099", 2},
		{"the second ideographic plane", "\U00020000", 2},
		{"the end of the third ideographic plane", "\U0003fffd", 2},
		{"what is not UTF-8 counts one a byte", "\xff\xe2\x80", 3},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t columns = rg_text_columns(rows[i].text, strlen(rows[i].text));

		if (columns != rows[i].columns)
			fail_msg("%s: %zu columns", rows[i].what, columns);
	}
}

static void assert_sorted(const struct rg_range *table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_true(table[i].first <= table[i].last);
		assert_true(i == 0 || table[i - 1].last < table[i].first);
		assert_true(rg_range_has(table, count, table[i].first));
		assert_true(rg_range_has(table, count, table[i].last));
		assert_true(i == 0 || table[i - 1].last + 1 == table[i].first ||
			    !rg_range_has(table, count, table[i].first - 1));
	}
}

static void tables_can_be_searched(void **state)
{
	(void)state;
	assert_sorted(wide_ranges, COUNT(wide_ranges));
	assert_sorted(zero_width_ranges, COUNT(zero_width_ranges));
}

static void text_is_cut_in_the_middle(void **state)
{
	static const struct {
		const char *what;
		const char *text;
		size_t columns;
		const char *cut;
	} rows[] = {
		{"what fits stays", "abcdef", 6, "abcdef"},
		{"what has room stays", "abcdef", 99, "abcdef"},
		{"more is kept of the end", "abcdefghij", 7, "ab…ghij"},
		{"one too many", "abcdefghij", 9, "ab…efghij"},
		{"no beginning when there is hardly room", "abcdefghij", 3, "…ij"},
		{"the ellipsis alone", "abcdefghij", 1, "…"},
		{"no room at all", "abcdefghij", 0, ""},
		{"nothing into nothing", "", 0, ""},
		{"a wide character is never halved", "数据数据数据", 7, "数…数据"},
		{"a wide character that does not fit leaves a column", "数据数据数据", 6, "…数据"},
		{"a column the beginning cannot use is the end's", "数据数据数据", 5, "…数据"},
		{"marks stay with the beginning they belong to", "e\u0301bcdefghi", 6,
		 "e\u0301…fghi"},
		{"marks of a character that is cut off go too", "abcdefe\u0301\u0301gh", 4, "a…gh"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_buf buf;
		size_t columns;

		rg_buf_init(&buf, 1000);
		rg_buf_adds(&buf, "");
		columns =
			rg_text_add_cut(&buf, rows[i].text, strlen(rows[i].text), rows[i].columns);
		if (strcmp(buf.data, rows[i].cut) != 0)
			fail_msg("%s: got '%s'", rows[i].what, buf.data);
		assert_int_equal(columns, rg_text_columns(buf.data, buf.len));
		rg_buf_done(&buf);
	}
}

/* Any text, any width: never wider than allowed, and at most one column short (a wide character). */
static void random_text_never_exceeds_its_columns(void **state)
{
	static const char *const letters[] = {"a", "Z", "数", "é", "\u0301", "🔥", "\xff", ":"};
	uint64_t seed = 41;

	(void)state;
	for (int step = 0; step < 20000; step++) {
		struct rg_buf text, cut;
		size_t columns = next_random(&seed) % 24, used, total;

		rg_buf_init(&text, 1000);
		rg_buf_init(&cut, 1000);
		rg_buf_adds(&text, "");
		rg_buf_adds(&cut, "");
		for (uint64_t n = next_random(&seed) % 24; n > 0; n--)
			rg_buf_adds(&text, letters[(next_random(&seed) >> 30) % COUNT(letters)]);
		total = rg_text_columns(text.data, text.len);
		used = rg_text_add_cut(&cut, text.data, text.len, columns);
		assert_int_equal(used, rg_text_columns(cut.data, cut.len));
		assert_true(used <= columns);
		assert_true(used == total || used + 1 >= columns);
		rg_buf_done(&text);
		rg_buf_done(&cut);
	}
}

static void full_buffer_is_seen_by_the_caller(void **state)
{
	struct rg_buf buf;

	(void)state;
	rg_buf_init(&buf, 3);
	rg_text_add_cut(&buf, "abcdefghij", 10, 7);
	assert_int_equal(buf.failed, RG_ELIMIT);
	rg_buf_done(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_of_text),
		cmocka_unit_test(tables_can_be_searched),
		cmocka_unit_test(text_is_cut_in_the_middle),
		cmocka_unit_test(random_text_never_exceeds_its_columns),
		cmocka_unit_test(full_buffer_is_seen_by_the_caller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
