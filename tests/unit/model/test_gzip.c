/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "make.h"

#include "gzip.h"

static struct rg_buf deflated(const void *bytes, size_t len)
{
	struct rg_err err = {0};
	struct rg_buf file;

	rg_buf_init(&file, 64 << 20);
	assert_int_equal(rg_gzip_deflate(bytes, len, &file, &err), 0);
	return file;
}

static void any_content_comes_back(void **state)
{
	static char bytes[200000];
	static const size_t lengths[] = {0, 1, 32767, 32768, 32769, 65536, sizeof(bytes)};
	uint64_t seed = 3;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(next_random(&seed) >> (i % 2 ? 56 : 62));
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct rg_buf file = deflated(bytes, lengths[i]), back;
		struct rg_err err = {0};

		rg_buf_init(&back, sizeof(bytes));
		assert_true(rg_gzip_is(file.data, file.len));
		assert_int_equal(rg_gzip_inflate(file.data, file.len, &back, &err), 0);
		assert_int_equal(back.len, lengths[i]);
		if (back.len > 0)
			assert_memory_equal(back.data, bytes, lengths[i]);
		rg_buf_done(&file);
		rg_buf_done(&back);
	}
}

static void members_follow_each_other(void **state)
{
	struct rg_buf file = deflated("one ", 4), second = deflated("two", 3), back;
	struct rg_err err = {0};

	(void)state;
	rg_buf_add(&file, second.data, second.len);
	rg_buf_init(&back, 100);
	assert_int_equal(rg_gzip_inflate(file.data, file.len, &back, &err), 0);
	assert_string_equal(back.data, "one two");
	rg_buf_done(&file);
	rg_buf_done(&second);
	rg_buf_done(&back);
}

static void assert_refused(const struct rg_buf *file, size_t max, int code, const char *text)
{
	struct rg_err err = {0};
	struct rg_buf back;

	rg_buf_init(&back, max);
	assert_int_equal(rg_gzip_inflate(file->data, file->len, &back, &err), code);
	assert_int_equal(err.code, code);
	assert_text_contains(err.text, text);
	rg_buf_done(&back);
}

static void bytes_behind_are_refused(void **state)
{
	struct rg_buf file = deflated("one", 3);

	(void)state;
	rg_buf_addc(&file, '\0');
	assert_refused(&file, 100, RG_EFORMAT, "other bytes behind the gzip data");
	rg_buf_done(&file);
}

static void a_file_cut_anywhere_is_refused(void **state)
{
	struct rg_buf file = deflated("one two three", 13);
	size_t len = file.len;

	(void)state;
	for (file.len = 2; file.len < len; file.len++)
		assert_refused(&file, 100, RG_EFORMAT, "cut short");
	rg_buf_done(&file);
}

static void damage_is_refused(void **state)
{
	struct rg_buf file = deflated("one two three", 13);

	(void)state;
	file.data[file.len - 8] ^= 1; /* the checksum */
	assert_refused(&file, 100, RG_EFORMAT, "incorrect data check");
	file.data[file.len - 8] ^= 1;
	file.data[2] = 7; /* the method */
	assert_refused(&file, 100, RG_EFORMAT, "unknown compression method");
	rg_buf_done(&file);
}

/* 32 MiB of zeros in 32 KiB. */
static void a_bomb_stops_at_the_limit(void **state)
{
	char *zeros = calloc(32, 1 << 20);
	struct rg_buf file = deflated(zeros, 32 << 20), back;
	struct rg_profile *profile = NULL;
	struct rg_err err = {0};

	(void)state;
	free(zeros);
	assert_true(file.len < 40000);
	rg_buf_init(&back, 1 << 20);
	assert_int_equal(rg_gzip_inflate(file.data, file.len, &back, &err), RG_ELIMIT);
	assert_text_contains(err.text, "more than 1048576 bytes");
	assert_true(back.cap <= (1 << 20) + 1);
	rg_buf_done(&back);
	err = (struct rg_err){0};
	assert_int_equal(rg_pprof_read_max(file.data, file.len, 1 << 20, &profile, &err),
			 RG_ELIMIT);
	assert_null(profile);
	rg_buf_done(&file);
}

/* A file that shrank to less than a profile can is given up early, whatever the caller has room for. */
static void a_bomb_stops_long_before_a_gibibyte(void **state)
{
	enum { PLAUSIBLE = 64 << 20 };
	char *zeros = calloc(1, PLAUSIBLE + 1);
	struct rg_buf file = deflated(zeros, PLAUSIBLE), larger = deflated(zeros, PLAUSIBLE + 1);
	struct rg_buf back;
	struct rg_err err = {0};

	(void)state;
	free(zeros);
	rg_buf_init(&back, 1 << 30);
	assert_int_equal(rg_gzip_inflate(file.data, file.len, &back, &err), 0);
	assert_int_equal(back.len, PLAUSIBLE);
	rg_buf_done(&back);
	assert_int_equal(rg_gzip_inflate(larger.data, larger.len, &back, &err), RG_ELIMIT);
	assert_text_contains(err.text, "more than 67108864 bytes: too many for a profile");
	assert_true(back.cap <= PLAUSIBLE + 1);
	rg_buf_done(&back);
	rg_buf_done(&file);
	rg_buf_done(&larger);
}

/* Large files may inflate to 128 times their size: here the limit is not that of small ones. */
static void a_large_file_may_inflate_to_more(void **state)
{
	enum { LEN = 70 << 20, RANDOM = 1 << 20 };
	char *bytes = calloc(1, LEN);
	struct rg_buf file, back;
	uint64_t seed = 9;

	(void)state;
	for (size_t i = 0; i < RANDOM; i++)
		bytes[i] = (char)(next_random(&seed) >> 56);
	file = deflated(bytes, LEN);
	rg_buf_init(&back, 1 << 30);
	assert_int_equal(rg_gzip_inflate(file.data, file.len, &back, NULL), 0);
	assert_int_equal(back.len, LEN);
	assert_int_equal(back.max, 1 << 30);
	rg_buf_done(&back);
	rg_buf_done(&file);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_content_comes_back),
		cmocka_unit_test(members_follow_each_other),
		cmocka_unit_test(bytes_behind_are_refused),
		cmocka_unit_test(a_file_cut_anywhere_is_refused),
		cmocka_unit_test(damage_is_refused),
		cmocka_unit_test(a_bomb_stops_at_the_limit),
		cmocka_unit_test(a_bomb_stops_long_before_a_gibibyte),
		cmocka_unit_test(a_large_file_may_inflate_to_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
