/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/err.h"
#include "rg/render.h"

static size_t occurrences(const char *text, const char *what)
{
	size_t found = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		found++;
	return found;
}

static void test_first_line_has_the_rule(void **state)
{
	static const char expected[] =
		"**FAIL** (rule: regressed): `price_line()` uses 312 % more CPU per second\n";
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 5);
	struct rg_buf out;

	(void)state;
	rg_buf_init(&out, UNIT_BUF_MAX);
	rg_render_markdown(&verdict, UNIT_BUF_MAX, &out);
	assert_int_equal(strncmp(out.data, expected, strlen(expected)), 0);
	rg_buf_done(&out);
}

/* Every limit: never exceeded, the verdict first, nothing left open, and no row lost uncounted. */
static void check_limit(const struct rg_verdict *verdict, size_t max)
{
	struct rg_buf out;

	rg_buf_init(&out, UNIT_BUF_MAX);
	rg_render_markdown(verdict, max, &out);
	assert_true(out.len <= max);
	if (max < strlen("**FAIL**\n")) {
		assert_int_equal(out.failed, RG_ELIMIT);
		rg_buf_done(&out);
		return;
	}
	assert_int_equal(out.failed, 0);
	assert_int_equal(strncmp(out.data, "**FAIL**", 8), 0);
	assert_int_equal(out.data[out.len - 1], '\n');
	assert_int_equal(occurrences(out.data, "<details>"), occurrences(out.data, "</details>"));
	rg_buf_done(&out);
}

static void test_limits_hold(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, UNIT_ROWS_MAX);

	(void)state;
	for (size_t max = 0; max < 4000; max++)
		check_limit(&verdict, max);
	for (size_t max = 4000; max < 30000; max += 511)
		check_limit(&verdict, max);
}

static void test_dropped_rows_are_counted(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, UNIT_ROWS_MAX);
	struct rg_buf out;

	(void)state;
	for (size_t i = 0; i < 8; i++)
		rows[i].status = RG_STATUS_NEW;
	verdict.rows_left_out = 10;
	rg_buf_init(&out, UNIT_BUF_MAX);
	rg_render_markdown(&verdict, UNIT_BUF_MAX, &out);
	assert_non_null(
		strstr(out.data, "205 more functions not in this table, 3 of them failing."));
	assert_non_null(strstr(out.data, "\n10 more functions not in this table."));
	/* The first column of both tables: 5 rows and 200. */
	assert_int_equal(occurrences(out.data, "\n| **new** |"), 5 + 8);
	assert_int_equal(occurrences(out.data, "\n| unchanged |"), 192);
	rg_buf_reset(&out);
	rg_render_markdown(&verdict, 6000, &out);
	assert_int_equal(out.failed, 0);
	assert_int_equal(occurrences(out.data, "not in this table"), 2);
	assert_non_null(strstr(out.data, "205 more functions"));
	assert_in_range(occurrences(out.data, "\n| unchanged |"), 1, 191);
	rg_buf_done(&out);
}

static void test_enormous_names_leave_the_verdict(void **state)
{
	static char name[60000];
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, UNIT_ROWS_MAX);
	struct rg_buf out;

	(void)state;
	memset(name, '`', sizeof(name) - 1);
	for (size_t i = 0; i < UNIT_ROWS_MAX; i++)
		rows[i].function = rows[i].module = rows[i].file = name;
	verdict.reason = name;
	rg_buf_init(&out, UNIT_BUF_MAX);
	rg_render_markdown(&verdict, 65000, &out);
	assert_int_equal(out.failed, 0);
	assert_in_range(out.len, 1, 65000);
	assert_int_equal(strncmp(out.data, "**FAIL**", 8), 0);
	rg_buf_done(&out);
}

static void test_sides_without_facts(void **state)
{
	const struct rg_verdict verdict = {.outcome = RG_OUTCOME_NO_BASELINE};
	struct rg_buf out;

	(void)state;
	rg_buf_init(&out, UNIT_BUF_MAX);
	rg_render_markdown(&verdict, UNIT_BUF_MAX, &out);
	assert_int_equal(out.failed, 0);
	assert_int_equal(strncmp(out.data, "**NO BASELINE**\n", 16), 0);
	assert_null(strstr(out.data, "Comparability"));
	assert_null(strstr(out.data, "Next"));
	rg_buf_done(&out);
}

static void test_full_buffer_is_a_failure(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 5);
	struct rg_buf out;

	(void)state;
	rg_buf_init(&out, 500);
	rg_render_markdown(&verdict, UNIT_BUF_MAX, &out);
	assert_int_equal(out.failed, RG_ELIMIT);
	rg_buf_done(&out);
}

static void test_the_flame_graph_is_linked_to_where_it_has_an_address(void **state)
{
	static const struct {
		const char *url;
		bool linked;
	} rows[] = {
		{"https://ci.example/runs/1?attempt=2&x=y#artifacts", true},
		{"http://ci.example/flame.html", true},
		{NULL, false},
		{"", false},
		{"ci.example/flame.html", false},
		{"javascript:alert(1)", false},
		{"https://ci.example/a) [b](https://evil.example", false},
		{"https://ci.example/\n/close", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct rg_row list[UNIT_ROWS_MAX];
		const struct rg_verdict verdict = unit_verdict(list, 1);
		const struct rg_comment_style style = {.max_bytes = 65000,
						       .flame_url = rows[i].url};
		struct rg_buf out;

		rg_buf_init(&out, UNIT_BUF_MAX);
		rg_render_comment(&verdict, &style, &out);
		assert_int_equal(out.failed, 0);
		assert_int_equal(strstr(out.data, "\n[Flame graph of the difference](") != NULL,
				 rows[i].linked);
		assert_int_equal(rg_comment_is_address(rows[i].url), rows[i].linked);
		rg_buf_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_line_has_the_rule),
		cmocka_unit_test(test_limits_hold),
		cmocka_unit_test(test_dropped_rows_are_counted),
		cmocka_unit_test(test_enormous_names_leave_the_verdict),
		cmocka_unit_test(test_sides_without_facts),
		cmocka_unit_test(test_full_buffer_is_a_failure),
		cmocka_unit_test(test_the_flame_graph_is_linked_to_where_it_has_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
