/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A profile in a pool says the same as before, and what is equal is in the pool once. */
#include "random_profile.h"

#include "pool.h"

#include "rg/pool.h"

#include <malloc.h>

enum { SEEDS = 300, RUNS = 4 };

static void assert_same_frame(const struct rg_profile *a, uint32_t left, const struct rg_profile *b,
			      uint32_t right)
{
	const struct rg_frame *l = &rg_profile_frames(a, &(size_t){0})[left];
	const struct rg_frame *r = &rg_profile_frames(b, &(size_t){0})[right];
	const struct rg_module *lm = &rg_profile_modules(a, &(size_t){0})[l->module];
	const struct rg_module *rm = &rg_profile_modules(b, &(size_t){0})[r->module];

	assert_string_equal(l->function, r->function);
	assert_string_equal(l->file, r->file);
	assert_int_equal(l->line, r->line);
	assert_int_equal(l->start_line, r->start_line);
	assert_int_equal(l->code, r->code);
	assert_int_equal(l->unnamed, r->unnamed);
	assert_string_equal(lm->name, rm->name);
	assert_string_equal(lm->build_id, rm->build_id);
}

static void assert_same_sample(const struct rg_profile *a, const struct rg_sample *left,
			       const struct rg_profile *b, const struct rg_sample *right)
{
	const struct rg_stack *l = &rg_profile_stacks(a, &(size_t){0})[left->stack];
	const struct rg_stack *r = &rg_profile_stacks(b, &(size_t){0})[right->stack];

	assert_memory_equal(left->value, right->value, sizeof(left->value));
	assert_int_equal(left->slice, right->slice);
	assert_string_equal(left->thread, right->thread);
	assert_string_equal(left->wait, right->wait);
	assert_int_equal(l->depth, r->depth);
	for (uint32_t i = 0; i < l->depth; i++)
		assert_same_frame(a, l->frames[i], b, r->frames[i]);
}

static void assert_same_rest(const struct rg_profile *a, const struct rg_profile *b)
{
	size_t left, right;
	const struct rg_slice *ls = rg_profile_slices(a, &left), *rs = rg_profile_slices(b, &right);

	assert_int_equal(left, right);
	if (left > 0)
		assert_memory_equal(ls, rs, left * sizeof(*ls));
	const struct rg_fact *lf = rg_profile_facts(a, &left), *rf = rg_profile_facts(b, &right);

	assert_int_equal(left, right);
	for (size_t i = 0; i < left; i++) {
		assert_string_equal(lf[i].key, rf[i].key);
		assert_string_equal(lf[i].value, rf[i].value);
	}
	for (int value = 0; value < RG_VALUE_COUNT; value++) {
		assert_int_equal(rg_profile_total(a, (enum rg_value)value),
				 rg_profile_total(b, (enum rg_value)value));
		assert_int_equal(rg_profile_has(a, (enum rg_value)value),
				 rg_profile_has(b, (enum rg_value)value));
	}
	assert_int_equal(rg_profile_digest(a), rg_profile_digest(b));
}

static void assert_same(const struct rg_profile *a, const struct rg_profile *b)
{
	struct rg_sample_reader reader = rg_profile_read_samples(b);
	struct rg_sample sample;
	size_t count;
	const struct rg_sample *whole = rg_profile_samples(a, &count);

	assert_int_equal(rg_profile_sample_count(b), count);
	for (size_t i = 0; i < count; i++) {
		assert_true(rg_sample_next(&reader, &sample));
		assert_same_sample(a, &whole[i], b, &sample);
	}
	assert_false(rg_sample_next(&reader, &sample));
	assert_same_rest(a, b);
}

static void a_pooled_profile_says_the_same(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed += RUNS) {
		struct rg_profile_pool *pool = rg_profile_pool_new();
		struct rg_profile *whole[RUNS], *pooled[RUNS];

		for (size_t i = 0; i < RUNS; i++) {
			whole[i] = random_profile(seed + i);
			assert_int_equal(rg_profile_pool_add(pool, whole[i], &pooled[i], NULL), 0);
		}
		for (size_t i = 0; i < RUNS; i++) {
			assert_same(whole[i], pooled[i]);
			rg_profile_free(whole[i]);
			rg_profile_free(pooled[i]);
		}
		rg_profile_pool_free(pool);
	}
}

static void a_pooled_profile_can_move_to_another_pool(void **state)
{
	struct rg_profile_pool *first = rg_profile_pool_new(), *second = rg_profile_pool_new();
	struct rg_profile *other = random_profile(6), *whole = random_profile(7), *a, *b, *c;

	(void)state;
	assert_int_equal(rg_profile_pool_add(first, other, &a, NULL), 0);
	assert_int_equal(rg_profile_pool_add(first, whole, &b, NULL), 0);
	assert_int_equal(rg_profile_pool_add(second, b, &c, NULL), 0);
	rg_profile_free(a);
	rg_profile_free(b);
	rg_profile_pool_free(first);
	assert_same(whole, c);
	rg_profile_free(c);
	rg_profile_pool_free(second);
	rg_profile_free(other);
	rg_profile_free(whole);
}

static void what_is_equal_is_there_once(void **state)
{
	struct rg_profile_pool *pool = rg_profile_pool_new();
	struct rg_profile *whole = random_profile(5), *first, *again;

	(void)state;
	assert_int_equal(rg_profile_pool_add(pool, whole, &first, NULL), 0);
	size_t modules = pool->module_count, frames = pool->frame_count;
	size_t stacks = pool->stack_count, whos = pool->who_count;

	assert_int_equal(rg_profile_pool_add(pool, whole, &again, NULL), 0);
	assert_true(modules > 0 && frames > 0 && stacks > 0 && whos > 0);
	assert_int_equal(pool->module_count, modules);
	assert_int_equal(pool->frame_count, frames);
	assert_int_equal(pool->stack_count, stacks);
	assert_int_equal(pool->who_count, whos);
	rg_profile_free(first);
	rg_profile_free(again);
	rg_profile_free(whole);
	rg_profile_pool_free(pool);
}

/* The ends of every type, and times that are no multiple of the period or too large to be. */
static void values_of_any_size_come_back(void **state)
{
	static const int64_t values[][RG_VALUE_COUNT] = {
		{3, 30, 0, 0},
		{4, 41, 0, 0},
		{0, 10, 0, 0},
		{INT64_MAX / 4, 10, 0, 0},
		{5, 0, 1, 0},
		{0, 0, 0, INT64_MAX / 2},
		{1, INT64_MAX / 2, 127, 128},
		{1, 10, 0, 1},
	};
	struct rg_profile_builder *b = rg_profile_builder_new();
	struct rg_profile_pool *pool = rg_profile_pool_new();
	struct rg_profile *whole, *pooled;
	char name[8];

	(void)state;
	for (uint32_t i = 0; i < COUNT(values); i++) {
		struct rg_sample sample = {.slice = i % 3 ? RG_NO_SLICE : i, .thread = "t"};

		snprintf(name, sizeof(name), "f%u", i);
		sample.stack = make_leaf(b, name);
		memcpy(sample.value, values[i], sizeof(sample.value));
		assert_int_equal(
			rg_profile_builder_slice(b, &(struct rg_slice){.wall_ns = 1}, NULL), 0);
		assert_int_equal(rg_profile_builder_sample(b, &sample, NULL), 0);
	}
	whole = make_profile(b);
	assert_int_equal(rg_profile_pool_add(pool, whole, &pooled, NULL), 0);
	assert_same(whole, pooled);
	rg_profile_free(pooled);
	rg_profile_free(whole);
	rg_profile_pool_free(pool);
}

/* A run of a service: the stacks are the same in all, the numbers are its own. */
static struct rg_profile *run_of_service(uint64_t seed)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	char name[64];

	for (int i = 0; i < 20; i++)
		assert_int_equal(rg_profile_builder_slice(
					 b, &(struct rg_slice){.wall_ns = 1000000000}, NULL),
				 0);
	for (uint32_t i = 0; i < 200 * 20; i++) {
		struct rg_sample sample = {.slice = i % 20, .thread = ""};

		snprintf(name, sizeof(name), "shop::part::Handler::step%u", i / 20);
		sample.stack = make_leaf(b, name);
		sample.value[RG_VALUE_SAMPLES] = 1 + (int64_t)random_below(&seed, 9);
		sample.value[RG_VALUE_CPU_NS] = 10101010 * sample.value[RG_VALUE_SAMPLES];
		assert_int_equal(rg_profile_builder_sample(b, &sample, NULL), 0);
	}
	return make_profile(b);
}

static size_t bytes_in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void a_set_takes_a_fifth_of_the_memory(void **state)
{
	enum { SET = 40 };
	struct rg_profile *whole[SET], *pooled[SET];
	struct rg_profile_pool *pool = rg_profile_pool_new();
	size_t start = bytes_in_use(), before, all;

	(void)state;
	if (start == 0) {
		print_message("skipped: this allocator does not tell what it gave\n");
		rg_profile_pool_free(pool);
		skip();
	}
	for (size_t i = 0; i < SET; i++)
		whole[i] = run_of_service(i + 1);
	all = bytes_in_use() - start;
	before = bytes_in_use();
	for (size_t i = 0; i < SET; i++)
		assert_int_equal(rg_profile_pool_add(pool, whole[i], &pooled[i], NULL), 0);
	assert_true(all > 0 && (bytes_in_use() - before) * 5 < all);
	for (size_t i = 0; i < SET; i++) {
		rg_profile_free(whole[i]);
		rg_profile_free(pooled[i]);
	}
	rg_profile_pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pooled_profile_says_the_same),
		cmocka_unit_test(a_pooled_profile_can_move_to_another_pool),
		cmocka_unit_test(what_is_equal_is_there_once),
		cmocka_unit_test(values_of_any_size_come_back),
		cmocka_unit_test(a_set_takes_a_fifth_of_the_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
