/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "rg/text.h"
#include "utf8.h"

static size_t encode(uint32_t c, char out[4])
{
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = length; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(lead[length] | c);
	return length;
}

static int is_scalar(uint32_t c)
{
	return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

/* 0x1fffff is the largest that four bytes can say. */
static void every_code_point_is_decoded_or_refused(void **state)
{
	uint32_t wrong = 0;

	(void)state;
	for (uint32_t c = 0; c <= 0x1fffff; c++) {
		char bytes[4];
		uint32_t decoded = UINT32_MAX;
		size_t length = encode(c, bytes);
		size_t result = rg_utf8_decode(bytes, length, &decoded);

		if (is_scalar(c))
			wrong += result != length || decoded != c;
		else
			wrong += result != 0 || decoded != UINT32_MAX;
	}
	assert_int_equal(wrong, 0);
}

static void malformed_bytes_are_refused(void **state)
{
	static const struct {
		const char *what;
		const char *bytes;
	} rows[] = {
		{"a continuation byte alone", "\x80"},
		{"the last continuation byte alone", "\xbf"},
		{"'/' in two bytes, which is overlong", "\xc0\xaf"},
		{"DEL in two bytes", "\xc1\xbf"},
		{"'/' in three bytes", "\xe0\x80\xaf"},
		{"U+07FF in three bytes", "\xe0\x9f\xbf"},
		{"U+FFFF in four bytes", "\xf0\x8f\xbf\xbf"},
		{"the first surrogate", "\xed\xa0\x80"},
		{"the last surrogate", "\xed\xbf\xbf"},
		{"U+110000", "\xf4\x90\x80\x80"},
		{"a lead byte above F4", "\xf5\x80\x80\x80"},
		{"a five-byte form", "\xf8\x88\x80\x80\x80"},
		{"the byte FE", "\xfe"},
		{"the byte FF", "\xff"},
		{"a lead byte before ASCII", "\xc3"
					     "a"},
		{"the second continuation byte missing", "\xe2\x80z"},
		{"the third continuation byte missing", "\xf0\x9f\x98z"},
		{"a lead byte in place of a continuation byte", "\xe2\xe2\x82"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t decoded = 77;

		if (rg_utf8_decode(rows[i].bytes, strlen(rows[i].bytes), &decoded) || decoded != 77)
			fail_msg("accepted: %s", rows[i].what);
	}
}

/* In memory of exactly that size, so that the sanitizer sees a byte read behind it. */
static void truncated_sequences_are_refused(void **state)
{
	static const char *const whole[] = {"é", "…", "𝕏"};
	uint32_t decoded = 77;

	(void)state;
	assert_int_equal(rg_utf8_decode("", 0, &decoded), 0);
	for (size_t i = 0; i < COUNT(whole); i++) {
		for (size_t len = 1; len < strlen(whole[i]); len++) {
			char *part = malloc(len);

			memcpy(part, whole[i], len);
			assert_int_equal(rg_utf8_decode(part, len, &decoded), 0);
			free(part);
		}
	}
	assert_int_equal(decoded, 77);
}

/* What is accepted is exactly what the encoder would have written. */
static void random_bytes_decode_to_their_own_encoding(void **state)
{
	uint64_t seed = 21;
	size_t accepted = 0;

	(void)state;
	for (int step = 0; step < 300000; step++) {
		uint64_t random = next_random(&seed);
		char bytes[4], again[4];
		uint32_t decoded = 0;
		size_t length;

		memcpy(bytes, &random, sizeof(bytes));
		length = rg_utf8_decode(bytes, 1 + (random >> 40) % 4, &decoded);
		if (length == 0)
			continue;
		accepted++;
		assert_true(is_scalar(decoded));
		assert_int_equal(encode(decoded, again), length);
		assert_memory_equal(bytes, again, length);
	}
	assert_true(accepted > 100000);
}

static void cut_sequences_are_dropped(void **state)
{
	static const struct {
		const char *what;
		const char *text;
		size_t expected;
	} rows[] = {
		{"nothing", "", 0},
		{"ASCII", "abc", 3},
		{"a whole character at the end", "ab…", 5},
		{"two of three bytes", "ab\xe2\x80", 2},
		{"one of three bytes", "ab\xe2", 2},
		{"three of four bytes", "ab\xf0\x9f\x98", 2},
		{"a cut sequence only", "\xf0\x9f", 0},
		{"continuation bytes without a lead stay", "a\x80\x80\x80\x80", 5},
		{"continuation bytes only stay", "\x80\x80", 2},
		{"a byte that leads nothing stays", "a\xff", 2},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rg_utf8_whole(rows[i].text, strlen(rows[i].text)) != rows[i].expected)
			fail_msg("cut wrongly: %s", rows[i].what);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_is_decoded_or_refused),
		cmocka_unit_test(malformed_bytes_are_refused),
		cmocka_unit_test(truncated_sequences_are_refused),
		cmocka_unit_test(random_bytes_decode_to_their_own_encoding),
		cmocka_unit_test(cut_sequences_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
