/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * docs/config-schema.json and the tables of keys say the same: every key is documented, and what is
 * documented is read; types, ranges and defaults agree. Run from the top of the source tree.
 */
#include "store/scratch.h"

#include "keys.h"

#include "rg/config.h"
#include "rg/err.h"

#define SCHEMA_FILE "docs/config-schema.json"

static json_t *schema;

static int load(void **state)
{
	(void)state;
	schema = json_load_file(SCHEMA_FILE, JSON_REJECT_DUPLICATES, NULL);
	return schema ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	json_decref(schema);
	return 0;
}

/* "#/$defs/duration": names of members, for no name here holds what a pointer would escape. */
static json_t *at_pointer(const char *pointer)
{
	json_t *found = schema;
	char copy[256], *rest, *step;

	assert_int_equal(strncmp(pointer, "#/", 2), 0);
	snprintf(copy, sizeof(copy), "%s", pointer + 2);
	for (step = strtok_r(copy, "/", &rest); step; step = strtok_r(NULL, "/", &rest))
		found = json_object_get(found, step);
	if (!found)
		fail_msg("%s leads nowhere", pointer);
	return found;
}

/* The member, of the schema or what that refers to. */
static json_t *member(json_t *of, const char *name)
{
	json_t *found = json_object_get(of, name);
	const char *pointer = json_string_value(json_object_get(of, "$ref"));

	return found || !pointer ? found : member(at_pointer(pointer), name);
}

static void assert_text(json_t *of, const char *name, const char *expected, const char *key)
{
	const char *found = json_string_value(member(of, name));

	if (!found || strcmp(found, expected) != 0)
		fail_msg("%s: \"%s\" is not \"%s\"", key, name, expected);
}

static void assert_number(json_t *of, const char *name, double expected, const char *key)
{
	json_t *found = member(of, name);

	if (!json_is_number(found) || json_number_value(found) != expected)
		fail_msg("%s: \"%s\" is not %g", key, name, expected);
}

/* --- Types ---------------------------------------------------------------------------------- */

static void assert_refers(json_t *of, const char *pointer, const char *key)
{
	const char *found = json_string_value(json_object_get(of, "$ref"));

	if (found && !json_equal(at_pointer(found), at_pointer(pointer)) &&
	    json_object_get(at_pointer(found), "$ref"))
		assert_refers(at_pointer(found), pointer, key);
	else if (!found || strcmp(found, pointer) != 0)
		fail_msg("%s: does not refer to %s", key, pointer);
}

static void check_note(json_t *of, const struct key *key)
{
	assert_text(of, "type", "string", key->name);
}

static void check_text(json_t *of, const struct key *key)
{
	assert_text(of, "type", "string", key->name);
	assert_number(of, "minLength", 1, key->name);
}

static void check_text_or_none(json_t *of, const struct key *key)
{
	assert_text(of, "type", "string", key->name);
	assert_null(member(of, "minLength"));
}

static void check_bool(json_t *of, const struct key *key)
{
	assert_text(of, "type", "boolean", key->name);
	assert_true(json_is_false(member(of, "default")));
}

/* The range of the numbers is the reader's alone. */
static void check_port(json_t *of, const struct key *key)
{
	assert_text(of, "pattern", "^(\\{port\\}|[0-9]+)$", key->name);
}

static void check_name(json_t *of, const struct key *key)
{
	assert_refers(of, "#/$defs/name", key->name);
}

static void check_duration(json_t *of, const struct key *key)
{
	assert_refers(of, "#/$defs/duration", key->name);
}

static void check_percent(json_t *of, const struct key *key)
{
	assert_refers(of, "#/$defs/percent", key->name);
}

static void check_pattern(json_t *of, const struct key *key)
{
	assert_refers(of, "#/$defs/pattern", key->name);
	assert_number(of, "minLength", 1, key->name);
	assert_number(of, "maxLength", RG_POLICY_PATTERN_MAX, key->name);
}

static void check_integer(json_t *of, const struct key *key)
{
	assert_text(of, "type", "integer", key->name);
	assert_number(of, "minimum", key->low, key->name);
	assert_number(of, "maximum", key->high, key->name);
}

/* What the schema lists the reader takes; other texts it does not, which test_parse.c shows. */
static void check_choice(json_t *of, const struct key *key)
{
	json_t *values = member(of, "enum");

	assert_true(json_array_size(values) >= 2);
	for (size_t i = 0; i < json_array_size(values); i++) {
		const char *text = json_string_value(json_array_get(values, i));

		assert_non_null(strstr(key->type->expects, text));
	}
}

static void check_argv(json_t *of, const struct key *key)
{
	assert_text(of, "type", "array", key->name);
	assert_number(of, "minItems", 1, key->name);
}

/* A pattern of the same texts: both are shown in test_parse.c's rows and the golden files. */
static void check_label(json_t *of, const struct key *key)
{
	assert_text(of, "type", "string", key->name);
	assert_text(of, "pattern", "^[A-Za-z]([A-Za-z0-9 -]{0,22}[A-Za-z0-9])?$", key->name);
}

static void check_list(json_t *of, const struct key *key)
{
	assert_text(of, "type", "array", key->name);
	assert_number(of, "maxItems", RG_POLICY_LIST_MAX, key->name);
	assert_refers(member(of, "items"),
		      key->type == &key_functions ? "#/$defs/function"
		      : key->type == &key_accepts ? "#/$defs/accept"
						  : "#/$defs/pattern",
		      key->name);
}

static void check_scenarios(json_t *of, const struct key *key)
{
	assert_number(of, "minProperties", 1, key->name);
	assert_number(of, "maxProperties", RG_CONFIG_SCENARIOS_MAX, key->name);
	assert_refers(member(of, "propertyNames"), "#/$defs/name", key->name);
	assert_refers(member(of, "additionalProperties"), "#/$defs/scenario", key->name);
}

static void check_said(json_t *of, const struct key *key)
{
	check_text(of, key);
	assert_number(of, "maxLength", RG_POLICY_TEXT_MAX, key->name);
}

static void check_date(json_t *of, const struct key *key)
{
	assert_text(of, "type", "string", key->name);
	assert_text(of, "pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", key->name);
}

static const struct {
	const struct key_type *type;
	void (*check)(json_t *of, const struct key *key);
} checks[] = {
	{&key_note, check_note},
	{&key_text, check_text},
	{&key_text_or_none, check_text_or_none},
	{&key_bool, check_bool},
	{&key_port, check_port},
	{&key_name, check_name},
	{&key_argv, check_argv},
	{&key_label, check_label},
	{&key_duration, check_duration},
	{&key_percent, check_percent},
	{&key_u32, check_integer},
	{&key_u64, check_integer},
	{&key_rule, check_choice},
	{&key_basis, check_choice},
	{&key_pattern, check_pattern},
	{&key_functions, check_list},
	{&key_ignore, check_list},
	{&key_accepts, check_list},
	{&key_said, check_said},
	{&key_date, check_date},
	{&key_patterns, check_list},
	{&key_scenarios, check_scenarios},
};

static void check_type(json_t *of, const struct key *key)
{
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (checks[i].type == key->type) {
			checks[i].check(of, key);
			return;
		}
	}
	fail_msg("%s: its type is none that this test knows", key->name);
}

/* --- Defaults ------------------------------------------------------------------------------- */

/* The default as the schema has it is what rg_config_init() sets. */
static void check_default(json_t *of, const struct key *key)
{
	json_t *value = member(of, "default");
	const struct where_path path = {.key = key->name};
	struct rg_config fresh, read;
	struct reader reader = {.text = "", .name = key->name, .draft = &read};
	const char *at = (const char *)&fresh + key->offset;
	char *to = (char *)&read + key->offset;

	if (!key->type->number && !key->type->name)
		return;
	if (key->unsaid) {
		assert_null(value);
		return;
	}
	if (!value)
		fail_msg("%s: has no default", key->name);
	rg_config_init(&fresh);
	rg_config_init(&read);
	assert_int_equal(key->type->decode(&reader, &path, value, to), 0);
	if (key->type->name ? strcmp(key->type->name(at), key->type->name(to)) != 0
			    : key->type->number(at) != key->type->number(to))
		fail_msg("%s: its default is another", key->name);
	rg_config_done(&fresh);
	rg_config_done(&read);
}

/* --- Objects -------------------------------------------------------------------------------- */

static const struct key *find(const struct key_object *object, const char *name)
{
	for (size_t i = 0; i < object->count; i++) {
		if (!strcmp(object->keys[i].name, name))
			return &object->keys[i];
	}
	return NULL;
}

static void check_object(json_t *of, const struct key_object *object, const char *what,
			 bool has_defaults)
{
	json_t *properties = member(of, "properties"), *property;
	const char *name;

	assert_text(of, "type", "object", what);
	if (!json_is_false(member(of, "additionalProperties")))
		fail_msg("%s: takes keys that are not known", what);
	json_object_foreach(properties, name, property)
	{
		if (strcmp(name, KEY_COMMENT) != 0 && !find(object, name))
			fail_msg("%s: %s is documented, and not read", what, name);
		if (!member(property, "description"))
			fail_msg("%s: %s has no description", what, name);
	}
	assert_non_null(json_object_get(properties, KEY_COMMENT));
	for (size_t i = 0; i < object->count; i++) {
		const struct key *key = &object->keys[i];

		property = json_object_get(properties, key->name);
		if (!property)
			fail_msg("%s: %s is read, and not documented", what, key->name);
		if (key->members) {
			check_object(property, key->members, key->name, has_defaults);
			continue;
		}
		check_type(property, key);
		if (has_defaults)
			check_default(property, key);
	}
}

static void every_key_is_documented_and_every_documented_one_read(void **state)
{
	(void)state;
	check_object(schema, &key_root, "the whole", true);
	check_object(at_pointer("#/$defs/scenario"), &key_scenario, "a scenario", true);
	check_object(at_pointer("#/$defs/function"), &key_function, "a function", false);
	check_object(at_pointer("#/$defs/accept"), &key_accept, "an acceptance", false);
}

static void what_is_required_is_what_the_reader_requires(void **state)
{
	json_t *required = json_object_get(at_pointer("#/$defs/function"), "required");

	(void)state;
	assert_int_equal(json_array_size(required), 1);
	assert_string_equal(json_string_value(json_array_get(required, 0)), key_function.required);
	/* All of an acceptance but the module. */
	required = json_object_get(at_pointer("#/$defs/accept"), "required");
	assert_int_equal(json_array_size(required), key_accept.count - 1);
	assert_null(key_root.required);
	assert_null(json_object_get(schema, "required"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_documented_and_every_documented_one_read),
		cmocka_unit_test(what_is_required_is_what_the_reader_requires),
	};

	return cmocka_run_group_tests_name("config/schema", tests, load, unload);
}
