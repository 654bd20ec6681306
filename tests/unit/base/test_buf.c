/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fail_libc.h"
#include "buf.c" /* NOLINT(bugprone-suspicious-include) */

static void appends_follow_each_other(void **state)
{
	struct rg_buf buf;

	(void)state;
	rg_buf_init(&buf, 1000);
	rg_buf_adds(&buf, "ab");
	rg_buf_addc(&buf, 'c');
	rg_buf_fill(&buf, '-', 3);
	rg_buf_addf(&buf, "%d%s", 12, "x");
	rg_buf_add(&buf, "\0z", 2);
	assert_int_equal(buf.len, 11);
	assert_memory_equal(buf.data, "abc---12x\0z", 12);
	assert_int_equal(buf.failed, 0);
	rg_buf_done(&buf);
}

static void empty_append_makes_data(void **state)
{
	struct rg_buf buf;

	(void)state;
	rg_buf_init(&buf, 0);
	assert_null(buf.data);
	rg_buf_add(&buf, NULL, 0);
	assert_int_equal(buf.failed, 0);
	assert_string_equal(buf.data, "");
	rg_buf_fill(&buf, 'x', 0);
	rg_buf_addf(&buf, "%s", "");
	assert_int_equal(buf.len, 0);
	assert_int_equal(buf.failed, 0);
	rg_buf_done(&buf);
}

static void grows_from_byte_to_byte(void **state)
{
	struct rg_buf buf;

	(void)state;
	rg_buf_init(&buf, 10000);
	for (size_t i = 0; i < 10000; i++) {
		rg_buf_addc(&buf, (char)('a' + i % 26));
		assert_int_equal(buf.len, i + 1);
		assert_non_null(buf.data);
		assert_int_equal(strlen(buf.data), buf.len);
	}
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(buf.data[i], 'a' + i % 26);
	assert_int_equal(buf.failed, 0);
	assert_int_equal(buf.cap, 10001);
	rg_buf_done(&buf);
}

/* Read where it is used: a constant that large makes gcc 14 warn of what the test is about. */
static volatile const size_t huge = SIZE_MAX;

/* Each way of appending one byte too many. */
static void append_over_limit(struct rg_buf *buf, size_t way)
{
	switch (way) {
	case 0:
		rg_buf_add(buf, "xx", 2);
		break;
	case 1:
		rg_buf_adds(buf, "xx");
		break;
	case 2:
		rg_buf_fill(buf, 'x', 2);
		break;
	case 3:
		rg_buf_addf(buf, "%d", 42);
		break;
	case 4:
		rg_buf_fill(buf, 'x', huge);
		break;
	default:
		rg_buf_fill(buf, 'x', huge - 4);
		break;
	}
}

static void over_the_limit_is_refused_whole_and_stays(void **state)
{
	(void)state;
	for (size_t way = 0; way < 6; way++) {
		struct rg_buf buf;

		rg_buf_init(&buf, 5);
		rg_buf_adds(&buf, "abcd");
		append_over_limit(&buf, way);
		assert_int_equal(buf.failed, RG_ELIMIT);
		rg_buf_addc(&buf, 'y');
		rg_buf_addf(&buf, "y");
		rg_buf_fill(&buf, 'y', 1);
		rg_buf_add(&buf, NULL, 0);
		assert_int_equal(buf.failed, RG_ELIMIT);
		assert_string_equal(buf.data, "abcd");
		assert_int_equal(buf.len, 4);
		rg_buf_done(&buf);
	}
}

static void exactly_the_limit_fits(void **state)
{
	struct rg_buf buf;

	(void)state;
	rg_buf_init(&buf, 5);
	rg_buf_adds(&buf, "abcd");
	rg_buf_addc(&buf, 'e');
	assert_int_equal(buf.failed, 0);
	assert_string_equal(buf.data, "abcde");
	rg_buf_addc(&buf, 'f');
	assert_int_equal(buf.failed, RG_ELIMIT);
	rg_buf_done(&buf);
}

static void no_limit_does_not_overflow(void **state)
{
	struct rg_buf buf;

	(void)state;
	rg_buf_init(&buf, SIZE_MAX);
	rg_buf_adds(&buf, "abc");
	rg_buf_fill(&buf, 'x', huge - 3);
	assert_int_equal(buf.failed, RG_ELIMIT);
	assert_string_equal(buf.data, "abc");
	rg_buf_done(&buf);
}

static void format_that_fails_is_a_failure(void **state)
{
	struct rg_buf buf;

	(void)state;
	rg_buf_init(&buf, SIZE_MAX);
	formatting_fails = 1;
	rg_buf_addf(&buf, "x");
	formatting_fails = 0;
	assert_int_equal(buf.failed, RG_ELIMIT);
	rg_buf_done(&buf);
}

static void no_memory_stays_and_keeps_the_content(void **state)
{
	struct rg_buf buf;

	(void)state;
	rg_buf_init(&buf, 1000);
	rg_buf_adds(&buf, "abc");
	allocations_left = 0;
	rg_buf_fill(&buf, 'x', 500);
	allocations_left = -1;
	assert_int_equal(buf.failed, RG_ENOMEM);
	rg_buf_addc(&buf, 'd');
	rg_buf_fill(&buf, 'x', 5000);
	assert_int_equal(buf.failed, RG_ENOMEM);
	assert_string_equal(buf.data, "abc");
	rg_buf_done(&buf);
}

static void no_memory_at_first(void **state)
{
	struct rg_buf buf;

	(void)state;
	rg_buf_init(&buf, 1000);
	allocations_left = 0;
	rg_buf_addf(&buf, "%d", 1);
	allocations_left = -1;
	assert_int_equal(buf.failed, RG_ENOMEM);
	assert_int_equal(buf.len, 0);
	rg_buf_reset(&buf);
	rg_buf_adds(&buf, "x");
	assert_string_equal(buf.data, "x");
	rg_buf_done(&buf);
}

static void cut_keeps_the_beginning_and_the_failure(void **state)
{
	struct rg_buf buf;

	(void)state;
	rg_buf_init(&buf, 6);
	rg_buf_cut(&buf, 0);
	assert_null(buf.data);
	rg_buf_adds(&buf, "abcdef");
	rg_buf_addc(&buf, 'g');
	rg_buf_cut(&buf, 2);
	assert_string_equal(buf.data, "ab");
	assert_int_equal(buf.len, 2);
	assert_int_equal(buf.failed, RG_ELIMIT);
	rg_buf_done(&buf);
}

static void reset_empties_and_forgives(void **state)
{
	struct rg_buf buf;
	const char *data;

	(void)state;
	rg_buf_init(&buf, 5);
	rg_buf_adds(&buf, "abc");
	rg_buf_adds(&buf, "too long");
	data = buf.data;
	rg_buf_reset(&buf);
	assert_int_equal(buf.failed, 0);
	assert_int_equal(buf.len, 0);
	assert_ptr_equal(buf.data, data);
	assert_string_equal(buf.data, "");
	rg_buf_adds(&buf, "de");
	assert_string_equal(buf.data, "de");
	rg_buf_done(&buf);
	assert_null(buf.data);
	assert_int_equal(buf.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appends_follow_each_other),
		cmocka_unit_test(empty_append_makes_data),
		cmocka_unit_test(grows_from_byte_to_byte),
		cmocka_unit_test(over_the_limit_is_refused_whole_and_stays),
		cmocka_unit_test(exactly_the_limit_fits),
		cmocka_unit_test(no_limit_does_not_overflow),
		cmocka_unit_test(format_that_fails_is_a_failure),
		cmocka_unit_test(no_memory_stays_and_keeps_the_content),
		cmocka_unit_test(no_memory_at_first),
		cmocka_unit_test(cut_keeps_the_beginning_and_the_failure),
		cmocka_unit_test(reset_empties_and_forgives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
