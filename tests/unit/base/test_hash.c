/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "rg/hash.h"

/* Fixed for ever: hashes may be compared across machines. */
static void values_do_not_change(void **state)
{
	static const struct {
		const char *text;
		uint64_t seed, hash;
	} rows[] = {
		{"", 0, UINT64_C(0xbfbd4f9347a4f67a)},
		{"", 1, UINT64_C(0x23339a99277f63ff)},
		{"a", 0, UINT64_C(0x7025f40d3fad0bc4)},
		{"main", 0, UINT64_C(0xd0238b37bc3bb5f1)},
		{"12345678", 0, UINT64_C(0x9935919f43fa657b)},
		{"std::vector<int>::push_back", 7, UINT64_C(0x584dd5f684044d3c)},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(rg_hash_bytes(rows[i].text, strlen(rows[i].text), rows[i].seed),
				 rows[i].hash);
}

static void alignment_does_not_matter(void **state)
{
	static const char text[] = "a text longer than two words of eight bytes";
	char moved[sizeof(text) + 8];

	(void)state;
	for (size_t shift = 0; shift < 8; shift++) {
		memcpy(moved + shift, text, sizeof(text));
		for (size_t len = 0; len < sizeof(text); len++)
			assert_int_equal(rg_hash_bytes(moved + shift, len, 3),
					 rg_hash_bytes(text, len, 3));
	}
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

static void assert_distinct(uint64_t *hashes, size_t count)
{
	qsort(hashes, count, sizeof(*hashes), compare_u64);
	for (size_t i = 1; i < count; i++)
		assert_int_not_equal(hashes[i - 1], hashes[i]);
}

static void runs_of_one_byte_differ_by_length(void **state)
{
	static const unsigned char bytes[] = {0x00, 0xff, 'a'};
	uint64_t hashes[COUNT(bytes) * 256];
	char text[256];
	size_t count = 0;

	(void)state;
	for (size_t b = 0; b < COUNT(bytes); b++) {
		memset(text, bytes[b], sizeof(text));
		for (size_t len = 1; len <= 256; len++)
			hashes[count++] = rg_hash_bytes(text, len, 0);
	}
	assert_distinct(hashes, count);
}

static void similar_texts_and_seeds_do_not_collide(void **state)
{
	enum { TEXTS = 200000 };
	uint64_t *hashes = calloc(TEXTS, 2 * sizeof(*hashes));
	char text[64];

	(void)state;
	for (uint32_t i = 0; i < TEXTS; i++) {
		int len = snprintf(text, sizeof(text), "ns::Class<%u>::method_%u()", i / 500,
				   i % 500);

		hashes[i] = rg_hash_bytes(text, (size_t)len, 0);
		hashes[TEXTS + i] = rg_hash_bytes("x", 1, i);
	}
	assert_distinct(hashes, (size_t)2 * TEXTS);
	free(hashes);
}

/*
 * One flipped bit of the input should flip each bit of the hash half of the time. Over 2000 trials
 * the share of a fair bit stays within 0.5 +- 0.06 (5.4 standard deviations) for all 64.
 */
static void assert_flips_are_fair(size_t len)
{
	enum { TRIALS = 2000 };
	uint64_t seed = 99 + len;
	unsigned int flips[64] = {0};

	for (int trial = 0; trial < TRIALS; trial++) {
		unsigned char text[40];
		uint64_t before, after;
		size_t bit;

		for (size_t i = 0; i < len; i++)
			text[i] = (unsigned char)(next_random(&seed) >> 40);
		bit = (next_random(&seed) >> 16) % (8 * len);
		before = rg_hash_bytes(text, len, 0);
		text[bit / 8] = (unsigned char)(text[bit / 8] ^ 1u << bit % 8);
		after = rg_hash_bytes(text, len, 0);
		for (int i = 0; i < 64; i++)
			flips[i] += (unsigned int)((before ^ after) >> i & 1);
	}
	for (int i = 0; i < 64; i++)
		assert_in_range(flips[i], TRIALS * 44 / 100, TRIALS * 56 / 100);
}

static void every_bit_of_the_input_counts(void **state)
{
	static const size_t lengths[] = {2, 4, 8, 9, 16, 31, 40};

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++)
		assert_flips_are_fair(lengths[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_do_not_change),
		cmocka_unit_test(alignment_does_not_matter),
		cmocka_unit_test(runs_of_one_byte_differ_by_length),
		cmocka_unit_test(similar_texts_and_seeds_do_not_collide),
		cmocka_unit_test(every_bit_of_the_input_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
