/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/text.h"

struct row {
	const char *what;
	const char *text;
	size_t len;
	const char *safe;
};

#define ROW(what, text, safe)                      \
	{                                          \
		what, text, sizeof(text) - 1, safe \
	}

static const struct row rows[] = {
	ROW("ASCII stays", "std::vector<int>::push_back(int&&)",
	    "std::vector<int>::push_back(int&&)"),
	ROW("letters of all scripts stay", "größe 数 имя", "größe 数 имя"),
	ROW("a backslash stays", "C:\\x41", "C:\\x41"),
	ROW("markup stays", "<b>|*_`&", "<b>|*_`&"),
	ROW("a no-break space is visible as one", "a\u00a0b", "a\u00a0b"),
	ROW("a combining mark stays", "e\u0301", "e\u0301"),
	ROW("NUL", "a\0b", "a\\x00b"),
	ROW("tab, newline and return", "\t\n\r", "\\x09\\x0a\\x0d"),
	ROW("an ANSI escape", "\x1b[31mred", "\\x1b[31mred"),
	ROW("DEL", "\x7f", "\\x7f"),
	ROW("the one-character CSI of C1",
	    "\xc2\x9b"
	    "31m",
	    "\\xc2\\x9b31m"),
	ROW("the raw byte 9B", "\x9b", "\\x9b"),
	ROW("right-to-left override", "a\u202egpj", "a\\xe2\\x80\\xaegpj"),
	ROW("isolates", "\u2066\u2069", "\\xe2\\x81\\xa6\\xe2\\x81\\xa9"),
	ROW("Arabic letter mark", "\u061c", "\\xd8\\x9c"),
	ROW("line and paragraph separators", "\u2028\u2029", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9"),
	ROW("zero-width space and joiner", "\u200b\u200d", "\\xe2\\x80\\x8b\\xe2\\x80\\x8d"),
	ROW("byte order mark", "\ufeff", "\\xef\\xbb\\xbf"),
	ROW("soft hyphen", "\u00ad", "\\xc2\\xad"),
	ROW("Hangul filler", "\u3164", "\\xe3\\x85\\xa4"),
	ROW("variation selector", "\ufe0f", "\\xef\\xb8\\x8f"),
	ROW("tag letter", "\U000e0041", "\\xf3\\xa0\\x81\\x81"),
	ROW("an overlong form, byte by byte", "\xc0\xaf/", "\\xc0\\xaf/"),
	ROW("a surrogate, byte by byte", "\xed\xa0\x80", "\\xed\\xa0\\x80"),
	ROW("a cut sequence before a letter", "\xe2\x80z", "\\xe2\\x80z"),
	ROW("a cut sequence at the end", "a\xf0\x9f\x98", "a\\xf0\\x9f\\x98"),
	ROW("nothing", "", ""),
};

static void rows_become_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_buf buf;

		rg_buf_init(&buf, 1000);
		rg_text_add_safe(&buf, rows[i].text, rows[i].len);
		assert_int_equal(rg_text_is_safe(rows[i].text, rows[i].len),
				 rows[i].len == strlen(rows[i].safe) &&
					 !memcmp(rows[i].text, rows[i].safe, rows[i].len));
		if (strcmp(buf.data, rows[i].safe) != 0)
			fail_msg("%s: got '%s'", rows[i].what, buf.data);
		rg_buf_done(&buf);
	}
}

/* Whether a terminal would do more than show it: the rule written again from the standards. */
static int is_trouble(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0x61c ||
	       c == 0xfeff;
}

static void assert_safe(const char *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		uint32_t codepoint = 0;
		size_t length = rg_utf8_decode(text + at, len - at, &codepoint);

		assert_true(length > 0);
		assert_false(is_trouble(codepoint));
		at += length;
	}
}

/* Sequences that matter, whole, cut and jumped into, and random bytes between them. */
static void random_bytes(uint64_t *seed, char *out, size_t len)
{
	static const char parts[] = "\u202e\u200b\x1b[0m…\xc2\x9b\U000e0041数";
	size_t at = 0;

	for (size_t i = 0; i < len; i++) {
		uint64_t random = next_random(seed) >> 20;

		at = random % 8 ? (at + 1) % sizeof(parts) : (random >> 3) % sizeof(parts);
		out[i] = parts[at];
		if (random % 5 == 0)
			memcpy(&out[i], &random, 1);
	}
}

/* What is safe already does not change again. */
static void random_bytes_become_safe_and_stay_so(void **state)
{
	uint64_t seed = 31;

	(void)state;
	for (int step = 0; step < 20000; step++) {
		char text[32];
		struct rg_buf once, twice;

		random_bytes(&seed, text, sizeof(text));
		rg_buf_init(&once, 1000);
		rg_buf_init(&twice, 1000);
		rg_text_add_safe(&once, text, sizeof(text));
		assert_safe(once.data, once.len);
		rg_text_add_safe(&twice, once.data, once.len);
		assert_string_equal(once.data, twice.data);
		rg_buf_done(&once);
		rg_buf_done(&twice);
	}
}

static void every_code_point_becomes_safe(void **state)
{
	struct rg_buf buf;

	(void)state;
	rg_buf_init(&buf, 100);
	for (uint32_t c = 0x800; c < 0x10000; c++) {
		const char bytes[3] = {(char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)),
				       (char)(0x80 | (c & 0x3f))};

		rg_buf_reset(&buf);
		rg_text_add_safe(&buf, bytes, sizeof(bytes));
		assert_safe(buf.data, buf.len);
		assert_true(buf.len == 3 || buf.len == 12);
	}
	rg_buf_done(&buf);
}

static void full_buffer_is_seen_by_the_caller(void **state)
{
	struct rg_buf buf;

	(void)state;
	rg_buf_init(&buf, 6);
	rg_text_add_safe(&buf, "abc\ndef", 7);
	assert_int_equal(buf.failed, RG_ELIMIT);
	rg_buf_done(&buf);
}

static void labels_are_plain(void **state)
{
	static const struct {
		const char *text;
		bool label;
	} labels[] = {
		{"request", true},
		{"x", true},
		{"page view", true},
		{"e-mail 2", true},
		{"abcdefghijklmnopqrstuvwx", true},
		{"abcdefghijklmnopqrstuvwxy", false},
		{"", false},
		{" request", false},
		{"request ", false},
		{"2nd", false},
		{"-x", false},
		{"x-", false},
		{"a*b", false},
		{"a\nb", false},
		{"caf\xc3\xa9", false},
		{"<b>", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (rg_text_is_label(labels[i].text) != labels[i].label)
			fail_msg("'%s'", labels[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_become_safe),
		cmocka_unit_test(random_bytes_become_safe_and_stay_so),
		cmocka_unit_test(every_code_point_becomes_safe),
		cmocka_unit_test(full_buffer_is_seen_by_the_caller),
		cmocka_unit_test(labels_are_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
