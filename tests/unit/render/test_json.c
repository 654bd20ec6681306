/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "json_read.h"

#include "rg/err.h"
#include "rg/render.h"

#include <math.h>
#include <stdlib.h>

#define SCHEMA_FILE "docs/verdict-schema.json"

static void render(const struct rg_verdict *verdict, struct rg_buf *out)
{
	struct rg_err err = {0};

	rg_buf_init(out, UNIT_BUF_MAX);
	if (rg_render_json(verdict, out, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(out->data[out->len - 1], '\n');
}

static json_t *parse(const struct rg_buf *text)
{
	json_error_t at;
	json_t *root = json_loadb(text->data, text->len, JSON_REJECT_DUPLICATES, &at);

	if (!root)
		fail_msg("line %d: %s", at.line, at.text);
	return root;
}

static bool listed(const char *const *names, const char *name)
{
	for (; *names; names++) {
		if (strcmp(*names, name) == 0)
			return true;
	}
	return false;
}

/* --- The schema: the part of JSON Schema it uses, any other keyword refused ----------------- */

static void check(const json_t *root, const json_t *schema, const json_t *value, const char *where);

static bool is_of_type(const char *type, const json_t *value)
{
	return (strcmp(type, "null") == 0 && json_is_null(value)) ||
	       (strcmp(type, "object") == 0 && json_is_object(value)) ||
	       (strcmp(type, "array") == 0 && json_is_array(value)) ||
	       (strcmp(type, "string") == 0 && json_is_string(value)) ||
	       (strcmp(type, "boolean") == 0 && json_is_boolean(value)) ||
	       (strcmp(type, "integer") == 0 && json_is_integer(value)) ||
	       (strcmp(type, "number") == 0 && json_is_number(value));
}

/* One type, or an array of them. */
static void check_type(const json_t *type, const json_t *value, const char *where)
{
	bool ok = json_is_string(type) && is_of_type(json_string_value(type), value);

	for (size_t i = 0; i < json_array_size(type); i++)
		ok |= is_of_type(json_string_value(json_array_get(type, i)), value);
	if (!ok)
		fail_msg("%s: not of its type", where);
}

static void check_enum(const json_t *allowed, const json_t *value, const char *where)
{
	for (size_t i = 0; i < json_array_size(allowed); i++) {
		if (json_equal(json_array_get(allowed, i), value))
			return;
	}
	fail_msg("%s: not in its enum", where);
}

/* Left out where there is nothing to say. */
static const char *const optional[] = {"renamed_by", "moved_by", NULL};

static bool is_required(const json_t *schema, const char *name)
{
	const json_t *required = json_object_get(schema, "required");

	for (size_t i = 0; i < json_array_size(required); i++) {
		if (strcmp(json_string_value(json_array_get(required, i)), name) == 0)
			return true;
	}
	return false;
}

/* Both ways: every property is documented, and every documented one is there. */
static void check_properties(const json_t *root, const json_t *schema, json_t *object,
			     const char *where)
{
	json_t *properties = json_object_get(schema, "properties");
	const char *name;
	json_t *item;

	assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
	json_object_foreach(properties, name, item)
	{
		if (is_required(schema, name) == listed(optional, name))
			fail_msg("%s: %s is required, or is not, and should not be", where, name);
		if (!json_object_get(object, name) && !listed(optional, name))
			fail_msg("%s: has no %s", where, name);
	}
	json_object_foreach(object, name, item)
	{
		if (!json_object_get(properties, name))
			fail_msg("%s: %s is not documented", where, name);
		check(root, json_object_get(properties, name), item, name);
	}
}

static const json_t *resolve(const json_t *root, const json_t *schema)
{
	const char *reference = json_string_value(json_object_get(schema, "$ref"));

	if (!reference)
		return schema;
	if (strcmp(reference, "#") == 0)
		return root;
	assert_int_equal(strncmp(reference, "#/$defs/", 8), 0);
	schema = json_object_get(json_object_get(root, "$defs"), reference + 8);
	assert_non_null(schema);
	return schema;
}

static void check_keywords(json_t *schema)
{
	static const char *const known[] = {
		"$schema",  "$id",         "$ref",     "$defs",
		"title",    "description", "type",     "additionalProperties",
		"required", "properties",  "items",    "enum",
		"const",    "minimum",     "maxItems", "anyOf",
		NULL};
	const char *name;
	json_t *item;

	json_object_foreach(schema, name, item)
	{
		if (!listed(known, name))
			fail_msg("schema: keyword %s is not checked", name);
	}
}

/* Of null and something else, whichever it is. */
static const json_t *choose(const json_t *root, const json_t *rules, const json_t *value)
{
	const json_t *any = json_object_get(rules, "anyOf");

	if (!any)
		return rules;
	assert_int_equal(json_array_size(any), 2);
	return resolve(root, json_array_get(any, json_is_null(value) ? 0 : 1));
}

static void check(const json_t *root, const json_t *schema, const json_t *value, const char *where)
{
	const json_t *rules = choose(root, resolve(root, schema), value);
	const json_t *type = json_object_get(rules, "type"),
		     *items = json_object_get(rules, "items");
	const json_t *minimum = json_object_get(rules, "minimum");

	check_keywords((json_t *)rules);
	if (type)
		check_type(type, value, where);
	if (json_object_get(rules, "enum"))
		check_enum(json_object_get(rules, "enum"), value, where);
	if (json_object_get(rules, "const"))
		assert_true(json_equal(json_object_get(rules, "const"), value));
	if (minimum)
		assert_true(json_number_value(value) >= json_number_value(minimum));
	if (json_is_object(value))
		check_properties(root, rules, (json_t *)value, where);
	for (size_t i = 0; items && i < json_array_size(value); i++)
		check(root, items, json_array_get(value, i), where);
}

static void test_schema_documents_every_member(void **state)
{
	const struct rg_loss loss = {"truncated.too_deep", 12};
	const struct rg_issue issue = {.what = "host", .base = "a", .canary = "b", .limit = ""};
	const struct rg_condition condition = {.what = "CPUs", .base = "2", .canary = "4"};
	const struct rg_policy_function function = {"f*", NULL, 0.5, RG_POLICY_INHERIT, 0.02};
	const struct rg_policy_change change = {"policy.growth", "15%", "50%"};
	const struct rg_commit commit = {.id = "4f1c2ab9d0e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4",
					 .subject = "s",
					 .author = "a",
					 .file = "f",
					 .lines = ""};
	const struct rg_policy_accept accept = {"f*", NULL, "r", "o", 20000, 0.4};
	const char *const ignore[] = {"idle_*", "spin"};
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 3), pinned;
	json_t *schema = json_load_file(SCHEMA_FILE, JSON_REJECT_DUPLICATES, NULL), *root;
	struct rg_buf out;

	(void)state;
	assert_non_null(schema);
	verdict.commits = &commit;
	verdict.commit_count = 1;
	verdict.issues = &issue;
	verdict.conditions = &condition;
	verdict.condition_count = 1;
	verdict.issue_count = 1;
	verdict.policy.functions = &function;
	verdict.policy.function_count = 1;
	verdict.policy.accept = &accept;
	verdict.policy.accept_count = 1;
	verdict.policy.ignore = ignore;
	verdict.policy.ignore_count = 2;
	verdict.policy_changes = &change;
	verdict.policy_change_count = 1;
	verdict.canary.losses = &loss;
	verdict.canary.loss_count = 1;
	pinned = verdict;
	verdict.pinned = &pinned;
	render(&verdict, &out);
	root = parse(&out);
	check(schema, schema, root, "verdict");
	json_decref(root);
	json_decref(schema);
	rg_buf_done(&out);
}

/* --- What is written ------------------------------------------------------------------------ */

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

/* How many allocations still succeed. */
static size_t allocations_left;

static void *allocate_some(size_t size)
{
	return allocations_left && allocations_left-- ? malloc(size) : NULL;
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

/* --- What is read back ---------------------------------------------------------------------- */

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
		cmocka_unit_test(test_schema_documents_every_member),
		cmocka_unit_test(test_outcome_comes_first),
		cmocka_unit_test(test_texts_become_utf8),
		cmocka_unit_test(test_output_is_inert),
		cmocka_unit_test(test_large_integers_stay_integers),
		cmocka_unit_test(test_numbers_read_well),
		cmocka_unit_test(test_what_is_no_number_is_an_error),
		cmocka_unit_test(test_full_buffer_is_a_failure),
		cmocka_unit_test(test_out_of_memory),
		cmocka_unit_test(test_reader_refuses),
		cmocka_unit_test(test_reader_takes_one_pinned_verdict),
		cmocka_unit_test(test_reader_refuses_paths_that_lead_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
