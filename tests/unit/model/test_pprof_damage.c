/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Damaged files: never a crash, never more than is there, and a cut file never a success. */
#include "random_profile.h"

#include "message.h"
#include "pprof_message.h"

/* Bytes in an allocation of exactly their size, so that a sanitizer sees reads behind them. */
static int read_exact(const char *bytes, size_t len)
{
	struct rg_profile *profile = NULL;
	struct rg_err err = {0};
	char *copy = malloc(len ? len : 1);
	int rc;

	memcpy(copy, bytes, len);
	rc = rg_pprof_read_max(copy, len, 16 << 20, &profile, &err);
	assert_int_equal(err.code, rc);
	assert_int_equal(rc == 0, profile != NULL);
	assert_int_equal(rc == 0, err.text[0] == '\0');
	rg_profile_free(profile);
	free(copy);
	return rc;
}

static void a_file_cut_anywhere_is_refused(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 6; seed++) {
		struct rg_profile *p = random_profile(seed);
		struct rg_buf file = make_file(p);

		for (size_t len = 0; len < file.len; len++)
			if (read_exact(file.data, len) != RG_EFORMAT)
				fail_msg("seed %d: accepted %zu of %zu bytes", (int)seed, len,
					 file.len);
		assert_int_equal(read_exact(file.data, file.len), 0);
		rg_buf_done(&file);
		rg_profile_free(p);
	}
}

/* The bits that fill up the last byte of deflated data mean nothing: the content must be the same. */
static void assert_refused_or_equal(const struct rg_buf *damaged, const struct rg_buf *sound)
{
	struct rg_profile *profile = NULL;
	struct rg_buf again;

	if (rg_pprof_read(damaged->data, damaged->len, &profile, NULL) != 0)
		return;
	again = make_file(profile);
	assert_int_equal(again.len, sound->len);
	assert_memory_equal(again.data, sound->data, sound->len);
	rg_buf_done(&again);
	rg_profile_free(profile);
}

static void a_flipped_bit_in_a_file_is_no_other_profile(void **state)
{
	struct rg_profile *p = random_profile(2);
	struct rg_buf file = make_file(p), damaged = make_file(p);

	(void)state;
	for (size_t i = 0; i < file.len * 8; i++) {
		damaged.data[i / 8] ^= (char)(1 << i % 8);
		assert_refused_or_equal(&damaged, &file);
		damaged.data[i / 8] ^= (char)(1 << i % 8);
	}
	rg_buf_done(&file);
	rg_buf_done(&damaged);
	rg_profile_free(p);
}

static struct rg_buf plain_message(uint64_t seed)
{
	struct rg_profile *p = random_profile(seed);
	struct rg_err err = {0};
	struct rg_buf message;

	rg_buf_init(&message, 1 << 20);
	assert_int_equal(rg_pprof_message(p, &message, &err), 0);
	rg_profile_free(p);
	return message;
}

static void a_cut_message_never_crashes(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 4; seed++) {
		struct rg_buf message = plain_message(seed);

		/* Strings come last: without them nothing can be resolved. */
		for (size_t len = 0; len < message.len; len++)
			assert_int_not_equal(read_exact(message.data, len), 0);
		assert_int_equal(read_exact(message.data, message.len), 0);
		rg_buf_done(&message);
	}
}

/* Every byte is set to values that turn lengths, types and ids over. */
static size_t corrupt_each_byte(struct rg_buf *message)
{
	static const char xors[] = {0x01, 0x02, 0x08, 0x40, (char)0x80, (char)0xff};
	size_t accepted = 0;

	for (size_t i = 0; i < message->len; i++)
		for (size_t j = 0; j < sizeof(xors); j++) {
			message->data[i] ^= xors[j];
			accepted += read_exact(message->data, message->len) == 0;
			message->data[i] ^= xors[j];
		}
	return accepted;
}

static void a_corrupt_message_never_crashes(void **state)
{
	struct rg_buf message;

	(void)state;
	message_base(&message);
	/* A changed value or name is still a profile. */
	assert_in_range(corrupt_each_byte(&message), 1, message.len * 6 - 1);
	rg_buf_done(&message);
	message = plain_message(5);
	assert_in_range(corrupt_each_byte(&message), 1, message.len * 6 - 1);
	rg_buf_done(&message);
}

static void huge_counts_are_not_believed(void **state)
{
	static const char *const starts[] = {
		"\x12\xff\xff\xff\xff\x0f", "\x32\xff\xff\xff\xff\xff\xff\xff\x7f",
		"\x0a\xff\xff\xff\xff\x07", "\x2a\x80\x80\x80\x80\x04",
		"\x6a\xff\xff\xff\xff\x0f",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++)
		assert_int_equal(read_exact(starts[i], strlen(starts[i])), RG_EFORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_cut_anywhere_is_refused),
		cmocka_unit_test(a_flipped_bit_in_a_file_is_no_other_profile),
		cmocka_unit_test(a_cut_message_never_crashes),
		cmocka_unit_test(a_corrupt_message_never_crashes),
		cmocka_unit_test(huge_counts_are_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
