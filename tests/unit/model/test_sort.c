/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/unit.h"

#include "sort.h"

struct keys {
	const uint32_t *key;
	size_t compared;
};

static int by_key(const void *ctx, uint32_t a, uint32_t b)
{
	struct keys *keys = (struct keys *)ctx;

	keys->compared++;
	return (keys->key[a] > keys->key[b]) - (keys->key[a] < keys->key[b]);
}

/* Sorts 0..count-1 by key and checks order and stability; returns the comparisons it took. */
static size_t check_sorted(const uint32_t *key, size_t count)
{
	uint32_t ids[1024], scratch[1024];
	struct keys keys = {.key = key};

	for (size_t i = 0; i < count; i++)
		ids[i] = (uint32_t)i;
	rg_sort_ids(ids, scratch, count, by_key, &keys);
	for (size_t i = 1; i < count; i++)
		assert_true(key[ids[i - 1]] < key[ids[i]] ||
			    (key[ids[i - 1]] == key[ids[i]] && ids[i - 1] < ids[i]));
	return keys.compared;
}

static void every_length_is_sorted_stably(void **state)
{
	uint32_t key[1024] = {0};
	uint64_t seed = 7;

	(void)state;
	for (size_t count = 0; count <= 130; count++) {
		for (size_t i = 0; i < count; i++)
			key[i] = (uint32_t)(next_random(&seed) % 20);
		check_sorted(key, count);
	}
}

static void sorted_input_takes_one_look_a_run(void **state)
{
	uint32_t key[1024];

	(void)state;
	for (uint32_t i = 0; i < 1024; i++)
		key[i] = i;
	assert_int_equal(check_sorted(key, 1024), 1023);
}

static void no_input_takes_more_than_n_log_n(void **state)
{
	uint32_t key[1024];
	uint64_t seed = 9;

	(void)state;
	for (uint32_t i = 0; i < 1024; i++)
		key[i] = 1024 - i;
	assert_true(check_sorted(key, 1024) <= 1024 * 11);
	for (uint32_t i = 0; i < 1024; i++)
		key[i] = (uint32_t)next_random(&seed);
	assert_true(check_sorted(key, 1024) <= 1024 * 11);
}

static void numbers_are_sorted_by_counting(void **state)
{
	uint32_t key[1024] = {0}, ids[1024], scratch[1024], starts[21];
	uint64_t seed = 7;

	(void)state;
	for (size_t count = 0; count <= 1024; count += 128) {
		for (size_t i = 0; i < count; i++) {
			key[i] = (uint32_t)(next_random(&seed) % 20);
			ids[i] = (uint32_t)i;
		}
		rg_sort_by_key(ids, scratch, count, key, starts, 20);
		for (size_t i = 1; i < count; i++)
			assert_true(key[ids[i - 1]] < key[ids[i]] ||
				    (key[ids[i - 1]] == key[ids[i]] && ids[i - 1] < ids[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_length_is_sorted_stably),
		cmocka_unit_test(sorted_input_takes_one_look_a_run),
		cmocka_unit_test(no_input_takes_more_than_n_log_n),
		cmocka_unit_test(numbers_are_sorted_by_counting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
