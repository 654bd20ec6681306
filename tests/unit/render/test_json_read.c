/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A verdict that is read back. */
#include "json_text.h"

#include "json_read.h"

static const struct {
	const char *why, *name, *json, *text;
} refused[] = {
	{"another schema", "schema", "\"regress-gate/verdict/1\"",
	 "verdict: read 'schema': is not regress-gate/verdict/2"},
	{"an unknown member", "colour", "1", "verdict: read 'colour': is not a member"},
	{"an outcome that is none", "outcome", "\"green\"",
	 "verdict: read 'outcome': is none of its values"},
	{"a text that is a number", "reason", "1", "verdict: read 'reason': is not a text"},
	{"a text that would be cut", "reason", "\"a\\u0000b\"",
	 "verdict: read 'reason': holds a NUL"},
	{"a negative count", "rows_left_out", "-1",
	 "verdict: read 'rows_left_out': is out of range"},
	{"half a count", "rows_left_out", "1.5",
	 "verdict: read 'rows_left_out': is not an integer"},
	{"rows that are none", "rows", "{}", "verdict: read 'rows': is not an array"},
	{"a row that is none", "rows", "[1]", "verdict: read 'dimension': is not within an object"},
	{"a side that lacks everything", "baseline", "{}", "verdict: read 'version': is missing"},
	{"a pinned one that lacks everything", "pinned", "{}",
	 "verdict: read 'outcome': is missing"},
	{"a pinned one that is a list", "pinned", "[]",
	 "verdict: read 'outcome': is not within an object"},
	{"a decision by one that is not there", "pinned_decides", "true",
	 "verdict: read 'pinned_decides': is true, and none is pinned"},
};

static void test_reader_refuses(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 1), *read = NULL;
	struct rg_buf out;

	(void)state;
	render(&verdict, &out);
	for (size_t i = 0; i < COUNT_OF(refused); i++) {
		json_t *root = parse(&out);
		struct rg_err err = {0};

		json_object_set_new(root, refused[i].name,
				    json_loads(refused[i].json, JSON_DECODE_ANY | JSON_ALLOW_NUL,
					       NULL));
		assert_int_equal(rg_json_read_verdict(root, false, &read, &err), RG_EFORMAT);
		if (strcmp(err.text, refused[i].text) != 0)
			fail_msg("%s: %s", refused[i].why, err.text);
		assert_null(read);
		json_decref(root);
	}
	rg_buf_done(&out);
}

static void set_rows_file(json_t *rows, const char *file)
{
	json_object_set_new(json_array_get(rows, 0), "in_repository", json_true());
	json_object_set_new(json_array_get(rows, 0), "file", json_string(file));
}

/* However deep they are nested, one is read. */
static void test_reader_takes_one_pinned_verdict(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	static const char *const profiles[] = {"ab12"};
	struct rg_verdict inner = unit_verdict(rows, 1), verdict = inner, *read = NULL;
	struct rg_err err = {0};
	struct rg_buf out;
	json_t *root;

	(void)state;
	inner.canary.profiles = profiles;
	inner.canary.profile_count = 1;
	verdict.pinned = &inner;
	verdict.pinned_decides = true;
	render(&verdict, &out);
	root = parse(&out);
	assert_int_equal(rg_json_read_verdict(root, false, &read, &err), 0);
	assert_true(read->pinned_decides);
	assert_string_equal(read->pinned->reason, inner.reason);
	assert_string_equal(read->pinned->canary.profiles[0], "ab12");
	assert_ptr_equal(rg_verdict_deciding(read), read->pinned);
	rg_verdict_free(read);
	json_object_set_new(json_object_get(root, "pinned"), "pinned", parse(&out));
	assert_int_equal(rg_json_read_verdict(root, false, &read, &err), RG_EFORMAT);
	assert_string_equal(err.text, "verdict: read 'pinned': is within another");
	json_decref(root);
	rg_buf_done(&out);
}

/* A file that a report points to lies in the repository, of functions and of waits. */
static void test_reader_refuses_paths_that_lead_out(void **state)
{
	static const char *const lists[] = {"rows", "off_cpu", "idle"};
	static struct rg_row rows[UNIT_ROWS_MAX], waits[1];
	struct rg_verdict verdict = unit_verdict(rows, 1), *read = NULL;
	struct rg_buf out;

	(void)state;
	waits[0] = rows[0];
	waits[0].dimension = RG_DIMENSION_OFF_CPU;
	verdict.off_cpu = (struct rg_off_cpu){.measured = true,
					      .total = {.dimension = RG_DIMENSION_OFF_CPU},
					      .rows = waits,
					      .row_count = 1,
					      .idle = waits,
					      .idle_count = 1};
	render(&verdict, &out);
	for (size_t i = 0; i < COUNT_OF(lists); i++) {
		json_t *root = parse(&out), *off_cpu = json_object_get(root, "off_cpu");
		struct rg_err err = {0};

		set_rows_file(i == 0 ? json_object_get(root, "rows")
				     : json_object_get(off_cpu, i == 1 ? "rows" : "idle"),
			      "src/../../etc/passwd");
		assert_int_equal(rg_json_read_verdict(root, false, &read, &err), RG_EFORMAT);
		if (!strstr(err.text, "'file': is not a path below the repository's top"))
			fail_msg("%s: %s", lists[i], err.text);
		json_decref(root);
	}
	rg_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reader_refuses),
		cmocka_unit_test(test_reader_takes_one_pinned_verdict),
		cmocka_unit_test(test_reader_refuses_paths_that_lead_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
