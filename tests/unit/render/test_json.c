/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A verdict as JSON: what is written, and that it can be neither cut nor wrong. */
#include "allocate_some.h"
#include "json_text.h"

#include <math.h>
#include <stdlib.h>

static void test_outcome_comes_first(void **state)
{
	static const char start[] = "{\n  \"outcome\": \"undecided\",\n"
				    "  \"schema\": \"regress-gate/verdict/2\",\n";
	const struct rg_verdict verdict = {0};
	struct rg_buf out;

	(void)state;
	render(&verdict, &out);
	assert_int_equal(strncmp(out.data, start, strlen(start)), 0);
	rg_buf_done(&out);
}

static void test_texts_become_utf8(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 1);
	struct rg_buf out;
	json_t *root;

	(void)state;
	rows[0].function = "a\xff\xc3(\x1b[2J\"\\\xe9\x96\xa2";
	render(&verdict, &out);
	root = parse(&out);
	assert_string_equal(json_string_value(json_object_get(
				    json_array_get(json_object_get(root, "rows"), 0), "function")),
			    "a\xef\xbf\xbd\xef\xbf\xbd(\x1b[2J\"\\\xe9\x96\xa2");
	json_decref(root);
	rg_buf_done(&out);
}

/* It may be printed to a terminal or into a CI job's log. */
static void test_output_is_inert(void **state)
{
	static const char name[] = "\x1b[2J\xc2\x9b"
				   "1m\xe2\x80\xae###[error]##vso[x]";
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 1);
	struct rg_buf out;
	json_t *root;

	(void)state;
	verdict.reason = name;
	render(&verdict, &out);
	for (size_t i = 0; i < out.len; i++)
		assert_true(out.data[i] == '\n' || (out.data[i] >= ' ' && out.data[i] <= '~'));
	assert_null(strstr(out.data, "##"));
	root = parse(&out);
	assert_string_equal(json_string_value(json_object_get(root, "reason")), name);
	json_decref(root);
	rg_buf_done(&out);
}

static void test_large_integers_stay_integers(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 1);
	struct rg_buf out;

	(void)state;
	verdict.base.wall_ns = UINT64_MAX;
	verdict.rows_left_out = SIZE_MAX;
	rows[0].samples_base = INT64_MAX;
	render(&verdict, &out);
	assert_non_null(strstr(out.data, "\"wall_ns\": 9223372036854775807"));
	assert_non_null(strstr(out.data, "\"rows_left_out\": 9223372036854775807"));
	assert_non_null(strstr(out.data, "\"samples_base\": 9223372036854775807"));
	rg_buf_done(&out);
}

static void test_numbers_read_well(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 1);
	struct rg_buf out;

	(void)state;
	rows[0].growth = 0.1 + 0.2;
	rows[0].impact = -0.0;
	render(&verdict, &out);
	assert_non_null(strstr(out.data, "\"growth_fraction\": 0.3,"));
	assert_non_null(strstr(out.data, "\"impact_cost\": 0.0\n"));
	rg_buf_done(&out);
}

static void test_what_is_no_number_is_an_error(void **state)
{
	static const double bad[] = {NAN, INFINITY, -INFINITY};
	static struct rg_row rows[UNIT_ROWS_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct rg_verdict verdict = unit_verdict(rows, 2);
		struct rg_err err = {0};
		struct rg_buf out;

		rows[1].growth = bad[i];
		rg_buf_init(&out, UNIT_BUF_MAX);
		assert_int_equal(rg_render_json(&verdict, &out, &err), RG_EFORMAT);
		assert_string_equal(err.text, "render: write verdict: 'growth_fraction' is not a "
					      "finite number");
		assert_int_equal(rg_render_json(&verdict, &out, NULL), RG_EFORMAT);
		assert_int_equal(out.len, 0);
		rg_buf_done(&out);
	}
}

static void test_full_buffer_is_a_failure(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 2);
	struct rg_buf whole;

	(void)state;
	render(&verdict, &whole);
	for (size_t max = 0; max < whole.len; max += 101) {
		struct rg_err err = {0};
		struct rg_buf out;

		rg_buf_init(&out, max);
		assert_int_equal(rg_render_json(&verdict, &out, &err), RG_ELIMIT);
		assert_non_null(strstr(err.text, "render: write verdict: exceeds"));
		assert_int_equal(out.len, 0);
		rg_buf_done(&out);
	}
	rg_buf_done(&whole);
}

/* Each allocation in turn fails: an error each time, and nothing leaks (seen under ASan). */
static void test_out_of_memory(void **state)
{
	enum { ENOUGH = 100000 };
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 2);
	size_t failures = 0;
	int rc = RG_ENOMEM;

	(void)state;
	json_set_alloc_funcs(allocate_some, free);
	while (rc != 0 && failures < ENOUGH) {
		struct rg_err err = {0};
		struct rg_buf out;

		allocations_left = failures;
		rg_buf_init(&out, UNIT_BUF_MAX);
		rc = rg_render_json(&verdict, &out, &err);
		rg_buf_done(&out);
		if (rc == 0)
			break;
		assert_int_equal(rc, RG_ENOMEM);
		assert_string_equal(err.text, "verdict: out of memory");
		failures++;
	}
	json_set_alloc_funcs(malloc, free);
	assert_int_equal(rc, 0);
	assert_in_range(failures, 100, ENOUGH - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outcome_comes_first),
		cmocka_unit_test(test_texts_become_utf8),
		cmocka_unit_test(test_output_is_inert),
		cmocka_unit_test(test_large_integers_stay_integers),
		cmocka_unit_test(test_numbers_read_well),
		cmocka_unit_test(test_what_is_no_number_is_an_error),
		cmocka_unit_test(test_full_buffer_is_a_failure),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
