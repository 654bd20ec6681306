/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/policy.h"

#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

struct row {
	const char *sentence, *pattern, *text;
	bool matches;
};

static const struct row rows[] = {
	{"a plain name is itself", "memcpy", "memcpy", true},
	{"and nothing longer", "memcpy", "memcpy2", false},
	{"and nothing shorter", "memcpy", "memcp", false},
	{"case counts", "memcpy", "Memcpy", false},
	{"an empty pattern matches the empty text", "", "", true},
	{"and no other", "", "a", false},
	{"a star is any text", "*", "anything at all", true},
	{"and none", "*", "", true},
	{"stars in a row are one", "***", "", true},
	{"a star at the end", "json_*", "json_parse", true},
	{"which may be nothing", "json_*", "json_", true},
	{"but the beginning must be there", "json_*", "xjson_", false},
	{"a star at the start", "*_parse", "json_parse", true},
	{"takes the last of several ends", "*ab", "abxab", true},
	{"but the end must be the end", "*_parse", "json_parse2", false},
	{"a star in the middle", "a*c", "abbbc", true},
	{"of nothing", "a*c", "ac", true},
	{"both ends do not share a byte", "ab*bc", "abc", false},
	{"several stars in order", "a*b*c", "axxbyyc", true},
	{"and not out of it", "a*b*c", "axxcyyb", false},
	{"a later star is widened when an earlier guess was wrong", "*ab*cd*", "abxcabcd", true},
	{"a question mark is one character", "f?o", "foo", true},
	{"not none", "f?o", "fo", false},
	{"not two", "f?o", "fooo", false},
	{"a character of UTF-8 is one", "f?o", "f\xc3\xa9o", true},
	{"however long", "f?o", "f\xf0\x9f\x98\x80o", true},
	{"two are two", "f?o", "f\xc3\xa9\xc3\xa9o", false},
	{"a byte that is no UTF-8 is one", "f?o", "f\xffo", true},
	{"half a character is bytes", "??", "\xe2\x82", true},
	{"as many characters as question marks behind a star", "*??", "\xc3\xa9x", true},
	{"and not more", "*???", "\xc3\xa9\xc3\xa9", false},
	{"a star does not cut a character in two", "?*?", "\xc3\xa9", false},
	{"brackets are brackets", "operator[]", "operator[]", true},
	{"and no set", "operator[x]", "operatorx", false},
	{"an unnamed frame", "[server]+*", "[server]+0x12", true},
	{"an operator whose name is a star", "operator*", "operator*", true},
	{"matches the others too", "operator*", "operator+", true},
	{"unless the star is escaped", "operator\\*", "operator+", false},
	{"which still matches itself", "operator\\*", "operator*", true},
	{"an escaped question mark", "a\\?", "a?", true},
	{"is no wildcard", "a\\?", "ab", false},
	{"an escaped backslash", "a\\\\b", "a\\b", true},
	{"a backslash at the end is itself", "a\\", "a\\", true},
	{"an escape behind a star", "*\\*x", "a*x", true},
	{"an escaped letter is the letter", "\\a", "a", true},
	{"a template's arguments", "std::vector<*>::push_back", "std::vector<a<b>, c>::push_back",
	 true},
	{"control bytes are bytes", "a\x1b*", "a\x1b[2J", true},
};

static void patterns_match_as_documented(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rg_pattern_match(rows[i].pattern, rows[i].text) != rows[i].matches)
			fail_msg("%s: '%s' and '%s'", rows[i].sentence, rows[i].pattern,
				 rows[i].text);
	}
}

struct exact {
	const char *pattern;
	bool exact;
};

static const struct exact exacts[] = {
	{"memcpy", true}, {"", true},        {"a*", false}, {"?", false},
	{"a\\*", true},   {"a\\\\*", false}, {"a\\", true}, {"operator[]", true},
};

static void a_pattern_without_wildcards_is_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(exacts); i++) {
		if (rg_pattern_is_exact(exacts[i].pattern) != exacts[i].exact)
			fail_msg("'%s'", exacts[i].pattern);
	}
}

/* --- Against the plainest matcher there is, which tries everything ---------------------------- */

/* Over the bytes of ASCII, where a character is a byte. */
static bool plain_match(const char *pattern, const char *text)
{
	if (*pattern == '\0')
		return *text == '\0';
	if (*pattern == '*')
		return plain_match(pattern + 1, text) || (*text && plain_match(pattern, text + 1));
	if (*text == '\0')
		return false;
	if (*pattern == '?')
		return plain_match(pattern + 1, text + 1);
	if (*pattern == '\\' && pattern[1])
		pattern++;
	return *pattern == *text && plain_match(pattern + 1, text + 1);
}

static void make_text(char *out, size_t max, const char *letters)
{
	const size_t len = (size_t)rand() % max;

	for (size_t i = 0; i < len; i++)
		out[i] = letters[(size_t)rand() % strlen(letters)];
	out[len] = '\0';
}

static void it_agrees_with_trying_everything(void **state)
{
	enum { ROUNDS = 200000, PATTERN_MAX = 9, TEXT_MAX = 12 };
	size_t matched = 0;

	(void)state;
	srand(7);
	for (int round = 0; round < ROUNDS; round++) {
		char pattern[PATTERN_MAX], text[TEXT_MAX];
		bool expected;

		make_text(pattern, sizeof(pattern), "ab**?\\");
		make_text(text, sizeof(text), "abb*?\\");
		expected = plain_match(pattern, text);
		matched += expected;
		if (rg_pattern_match(pattern, text) != expected)
			fail_msg("'%s' and '%s'", pattern, text);
	}
	assert_in_range(matched, ROUNDS / 20, ROUNDS / 2);
}

/* --- Destruction ------------------------------------------------------------------------------ */

static double seconds_of(const char *pattern, const char *text, bool matches)
{
	struct timespec begin, end;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
	assert_int_equal(rg_pattern_match(pattern, text), matches);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	return (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
}

/* `unit` as often as fits into `len` bytes, then `end`. */
static char *repeated(const char *unit, size_t len, const char *end)
{
	const size_t size = strlen(unit), times = len / size;
	char *text = malloc(times * size + strlen(end) + 1);

	assert_non_null(text);
	for (size_t i = 0; i < times; i++)
		memcpy(text + i * size, unit, size);
	strcpy(text + times * size, end);
	return text;
}

/* What takes matchers that try everything longer than the universe will last. */
static const struct {
	const char *unit, *end; /* of the longest pattern allowed */
} cruel[] = {
	{"a*", "b"}, {"*a", "b"},   {"*", "b"},    {"*a?", "b"},
	{"?*", "b"}, {"a*a", "*b"}, {"\\a*", "b"}, {"*aaaaaaaaaaaaaaaa", "b"},
};

/* 64 kB is the longest name a profile may hold: 2^25 steps at most, a fraction of a second. */
static void no_pattern_takes_long(void **state)
{
	enum { NAME = 1 << 16 };
	char *text = repeated("a", NAME, "");

	(void)state;
	for (size_t i = 0; i < COUNT(cruel); i++) {
		char *pattern = repeated(
			cruel[i].unit, RG_POLICY_PATTERN_MAX - strlen(cruel[i].end), cruel[i].end);
		double took = seconds_of(pattern, text, false);

		if (took > 5)
			fail_msg("'%.8s…' took %.1f s", pattern, took);
		free(pattern);
	}
	free(text);
}

/* Twice the text takes about twice as long, and not four times; compared with room for noise. */
static void time_grows_with_the_text(void **state)
{
	enum { SHORT = 1 << 16, LONG = 1 << 20 };
	char *brief = repeated("a", SHORT, ""), *lengthy = repeated("a", LONG, "");
	double ratio, least = 1e9;

	(void)state;
	for (int i = 0; i < 3; i++) {
		ratio = seconds_of("*aaaaaaaa*aaaaaaaab", lengthy, false) /
			seconds_of("*aaaaaaaa*aaaaaaaab", brief, false);
		least = ratio < least ? ratio : least;
	}
	/* 16 times the text; a matcher of quadratic time takes 256 times as long. */
	if (least > 100)
		fail_msg("16 times the text took %.0f times as long", least);
	free(brief);
	free(lengthy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_as_documented),
		cmocka_unit_test(a_pattern_without_wildcards_is_exact),
		cmocka_unit_test(it_agrees_with_trying_everything),
		cmocka_unit_test(no_pattern_takes_long),
		cmocka_unit_test(time_grows_with_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
