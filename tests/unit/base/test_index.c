/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fail_libc.h"
#include "index.c" /* NOLINT(bugprone-suspicious-include) */

/* Keys are numbers; the id is the place in the array. */
static int key_is(const void *ctx, uint32_t id, const void *key)
{
	return ((const uint64_t *)ctx)[id] == *(const uint64_t *)key;
}

static uint32_t find(const struct rg_index *index, const uint64_t *keys, uint64_t hash,
		     uint64_t key)
{
	return rg_index_find(index, hash, key_is, keys, &key);
}

static void empty_index_finds_nothing(void **state)
{
	struct rg_index index = {0};

	(void)state;
	assert_int_equal(find(&index, NULL, 0, 0), RG_INDEX_NONE);
	rg_index_done(&index);
}

typedef uint64_t hash_fn(uint64_t key);

static uint64_t hash_well(uint64_t key)
{
	return rg_hash_bytes(&key, sizeof(key), 0);
}
static uint64_t hash_as_itself(uint64_t key)
{
	return key;
}
static uint64_t hash_high_bits_only(uint64_t key)
{
	return key << 40;
}
static uint64_t hash_all_the_same(uint64_t key)
{
	(void)key;
	return 0;
}

/* Against an array searched from end to end: same answers, whatever the quality of the hash. */
static void assert_agrees_with_array(hash_fn *hash, size_t steps, uint64_t seed)
{
	struct rg_index index = {0};
	uint64_t keys[2048];
	uint32_t count = 0;

	for (size_t step = 0; step < steps; step++) {
		uint64_t key = next_random(&seed) % 2048;
		uint32_t expected = 0;

		while (expected < count && keys[expected] != key)
			expected++;
		if (expected < count) {
			assert_int_equal(find(&index, keys, hash(key), key), expected);
			continue;
		}
		assert_int_equal(find(&index, keys, hash(key), key), RG_INDEX_NONE);
		keys[count] = key;
		assert_int_equal(rg_index_add(&index, hash(key), count), 0);
		count++;
		assert_int_equal(index.used, count);
		assert_true(index.used < index.cap);
	}
	assert_true(count > 100);
	rg_index_done(&index);
	assert_null(index.slots);
}

static void agrees_with_an_array(void **state)
{
	(void)state;
	assert_agrees_with_array(hash_well, 20000, 11);
	assert_agrees_with_array(hash_as_itself, 20000, 12);
	assert_agrees_with_array(hash_high_bits_only, 20000, 13);
	assert_agrees_with_array(hash_all_the_same, 600, 14);
}

static int count_calls(const void *ctx, uint32_t id, const void *key)
{
	(void)id;
	(void)key;
	++**(size_t *const *)ctx;
	return 0;
}

/* A hundred thousand keys used as their own hashes: hardly any is compared with another. */
static void tags_spare_comparisons(void **state)
{
	enum { KEYS = 100000 };
	struct rg_index index = {0};
	size_t calls = 0, *counter = &calls;
	uint64_t none = 0;

	(void)state;
	for (uint32_t i = 0; i < KEYS; i++)
		assert_int_equal(rg_index_add(&index, i, i), 0);
	for (uint64_t i = KEYS; i < UINT64_C(2) * KEYS; i++)
		assert_int_equal(rg_index_find(&index, i, count_calls, &counter, &none),
				 RG_INDEX_NONE);
	assert_true(calls < KEYS / 100);
	rg_index_done(&index);
}

static void largest_id_is_stored(void **state)
{
	struct rg_index index = {0};
	size_t calls = 0, *counter = &calls;

	(void)state;
	assert_int_equal(rg_index_add(&index, 5, RG_INDEX_NONE), RG_ELIMIT);
	assert_int_equal(index.used, 0);
	assert_int_equal(rg_index_add(&index, 5, RG_INDEX_NONE - 1), 0);
	assert_int_equal(rg_index_find(&index, 5, count_calls, &counter, NULL), RG_INDEX_NONE);
	assert_int_equal(calls, 1);
	rg_index_done(&index);
}

/* The first allocation and one that would make the table larger. */
static void no_memory_leaves_the_index_as_it_was(void **state)
{
	struct rg_index index = {0};
	uint64_t keys[SLOTS_MIN];
	uint32_t count = 0;

	(void)state;
	allocations_left = 0;
	assert_int_equal(rg_index_add(&index, 1, 0), RG_ENOMEM);
	assert_int_equal(index.used, 0);
	allocations_left = 1;
	for (; count < SLOTS_MIN; count++) {
		keys[count] = count;
		if (rg_index_add(&index, count, count) < 0)
			break;
	}
	allocations_left = -1;
	assert_int_equal(count, SLOTS_MIN / 4 * 3);
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(find(&index, keys, i, i), i);
	assert_int_equal(rg_index_add(&index, count, count), 0);
	assert_int_equal(find(&index, keys, count, count), count);
	rg_index_done(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_index_finds_nothing),
		cmocka_unit_test(agrees_with_an_array),
		cmocka_unit_test(tags_spare_comparisons),
		cmocka_unit_test(largest_id_is_stored),
		cmocka_unit_test(no_memory_leaves_the_index_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
