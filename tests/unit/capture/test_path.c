/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/unit.h"

#include "path.h"

struct row {
	const char *why, *path, *expected;
};

static void check(const struct row *rows, size_t count, void (*fn)(char *path))
{
	for (size_t i = 0; i < count; i++) {
		char path[128];

		print_message("%s\n", rows[i].why);
		snprintf(path, sizeof(path), "%s", rows[i].path);
		fn(path);
		assert_string_equal(path, rows[i].expected);
	}
}

static void test_deleted(void **state)
{
	static const struct row rows[] = {
		{"a file that is there", "/bin/true", "/bin/true"},
		{"one that was deleted", "/bin/true (deleted)", "/bin/true"},
		{"the mark in a folder's name", "/a (deleted)/b", "/a (deleted)/b"},
		{"in the folder's and behind", "/a (deleted)/b (deleted)", "/a (deleted)/b"},
		{"once only", "/a (deleted) (deleted)", "/a (deleted)"},
		{"without the blank", "/a(deleted)", "/a(deleted)"},
		{"nothing before it", " (deleted)", " (deleted)"},
		{"nothing at all", "", ""},
	};

	(void)state;
	check(rows, COUNT(rows), rg_path_cut_deleted);
}

static void test_unescape(void **state)
{
	static const struct row rows[] = {
		{"nothing to do", "/bin/true", "/bin/true"},
		{"a newline", "/a\\012b", "/a\nb"},
		{"two", "\\012\\012", "\n\n"},
		{"the beginning of one", "/a\\01", "/a\\01"},
		{"other numbers are the name's own", "/a\\040b\\134", "/a\\040b\\134"},
		{"a backslash before one", "\\\\012", "\\\n"},
		{"nothing at all", "", ""},
	};

	(void)state;
	check(rows, COUNT(rows), rg_path_unescape);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deleted),
		cmocka_unit_test(test_unescape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
