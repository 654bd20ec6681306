/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kin_made.h"

#include "kin_definitions.h"
#include "kin_functions.h"

#include "rg/err.h"
#include "rg/kin.h"

#include <sys/resource.h>

enum { SEEN = 4, PLENTY = 1 << 20 };

struct range {
	size_t name, first, last; /* from 0 */
};

struct seen {
	struct range range[SEEN];
	size_t calls, lines;
};

static int on_definition(void *ctx, size_t name, size_t first, size_t last)
{
	struct seen *seen = ctx;

	if (seen->calls < SEEN)
		seen->range[seen->calls] = (struct range){name, first, last};
	seen->calls++;
	seen->lines += last - first + 1;
	return 0;
}

static int find(const char *text, struct kin_budget *budget, struct seen *seen)
{
	static const char *const list[] = {"price", "tax"};
	const struct kin_names names = {list, 2, budget};
	struct source source;

	*seen = (struct seen){.calls = 0};
	assert_true(source_split(text, strlen(text), &source));
	int rc = kin_find_definitions(&source, &names, on_definition, seen);

	source_done(&source);
	return rc;
}

static void test_where_they_begin_and_end(void **state)
{
	static const char text[] = "int tax(int);\n\nint price(int x)\n{\n\treturn tax(x);\n}\n"
				   "\nclass Shop:\n  def tax(self, row):\n"
				   "    def price():\n      return 1\n\n    return price()\n";
	static const struct range ranges[] = {{0, 2, 5}, {1, 8, 12}, {0, 9, 11}};
	struct kin_budget budget = {PLENTY, PLENTY};
	struct seen seen;

	(void)state;
	assert_int_equal(find(text, &budget, &seen), 0);
	assert_int_equal(seen.calls, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(seen.range[i].name, ranges[i].name);
		assert_int_equal(seen.range[i].first, ranges[i].first);
		assert_int_equal(seen.range[i].last, ranges[i].last);
	}
}

/* From each of them to the end of the text, as long as the budget lasts. */
static void test_lines_walked_are_within_the_budget(void **state)
{
	const size_t depth = 500, blanks = 100000;
	struct kin_budget budget = {PLENTY, PLENTY};
	char *text = kin_nest(depth, blanks);
	struct seen seen;

	(void)state;
	assert_true(depth * blanks > 40 * PLENTY);
	assert_int_equal(find(text, &budget, &seen), RG_ELIMIT);
	assert_in_range(seen.calls, 2, PLENTY / blanks);
	assert_in_range(seen.lines, blanks, PLENTY);
	free(text);
}

static void test_all_that_the_budget_has_may_be_used(void **state)
{
	/* Both have 21 bytes, the second of them in the first. */
	static const char text[] = "price() {\n price() {\n";
	struct kin_budget enough = {2, 21 + 11}, short_of = {2, 21 + 10}, one_place = {1, PLENTY};
	struct seen seen;

	(void)state;
	assert_int_equal(find(text, &enough, &seen), 0);
	assert_int_equal(seen.calls, 2);
	assert_int_equal(enough.bytes, 0);
	assert_int_equal(enough.places, 0);
	assert_int_equal(find(text, &short_of, &seen), RG_ELIMIT);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(find(text, &one_place, &seen), RG_ELIMIT);
	assert_int_equal(seen.calls, 1);
}

/* --- Memory ----------------------------------------------------------------------------------- */

static size_t most_memory_kib(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return (size_t)usage.ru_maxrss;
}

/* The largest file that is looked at, and nothing but ends of lines in it. */
static void test_ends_of_lines_take_little_memory(void **state)
{
	char *text = malloc(RG_KIN_FILE_MAX_BYTES);
	struct source source;
	size_t before;

	(void)state;
	assert_non_null(text);
	memset(text, '\n', RG_KIN_FILE_MAX_BYTES);
	before = most_memory_kib();
	assert_true(source_split(text, RG_KIN_FILE_MAX_BYTES, &source));
	assert_int_equal(source.count, RG_KIN_FILE_MAX_BYTES);
	assert_in_range(most_memory_kib() - before, 0, 64 << 10);
	source_done(&source);
	free(text);
}

struct text {
	const char *bytes;
	size_t count;
	const char *line[3];
};

static const struct text texts[] = {
	{"", 0, {NULL}},         {"\n", 1, {""}},
	{"a", 1, {"a"}},         {"a\n", 1, {"a"}},
	{"a\nb", 2, {"a", "b"}}, {"\n\n", 2, {"", ""}},
	{"a\n\n", 2, {"a", ""}}, {"\na\r\n b", 3, {"", "a\r", " b"}},
};

static void test_every_line_has_its_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct source source;

		assert_true(source_split(texts[i].bytes, strlen(texts[i].bytes), &source));
		assert_int_equal(source.count, texts[i].count);
		for (size_t k = 0; k < source.count; k++) {
			const struct source_line line = source_at(&source, k);

			assert_int_equal(line.len, strlen(texts[i].line[k]));
			assert_memory_equal(line.text, texts[i].line[k], line.len);
		}
		source_done(&source);
	}
}

/* --- Pairs ------------------------------------------------------------------------------------ */

static int count_pairs(void *ctx, struct kin_function *from, struct kin_function *to)
{
	size_t *pairs = ctx;

	(void)from;
	(void)to;
	++*pairs;
	return 0;
}

static int refuse(void *ctx, struct kin_function *from, struct kin_function *to)
{
	(void)count_pairs(ctx, from, to);
	return RG_ENOMEM;
}

/* Three functions, each of which lost two lines and gained three: six pairs of five lines. */
static void test_lines_compared_are_within_the_budget(void **state)
{
	const struct rg_kin_function asked = {"f", "", false, true, true};
	struct kin_function function[3];
	struct kin_functions functions = {.items = function, .count = 3, .lines_left = 30};
	struct rg_err err = {0};
	size_t pairs = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		function[i] = (struct kin_function){
			.asked = &asked, .gone = {.count = 2}, .come = {.count = 3}};
	assert_int_equal(kin_functions_each_pair(&functions, count_pairs, &pairs, &err), 0);
	assert_int_equal(pairs, 6);
	functions.lines_left = 29;
	assert_int_equal(kin_functions_each_pair(&functions, count_pairs, &pairs, &err), RG_ELIMIT);
	assert_int_equal(pairs, 6 + 5);
	assert_non_null(strstr(err.text, "too much changed between the two versions"));
	err = (struct rg_err){0};
	functions.lines_left = 30;
	assert_int_equal(kin_functions_each_pair(&functions, refuse, &pairs, &err), RG_ENOMEM);
	assert_int_equal(pairs, 6 + 5 + 1);
	assert_int_equal(err.code, RG_ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_where_they_begin_and_end),
		cmocka_unit_test(test_lines_walked_are_within_the_budget),
		cmocka_unit_test(test_all_that_the_budget_has_may_be_used),
		cmocka_unit_test(test_ends_of_lines_take_little_memory),
		cmocka_unit_test(test_every_line_has_its_text),
		cmocka_unit_test(test_lines_compared_are_within_the_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
