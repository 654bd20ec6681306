/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "make.h"

#include "comment.h"

static void slices_are_written_as_runs(void **state)
{
	static const struct rg_slice slices[] = {
		{.wall_ns = 5},          {.wall_ns = 5}, {.wall_ns = 5},
		{.wall_ns = UINT64_MAX}, {.wall_ns = 0}, {.wall_ns = 0},
	};
	struct rg_buf text;

	(void)state;
	rg_buf_init(&text, 1000);
	assert_int_equal(rg_comment_add_slices(&text, slices, COUNT(slices)), COUNT(slices));
	assert_string_equal(text.data, "regress-gate/1 slices=3*5,1*18446744073709551615,2*0");
	assert_true(rg_comment_is_slices(text.data));
	rg_buf_done(&text);
}

static void accounts_and_work_stand_behind_the_wall_time(void **state)
{
	static const struct rg_slice slices[] = {
		{5, 40, 10, 3, 27, 0}, {5, 40, 10, 3, 27, 0}, {5, 40, 10, 3, 28, 0},
		{5, 40, 10, 4, 28, 0}, {5, 40, 11, 4, 28, 0}, {5, 41, 11, 4, 28, 0},
		{.wall_ns = 5},        {5, 0, 0, 0, 1, 0},    {5, 0, 0, 0, 1, 1500},
		{5, 0, 0, 0, 0, 7},    {5, 0, 0, 0, 0, 7},    {.wall_ns = 5},
	};
	static const char expected[] =
		"regress-gate/1 slices=2*5:40:10:3:27,1*5:40:10:3:28,1*5:40:10:4:28,"
		"1*5:40:11:4:28,1*5:41:11:4:28,1*5,1*5:0:0:0:1,1*5:0:0:0:1:1500,"
		"2*5:0:0:0:0:7,1*5";
	struct rg_profile_builder *b = rg_profile_builder_new();
	const struct rg_slice *read;
	struct rg_profile *p;
	struct rg_buf text;
	size_t count;

	(void)state;
	rg_buf_init(&text, 1000);
	assert_int_equal(rg_comment_add_slices(&text, slices, COUNT(slices)), COUNT(slices));
	assert_string_equal(text.data, expected);
	assert_int_equal(rg_comment_read(b, text.data, NULL), 0);
	rg_buf_done(&text);
	p = make_profile(b);
	read = rg_profile_slices(p, &count);
	assert_int_equal(count, COUNT(slices));
	assert_memory_equal(read, slices, sizeof(slices));
	rg_profile_free(p);
}

static void many_runs_take_several_comments(void **state)
{
	static struct rg_slice slices[1000];
	size_t done = 0, comments = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(slices); i++)
		slices[i].wall_ns = UINT64_MAX - i % 2;
	for (; done < COUNT(slices); comments++) {
		struct rg_buf text;

		rg_buf_init(&text, 1 << 20);
		done += rg_comment_add_slices(&text, slices + done, COUNT(slices) - done);
		assert_in_range(text.len, 1, 4100);
		rg_buf_done(&text);
	}
	assert_int_equal(comments, 6);
}

static const struct {
	const char *comment;
	int code;
	size_t slices, facts;
} rows[] = {
	{"anything at all", 0, 0, 0},
	{"", 0, 0, 0},
	{"regress-gate", 0, 0, 0},
	{"regress-gate/1 host=a b", 0, 0, 1},
	{"regress-gate/1 host=", 0, 0, 1},
	{"regress-gate/1 host==", 0, 0, 1},
	{"regress-gate/1 host=a\nb", RG_EFORMAT, 0, 0},
	{"regress-gate/1 host", RG_EFORMAT, 0, 0},
	{"regress-gate/1 =a", RG_EFORMAT, 0, 0},
	{"regress-gate/1  host=a", RG_EFORMAT, 0, 0},
	{"regress-gate/1 a23456789012345678901234567890123456789012345678901234567890123456=a",
	 RG_EFORMAT, 0, 0},
	{"regress-gate/1", RG_EFORMAT, 0, 0},
	{"regress-gate/10 host=a", RG_EFORMAT, 0, 0},
	{"regress-gate/2 host=a", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=1*5", 0, 1, 0},
	{"regress-gate/1 slices=2*5,3*18446744073709551615", 0, 5, 0},
	{"regress-gate/1 slices=", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=0*5", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=1", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=*1", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=1*5,", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=,1*5", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=1*5 ", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=-1*5", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=1*18446744073709551616", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=1*000000000000000000005", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=1*5:1:2:3:4,2*6", 0, 3, 0},
	{"regress-gate/1 slices=1*5:1:2:3", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=1*5:1:2:3,1*5", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=1*5:1:2:3:", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=1*5:1:2:3:4:5,1*6:1:2:3:4", 0, 2, 0},
	{"regress-gate/1 slices=1*5:1:2:3:4:5:6", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=1*5:1:2:3:4:", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=1*5:1::3:4", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=1*5:-1:2:3:4", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=1*5:1:2:3:18446744073709551616", RG_EFORMAT, 0, 0},
	{"regress-gate/1 slices=1048577*5", RG_ELIMIT, 0, 0},
	{"regress-gate/1 slices=18446744073709551615*5", RG_ELIMIT, 0, 0},
};

static void check_row(size_t i)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	struct rg_err err = {0};
	struct rg_profile *p;
	size_t slices, facts;

	if (rg_comment_read(b, rows[i].comment, &err) != rows[i].code || err.code != rows[i].code)
		fail_msg("'%s': %d '%s'", rows[i].comment, err.code, err.text);
	if (rows[i].code != 0) {
		rg_profile_builder_free(b);
		return;
	}
	p = make_profile(b);
	rg_profile_slices(p, &slices);
	rg_profile_facts(p, &facts);
	if (slices != rows[i].slices || facts != rows[i].facts)
		fail_msg("'%s': %zu slices, %zu facts", rows[i].comment, slices, facts);
	rg_profile_free(p);
}

static void comments_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slices_are_written_as_runs),
		cmocka_unit_test(accounts_and_work_stand_behind_the_wall_time),
		cmocka_unit_test(many_runs_take_several_comments),
		cmocka_unit_test(comments_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
