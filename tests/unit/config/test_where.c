/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/scratch.h"

#include "where.h"

static const struct where_path window = {.key = "window"};
static const struct where_path policy = {.key = "policy"};
static const struct where_path top_k = {.parent = &policy, .key = "top_k"};
static const struct where_path target = {.key = "target"};
static const struct where_path command = {.parent = &target, .key = "command"};
static const struct where_path third = {.parent = &command, .index = 2};

struct row {
	const char *sentence;
	const char *text;
	const struct where_path *path;
	enum where_part part;
	size_t line, column;
};

static const struct row rows[] = {
	{"the root is where its bracket is", "\n  {}", NULL, WHERE_VALUE, 2, 3},
	{"a value starts behind its colon", "{\"window\": 1}", &window, WHERE_VALUE, 1, 12},
	{"a key starts at its quote", "{ \"window\": 1}", &window, WHERE_KEY, 1, 3},
	{"lines count from 1", "{\n\t\"a\": 1,\n\t\"window\" : 2\n}", &window, WHERE_VALUE, 3, 13},
	{"a carriage return is a column of its line", "{\r\n\"window\":2}", &window, WHERE_VALUE, 2,
	 10},
	{"columns are characters, not bytes", "{\"\303\244\": 1, \"window\": 2}", &window,
	 WHERE_KEY, 1, 10},
	{"a key spelled with escapes is found", "{\"w\\u0069ndow\": 2}", &window, WHERE_VALUE, 1,
	 17},
	{"brackets and quotes in strings do not count",
	 "{\"a\": \"]}\\\"{[\", \"b\\\"\": {\"window\": 0}, \"window\": 2}", &window, WHERE_KEY, 1,
	 39},
	{"a member of a member", "{\"top_k\": 1, \"policy\": {\"x\": [{}], \"top_k\": 7}}", &top_k,
	 WHERE_VALUE, 1, 45},
	{"an element of an array", "{\"target\": {\"command\": [\"a\", [\"b\", 1], {}]}}", &third,
	 WHERE_VALUE, 1, 40},
	{"a path that is not there is the beginning", "{\"windows\": 1}", &window, WHERE_KEY, 1, 1},
	{"an element that is not there is the beginning", "{\"target\": {\"command\": [1, 2]}}",
	 &third, WHERE_VALUE, 1, 1},
};

static void positions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct where where = where_of(row->text, strlen(row->text), row->path, row->part);

		if (where.line != row->line || where.column != row->column)
			fail_msg("%s: %zu:%zu", row->sentence, where.line, where.column);
	}
}

/* Not valid JSON, which is what the scanner may count on; it must stay inside all the same. */
static void any_prefix_stays_inside(void **state)
{
	const char *text = "{\"target\": {\"command\": [\"a\\\\\", [\"b\", 1], {}]}}";

	(void)state;
	for (size_t len = 0; len < strlen(text); len++) {
		char *copy = malloc(len + 1);
		struct where where;

		assert_non_null(copy);
		memcpy(copy, text, len);
		where = where_of(copy, len, &third, WHERE_VALUE);
		assert_int_equal(where.line, 1);
		assert_true(where.column <= len + 1);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(positions),
		cmocka_unit_test(any_prefix_stays_inside),
	};

	return cmocka_run_group_tests_name("config/where", tests, NULL, NULL);
}
