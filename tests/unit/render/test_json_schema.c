/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The schemas of what is written for machines document all of it. */
#include "json_text.h"

#define SCHEMA_FILE        "docs/verdict-schema.json"
#define STORED_SCHEMA_FILE "docs/stored-schema.json"

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

static void test_schema_documents_what_is_stored(void **state)
{
	const struct rg_stored_run run = {"default", "v1.4", "4f1c", "x86_64", "ab12", 9, 8};
	const struct rg_stored stored = {true, 4, &run, 1, 2, "x.json: no manifest"};
	json_t *schema = json_load_file(STORED_SCHEMA_FILE, JSON_REJECT_DUPLICATES, NULL), *root;
	struct rg_buf out;

	(void)state;
	assert_non_null(schema);
	rg_buf_init(&out, UNIT_BUF_MAX);
	assert_int_equal(rg_render_stored(&stored, &out, NULL), 0);
	root = parse(&out);
	check(schema, schema, root, "stored");
	json_decref(root);
	json_decref(schema);
	rg_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schema_documents_every_member),
		cmocka_unit_test(test_schema_documents_what_is_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
