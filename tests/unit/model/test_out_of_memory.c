/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every allocation of reading and writing a profile fails in turn, zlib's too: the answer is
 * RG_ENOMEM each time, nothing is given out and nothing leaks.
 */
#include "base/own_allocator.h"
#include "random_profile.h"

#include "rg/formats.h"
#include "rg/pool.h"

#if OWN_ALLOCATOR

extern void __libc_free(void *block);

/* How many allocations still succeed; negative: all. */
static long allocations_left = -1;
static long blocks_in_use;

static bool fails(void)
{
	if (allocations_left < 0)
		return false;
	return allocations_left == 0 || allocations_left-- == 0;
}

static void *counted(void *block)
{
	blocks_in_use += block != NULL;
	return block;
}

void *malloc(size_t size)
{
	return fails() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
	if (fails())
		return NULL;
	return old ? __libc_realloc(old, size) : counted(__libc_malloc(size));
}

void *reallocarray(void *old, size_t count, size_t size)
{
	return size != 0 && count > SIZE_MAX / size ? NULL : realloc(old, count * size);
}

void free(void *block)
{
	blocks_in_use -= block != NULL;
	__libc_free(block);
}

static void assert_out_of_memory(int rc, const struct rg_err *err, long n)
{
	if (rc != RG_ENOMEM || err->code != RG_ENOMEM || err->text[0] == '\0')
		fail_msg("allocation %ld failing: %d '%s'", n, rc, err->text);
}

static void reading_survives_each(void **state)
{
	struct rg_profile *p = random_profile(31), *back = NULL;
	struct rg_buf file = make_file(p);
	int rc = RG_ENOMEM;
	long n = 0;

	(void)state;
	for (; rc != 0; n++) {
		long before = blocks_in_use;
		struct rg_err err = {0};

		allocations_left = n;
		rc = rg_pprof_read(file.data, file.len, &back, &err);
		allocations_left = -1;
		if (rc == 0)
			break;
		assert_out_of_memory(rc, &err, n);
		assert_null(back);
		assert_int_equal(blocks_in_use, before);
	}
	assert_true(n > 40);
	rg_profile_free(back);
	rg_buf_done(&file);
	rg_profile_free(p);
}

static void writing_survives_each(void **state)
{
	struct rg_profile *p = random_profile(31);
	struct rg_buf file = make_file(p), again;
	int rc = RG_ENOMEM;
	long n = 0;

	(void)state;
	for (; rc != 0; n++) {
		long before = blocks_in_use;
		struct rg_err err = {0};

		rg_buf_init(&again, 1 << 20);
		allocations_left = n;
		rc = rg_pprof_write(p, &again, &err);
		allocations_left = -1;
		if (rc == 0)
			break;
		assert_out_of_memory(rc, &err, n);
		assert_int_equal(again.len, 0);
		rg_buf_done(&again);
		assert_int_equal(blocks_in_use, before);
	}
	assert_true(n > 10);
	assert_int_equal(again.len, file.len);
	assert_memory_equal(again.data, file.data, file.len);
	rg_buf_done(&again);
	rg_buf_done(&file);
	rg_profile_free(p);
}

/* What a failed addition left in the pool does no harm: the next is whole. */
static void pooling_survives_each(void **state)
{
	struct rg_profile *p = random_profile(31), *pooled = NULL;
	struct rg_profile_pool *pool = NULL;
	int rc = RG_ENOMEM;
	long n = 0;

	(void)state;
	for (; rc != 0; n++) {
		long before = blocks_in_use;
		struct rg_err err = {0};

		allocations_left = n;
		pool = rg_profile_pool_new();
		rc = pool ? rg_profile_pool_add(pool, p, &pooled, &err)
			  : rg_err_nomem(&err, "pool");
		allocations_left = -1;
		if (rc == 0)
			break;
		assert_out_of_memory(rc, &err, n);
		assert_null(pooled);
		rg_profile_pool_free(pool);
		assert_int_equal(blocks_in_use, before);
	}
	assert_true(n > 20);
	assert_int_equal(rg_profile_sample_count(pooled), rg_profile_sample_count(p));
	rg_profile_free(pooled);
	rg_profile_pool_free(pool);
	rg_profile_free(p);
}

static void a_failed_addition_leaves_the_pool_usable(void **state)
{
	struct rg_profile *p = random_profile(32), *pooled = NULL;
	struct rg_profile_pool *pool = rg_profile_pool_new();
	int rc = RG_ENOMEM;

	(void)state;
	for (long n = 0; rc != 0; n++) {
		allocations_left = n;
		rc = rg_profile_pool_add(pool, p, &pooled, NULL);
		allocations_left = -1;
		assert_true(rc == 0 || rc == RG_ENOMEM);
	}
	assert_int_equal(rg_profile_sample_count(pooled), rg_profile_sample_count(p));
	assert_int_equal(rg_profile_digest(pooled), rg_profile_digest(p));
	rg_profile_free(pooled);
	rg_profile_pool_free(pool);
	rg_profile_free(p);
}

static void reading_texts_survives_each(void **state)
{
	static const char *const texts[] = {
		"main;a;b_[k] 1\nmain;c 2\n",
		"# arch : x86_64\na 1 1.0: 5 cpu-clock: \n\t1 f+0x1 (/bin/m)\n\t2 [unknown] (l)\n\n"
		"b 1 3.5: 5 cpu-clock: \n\n"};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct rg_profile *p = NULL;
		int rc = RG_ENOMEM;
		long n = 0;

		for (; rc != 0; n++) {
			long before = blocks_in_use;
			struct rg_err err = {0};

			allocations_left = n;
			rc = rg_profile_read(texts[i], strlen(texts[i]), NULL, &p, &err);
			allocations_left = -1;
			if (rc == 0)
				break;
			assert_out_of_memory(rc, &err, n);
			assert_null(p);
			assert_int_equal(blocks_in_use, before);
		}
		assert_true(n > 12);
		rg_profile_free(p);
	}
}

static void writing_folded_survives_each(void **state)
{
	struct rg_profile *p = random_profile(33);
	struct rg_buf text;
	int rc = RG_ENOMEM;
	long n = 0;

	(void)state;
	assert_true(rg_profile_has(p, RG_VALUE_SAMPLES));
	for (; rc != 0; n++) {
		long before = blocks_in_use;
		struct rg_err err = {0};

		rg_buf_init(&text, 1 << 20);
		allocations_left = n;
		rc = rg_folded_write(p, RG_VALUE_SAMPLES, &text, &err);
		allocations_left = -1;
		if (rc != 0) {
			assert_out_of_memory(rc, &err, n);
			assert_int_equal(text.len, 0);
		}
		rg_buf_done(&text);
		assert_int_equal(blocks_in_use, before);
	}
	assert_true(n > 5);
	rg_profile_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading_survives_each),
		cmocka_unit_test(pooling_survives_each),
		cmocka_unit_test(a_failed_addition_leaves_the_pool_usable),
		cmocka_unit_test(reading_texts_survives_each),
		cmocka_unit_test(writing_folded_survives_each),
		cmocka_unit_test(writing_survives_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	print_message("skipped: the sanitizer has the allocator\n");
	return 0;
}

#endif
