/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/unit.h"

#include "cpus.h"

#include "rg/err.h"

#include <unistd.h>

static void test_lists(void **state)
{
	static const struct {
		const char *why, *list;
		size_t count;
		int first, last;
	} rows[] = {
		{"one CPU", "0\n", 1, 0, 0},
		{"a range", "0-3\n", 4, 0, 3},
		{"a range of one", "5-5", 1, 5, 5},
		{"ranges and single ones", "0-3,8,10-11\n", 7, 0, 11},
		{"the first is not online", "1-7\n", 7, 1, 7},
		{"all that there can be", "0-8191\n", 8192, 0, 8191},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_err err = {0};
		struct rg_cpus cpus;

		print_message("%s\n", rows[i].why);
		assert_int_equal(rg_cpus_parse(&cpus, rows[i].list, &err), 0);
		assert_int_equal(cpus.count, rows[i].count);
		assert_int_equal(cpus.cpu[0], rows[i].first);
		assert_int_equal(cpus.cpu[cpus.count - 1], rows[i].last);
		rg_cpus_done(&cpus);
		assert_null(cpus.cpu);
		assert_int_equal(cpus.count, 0);
	}
}

static void test_order(void **state)
{
	static const int expected[] = {0, 1, 2, 3, 8, 10, 11};
	struct rg_cpus cpus;

	(void)state;
	assert_int_equal(rg_cpus_parse(&cpus, "0-3,8,10-11", NULL), 0);
	assert_int_equal(cpus.count, COUNT(expected));
	assert_memory_equal(cpus.cpu, expected, sizeof(expected));
	rg_cpus_done(&cpus);
}

static void test_refused(void **state)
{
	static const struct {
		const char *why, *list;
	} rows[] = {
		{"nothing", ""},
		{"a line without a number", "\n"},
		{"a word", "all"},
		{"a negative number", "-1"},
		{"a sign", "+1"},
		{"a blank before", " 1"},
		{"a blank between", "0, 1"},
		{"a range without an end", "0-"},
		{"a range with a negative end", "0--1"},
		{"a range that goes backwards", "3-0"},
		{"a comma and no more", "0-3,"},
		{"two commas", "0,,1"},
		{"another separator", "0;1"},
		{"a stride, which is not for this list", "0-7:2/4"},
		{"a CPU that cannot be", "8192"},
		{"a range to one that cannot be", "0-8192"},
		{"a number beyond a long", "99999999999999999999"},
		{"a CPU twice", "0,0"},
		{"ranges that overlap", "0-3,2-5"},
		{"ranges out of order", "4-5,0-1"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_err err = {0};
		struct rg_cpus cpus;

		print_message("%s\n", rows[i].why);
		assert_int_equal(rg_cpus_parse(&cpus, rows[i].list, &err), RG_EFORMAT);
		assert_int_equal(err.code, RG_EFORMAT);
		assert_non_null(strstr(err.text, "not of the form 0-3,8"));
		assert_null(cpus.cpu);
		assert_int_equal(cpus.count, 0);
	}
}

static void test_online(void **state)
{
	struct rg_err err = {0};
	struct rg_cpus cpus;

	(void)state;
	assert_int_equal(rg_cpus_online(&cpus, &err), 0);
	assert_int_equal(cpus.count, sysconf(_SC_NPROCESSORS_ONLN));
	rg_cpus_done(&cpus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_online),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
