/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/unit.h"

#include "stacks.h"

#include "rg/err.h"

/* A sample of count 1; the addresses count up from `first`, kernel's then user's. */
static struct rgw_sample make_sample(uint16_t kernel, uint16_t user, uint64_t first)
{
	struct rgw_sample sample = {
		.count = 1, .kernel_depth = kernel, .user = {.depth = user, .end = RGW_END_ROOT}};

	for (size_t i = 0; i < kernel && i < RGW_KERNEL_DEPTH; i++)
		sample.kernel[i] = first++;
	for (size_t i = 0; i < user && i < RGW_USER_DEPTH; i++)
		sample.user.at[i] = first++;
	return sample;
}

static struct rgw_sample_key make_key(rgw_image_id image, uint32_t slice, const char *comm)
{
	struct rgw_sample_key key = {.image = image, .slice = slice};

	memcpy(key.comm, comm, strnlen(comm, sizeof(key.comm)));
	return key;
}

static void add(struct rg_stacks *stacks, const struct rgw_sample_key *key,
		const struct rgw_sample *sample)
{
	struct rg_err err = {0};

	assert_int_equal(rg_stacks_add(stacks, key, sample, &err), 0);
}

static void test_whole_sample(void **state)
{
	struct rg_stacks *stacks = rg_stacks_new();
	const struct rgw_sample_key key = make_key(3, 9, "worker");
	struct rgw_sample sample = make_sample(2, 3, 100);
	const struct rg_raw_sample *samples;
	const struct rg_raw_stack *all;
	size_t count;

	(void)state;
	sample.count = 17;
	add(stacks, &key, &sample);
	all = rg_stacks_get(stacks, &count);
	assert_int_equal(count, 1);
	assert_int_equal(all[0].kernel_depth, 2);
	assert_int_equal(all[0].user_depth, 3);
	assert_int_equal(all[0].image, 3);
	for (uint64_t i = 0; i < 5; i++)
		assert_int_equal(all[0].address[i], 100 + i);
	samples = rg_stacks_samples(stacks, &count);
	assert_int_equal(count, 1);
	assert_int_equal(samples[0].count, 17);
	assert_int_equal(samples[0].slice, 9);
	assert_int_equal(samples[0].stack, 0);
	assert_string_equal(samples[0].comm, "worker");
	rg_stacks_free(stacks);
}

/* Which stacks are one. The first row is added before each. */
static void test_equality(void **state)
{
	static const struct {
		const char *why;
		rgw_image_id image;
		uint16_t kernel, user;
		uint64_t first;
		uint32_t slice;
		size_t stacks;
	} rows[] = {
		{"the same again", 1, 2, 2, 50, 0, 1},
		{"in another slice", 1, 2, 2, 50, 1, 1},
		{"in another image", 2, 2, 2, 50, 0, 2},
		{"other addresses", 1, 2, 2, 51, 0, 2},
		{"the same addresses, one more of them the kernel's", 1, 3, 1, 50, 0, 2},
		{"all of them the kernel's", 1, 4, 0, 50, 0, 2},
		{"one less", 1, 2, 1, 50, 0, 2},
		{"none", 1, 0, 0, 50, 0, 2},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct rgw_sample_key first_key = make_key(1, 0, "a");
		const struct rgw_sample first = make_sample(2, 2, 50);
		const struct rgw_sample_key key = make_key(rows[i].image, rows[i].slice, "a");
		const struct rgw_sample sample =
			make_sample(rows[i].kernel, rows[i].user, rows[i].first);
		struct rg_stacks *stacks = rg_stacks_new();
		size_t count;

		print_message("%s\n", rows[i].why);
		add(stacks, &first_key, &first);
		add(stacks, &key, &sample);
		rg_stacks_get(stacks, &count);
		assert_int_equal(count, rows[i].stacks);
		rg_stacks_samples(stacks, &count);
		assert_int_equal(count, 2);
		rg_stacks_free(stacks);
	}
}

static void test_deepest(void **state)
{
	struct rg_stacks *stacks = rg_stacks_new();
	const struct rgw_sample_key key = make_key(1, 0, "a");
	const struct rgw_sample sample = make_sample(RGW_KERNEL_DEPTH, RGW_USER_DEPTH, 7);
	const struct rg_raw_stack *all;
	size_t count;

	(void)state;
	add(stacks, &key, &sample);
	all = rg_stacks_get(stacks, &count);
	for (uint64_t i = 0; i < RGW_KERNEL_DEPTH + RGW_USER_DEPTH; i++)
		assert_int_equal(all[0].address[i], 7 + i);
	rg_stacks_free(stacks);
}

static void test_impossible_depths(void **state)
{
	static const struct {
		uint16_t kernel, user;
	} rows[] = {
		{RGW_KERNEL_DEPTH + 1, 0},
		{0, RGW_USER_DEPTH + 1},
		{UINT16_MAX, UINT16_MAX},
	};
	struct rg_stacks *stacks = rg_stacks_new();
	const struct rgw_sample_key key = make_key(1, 0, "a");
	size_t count;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct rgw_sample sample = make_sample(rows[i].kernel, rows[i].user, 1);
		struct rg_err err = {0};

		assert_int_equal(rg_stacks_add(stacks, &key, &sample, &err), RG_EIO);
		assert_int_equal(err.code, RG_EIO);
		assert_non_null(strstr(err.text, "read the sample table: a stack of "));
	}
	rg_stacks_get(stacks, &count);
	assert_int_equal(count, 0);
	rg_stacks_samples(stacks, &count);
	assert_int_equal(count, 0);
	rg_stacks_free(stacks);
}

/* A thread's name that fills its room has no NUL behind it. */
static void test_longest_name(void **state)
{
	struct rg_stacks *stacks = rg_stacks_new();
	const struct rgw_sample_key key = make_key(1, 0, "0123456789abcdefXYZ");
	const struct rgw_sample sample = make_sample(0, 1, 1);
	const struct rg_raw_sample *samples;
	size_t count;

	(void)state;
	add(stacks, &key, &sample);
	samples = rg_stacks_samples(stacks, &count);
	assert_string_equal(samples[0].comm, "0123456789abcdef");
	rg_stacks_free(stacks);
}

/* Stacks of few distinct addresses, so that many are alike: each distinct one is there once. */
static void test_many(void **state)
{
	enum { SAMPLES = 20000, KINDS = 3 * 3 * 3 * 50 };
	struct rg_stacks *stacks = rg_stacks_new();
	static uint32_t id[KINDS];
	uint64_t random = 3;
	const struct rg_raw_sample *samples;
	const struct rg_raw_stack *all;
	size_t count, kinds = 0;
	static uint32_t kind[SAMPLES];

	(void)state;
	memset(id, 0xff, sizeof(id));
	for (size_t i = 0; i < SAMPLES; i++) {
		uint32_t k = (uint32_t)(next_random(&random) % KINDS);
		const struct rgw_sample_key key = make_key(1 + k % 3, (uint32_t)i, "t");
		const struct rgw_sample sample =
			make_sample((uint16_t)(k / 3 % 3), (uint16_t)(1 + k / 9 % 3), k / 27);

		kind[i] = k;
		kinds += id[k] == UINT32_MAX;
		id[k] = 0;
		add(stacks, &key, &sample);
	}
	all = rg_stacks_get(stacks, &count);
	assert_int_equal(count, kinds);
	samples = rg_stacks_samples(stacks, &count);
	assert_int_equal(count, SAMPLES);
	for (size_t i = 0; i < SAMPLES; i++) {
		const struct rg_raw_stack *stack = &all[samples[i].stack];

		assert_int_equal(samples[i].slice, i);
		assert_int_equal(stack->image, 1 + kind[i] % 3);
		assert_int_equal(stack->kernel_depth, kind[i] / 3 % 3);
		assert_int_equal(stack->user_depth, 1 + kind[i] / 9 % 3);
		assert_int_equal(stack->address[0], kind[i] / 27);
	}
	rg_stacks_free(stacks);
}

static void test_none(void **state)
{
	struct rg_stacks *stacks = rg_stacks_new();
	size_t count = 1;

	(void)state;
	rg_stacks_get(stacks, &count);
	assert_int_equal(count, 0);
	count = 1;
	rg_stacks_samples(stacks, &count);
	assert_int_equal(count, 0);
	rg_stacks_free(stacks);
	rg_stacks_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_sample), cmocka_unit_test(test_equality),
		cmocka_unit_test(test_deepest),      cmocka_unit_test(test_impossible_depths),
		cmocka_unit_test(test_longest_name), cmocka_unit_test(test_many),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
