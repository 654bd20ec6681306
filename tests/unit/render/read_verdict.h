/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_TESTS_READ_VERDICT_H
#define RG_TESTS_READ_VERDICT_H

#include "fields.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/verdict.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * Reads a verdict from the JSON that rg_render_json() writes. Unknown members, wrong types, numbers
 * out of range and other schemas are refused with RG_EFORMAT and the member's name. With `sparse`
 * a member may be missing and is then zero, or the policy's default: short inputs for tests.
 */

struct verdict_reader {
	struct rg_arena *arena;
	bool sparse;
	struct rg_err *err;
};

static int refuse(struct verdict_reader *reader, const char *name, const char *why)
{
	return rg_err_set(reader->err, RG_EFORMAT, "verdict: read '%s': %s", name, why);
}

static int read_text(struct verdict_reader *reader, const char *name, const json_t *json,
		     const char **out)
{
	char *copy;

	if (!json_is_string(json))
		return refuse(reader, name, "is not a text");
	if (strlen(json_string_value(json)) != json_string_length(json))
		return refuse(reader, name, "holds a NUL");
	copy = rg_arena_strdup(reader->arena, json_string_value(json));
	if (!copy)
		return rg_err_nomem(reader->err, "verdict");
	*out = copy;
	return 0;
}

/* Into an unsigned integer of at most `most`. */
static int read_count(struct verdict_reader *reader, const char *name, const json_t *json,
		      uint64_t most, uint64_t *out)
{
	if (!json_is_integer(json))
		return refuse(reader, name, "is not an integer");
	if (json_integer_value(json) < 0 || (uint64_t)json_integer_value(json) > most)
		return refuse(reader, name, "is out of range");
	*out = (uint64_t)json_integer_value(json);
	return 0;
}

static int read_enum(struct verdict_reader *reader, const struct rg_field *field,
		     const json_t *json, int *out)
{
	if (!json_is_string(json))
		return refuse(reader, field->name, "is not a text");
	for (int value = 0; value < field->enum_count; value++) {
		if (strcmp(field->enum_name(value), json_string_value(json)) == 0) {
			*out = value;
			return 0;
		}
	}
	return refuse(reader, field->name, "is none of its values");
}

static int read_integer(struct verdict_reader *reader, const struct rg_field *field,
			const json_t *json, void *at)
{
	uint64_t value = 0;
	int rc;

	rc = read_count(reader, field->name, json,
			field->type == RG_FIELD_U32 ? UINT32_MAX : INT64_MAX, &value);
	if (rc < 0)
		return rc;
	if (field->type == RG_FIELD_U32)
		*(uint32_t *)at = (uint32_t)value;
	else if (field->type == RG_FIELD_U64)
		*(uint64_t *)at = value;
	else if (field->type == RG_FIELD_I64)
		*(int64_t *)at = (int64_t)value;
	else
		*(size_t *)at = (size_t)value;
	return 0;
}

static int read_field(struct verdict_reader *reader, const struct rg_field *field,
		      const json_t *json, void *object)
{
	void *at = (char *)object + field->offset;

	switch (field->type) {
	case RG_FIELD_TEXT:
		return read_text(reader, field->name, json, at);
	case RG_FIELD_REAL:
		if (!json_is_number(json))
			return refuse(reader, field->name, "is not a number");
		*(double *)at = json_number_value(json);
		return 0;
	case RG_FIELD_LIMIT:
		if (!json_is_number(json) && !json_is_null(json))
			return refuse(reader, field->name, "is neither a number nor null");
		*(double *)at = json_is_null(json) ? RG_POLICY_INHERIT : json_number_value(json);
		return 0;
	case RG_FIELD_BOOL:
		if (!json_is_boolean(json))
			return refuse(reader, field->name, "is neither true nor false");
		*(bool *)at = json_is_true(json);
		return 0;
	case RG_FIELD_SCHEMA:
		if (!json_is_string(json) ||
		    strcmp(json_string_value(json), RG_VERDICT_SCHEMA) != 0)
			return refuse(reader, field->name, "is not " RG_VERDICT_SCHEMA);
		return 0;
	case RG_FIELD_ENUM:
		return read_enum(reader, field, json, at);
	case RG_FIELD_U32:
	case RG_FIELD_U64:
	case RG_FIELD_I64:
	case RG_FIELD_SIZE:
		return read_integer(reader, field, json, at);
	}
	return refuse(reader, field->name, "is of no known type");
}

static bool listed(const char *const *names, const char *name)
{
	for (; names && *names; names++) {
		if (strcmp(*names, name) == 0)
			return true;
	}
	return false;
}

static bool in_table(const struct rg_field_table *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++) {
		if (strcmp(table->fields[i].name, name) == 0)
			return true;
	}
	return false;
}

/* The members of `table`; `parts` are the names of those the caller reads itself. */
static int read_object(struct verdict_reader *reader, const struct rg_field_table *table,
		       const char *const *parts, json_t *json, void *object)
{
	const char *name;
	json_t *value;

	if (!json_is_object(json))
		return refuse(reader, table->fields[0].name, "is not within an object");
	json_object_foreach(json, name, value)
	{
		if (!in_table(table, name) && !listed(parts, name))
			return refuse(reader, name, "is not a member");
	}
	for (size_t i = 0; i < table->count; i++) {
		const struct rg_field *field = &table->fields[i];
		const json_t *member = json_object_get(json, field->name);
		int rc;

		if (!member && reader->sparse)
			continue;
		if (!member)
			return refuse(reader, field->name, "is missing");
		rc = read_field(reader, field, member, object);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Texts a sparse input leaves out are "" like those of a real verdict. */
static void clear_texts(const struct rg_field_table *table, void *object)
{
	for (size_t i = 0; i < table->count; i++) {
		if (table->fields[i].type == RG_FIELD_TEXT)
			*(const char **)(void *)((char *)object + table->fields[i].offset) = "";
	}
}

/* Items of `size` bytes into the arena; at most `most`. */
static int read_array(struct verdict_reader *reader, const struct rg_field_table *table,
		      const char *name, json_t *parent, size_t size, size_t most, void **items,
		      size_t *count)
{
	json_t *array = json_object_get(parent, name);
	size_t n = json_array_size(array);
	char *out;

	if (!array && reader->sparse)
		return 0;
	if (!json_is_array(array))
		return refuse(reader, name, "is not an array");
	if (n > most)
		return refuse(reader, name, "has too many items");
	out = rg_arena_array(reader->arena, n ? n : 1, size);
	if (!out)
		return rg_err_nomem(reader->err, "verdict");
	for (size_t i = 0; i < n; i++) {
		int rc;

		clear_texts(table, out + i * size);
		rc = read_object(reader, table, NULL, json_array_get(array, i), out + i * size);
		if (rc < 0)
			return rc;
	}
	*items = out;
	*count = n;
	return 0;
}

static int read_part(struct verdict_reader *reader, const struct rg_field_table *table,
		     const char *name, const char *const *parts, json_t *root, void *object)
{
	json_t *part = json_object_get(root, name);

	clear_texts(table, object);
	if (!part && reader->sparse)
		return 0;
	if (!part)
		return refuse(reader, name, "is missing");
	return read_object(reader, table, parts, part, object);
}

static int read_side(struct verdict_reader *reader, const char *name, json_t *root,
		     struct rg_side *side)
{
	static const char *const parts[] = {"losses", NULL};
	json_t *part = json_object_get(root, name);
	void *losses = NULL;
	int rc = read_part(reader, &rg_fields_side, name, parts, root, side);

	if (rc == 0 && part)
		rc = read_array(reader, &rg_fields_loss, "losses", part, sizeof(*side->losses), 64,
				&losses, &side->loss_count);
	side->losses = losses;
	return rc;
}

static int read_ignore(struct verdict_reader *reader, json_t *policy, struct rg_policy *out)
{
	json_t *array = json_object_get(policy, "ignore");
	size_t count = json_array_size(array);
	const char **ignore;

	if (!array && reader->sparse)
		return 0;
	if (!json_is_array(array) || count > RG_POLICY_LIST_MAX)
		return refuse(reader, "ignore", "is not an array, or has too many items");
	ignore = rg_arena_array(reader->arena, count + 1, sizeof(*ignore));
	if (!ignore)
		return rg_err_nomem(reader->err, "verdict");
	for (size_t i = 0; i < count; i++) {
		int rc = read_text(reader, "ignore", json_array_get(array, i), &ignore[i]);

		if (rc < 0)
			return rc;
	}
	out->ignore = ignore;
	out->ignore_count = count;
	return 0;
}

static int read_policy(struct verdict_reader *reader, json_t *root, struct rg_policy *policy)
{
	static const char *const parts[] = {"functions", "ignore", NULL};
	json_t *part = json_object_get(root, "policy");
	void *functions = NULL;
	int rc = read_part(reader, &rg_fields_policy, "policy", parts, root, policy);

	if (rc || !part)
		return rc;
	rc = read_array(reader, &rg_fields_function, "functions", part, sizeof(*policy->functions),
			RG_POLICY_LIST_MAX, &functions, &policy->function_count);
	policy->functions = functions;
	return rc ? rc : read_ignore(reader, part, policy);
}

static int read_changes(struct verdict_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	void *changes = NULL;
	int rc = read_array(reader, &rg_fields_change, "policy_changes", root,
			    sizeof(*verdict->policy_changes), 1024, &changes,
			    &verdict->policy_change_count);

	verdict->policy_changes = changes;
	return rc;
}

static int read_lists(struct verdict_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	void *rows = NULL, *issues = NULL;
	int rc = read_array(reader, &rg_fields_row, "rows", root, sizeof(*verdict->rows),
			    RG_VERDICT_MAX_ROWS, &rows, &verdict->row_count);

	if (rc == 0)
		rc = read_array(reader, &rg_fields_issue, "issues", root, sizeof(*verdict->issues),
				64, &issues, &verdict->issue_count);
	verdict->rows = rows;
	verdict->issues = issues;
	return rc;
}

static int read_parts(struct verdict_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	static const char *const parts[] = {"cost_unit", "policy", "policy_changes",
					    "baseline",  "canary", "total",
					    "rows",      "issues", NULL};
	int rc;

	rg_policy_init(&verdict->policy);
	clear_texts(&rg_fields_verdict, verdict);
	rc = read_object(reader, &rg_fields_verdict, parts, root, verdict);
	if (rc == 0)
		rc = read_policy(reader, root, &verdict->policy);
	if (rc == 0)
		rc = read_changes(reader, root, verdict);
	if (rc == 0)
		rc = read_side(reader, "baseline", root, &verdict->base);
	if (rc == 0)
		rc = read_side(reader, "canary", root, &verdict->canary);
	if (rc == 0)
		rc = read_part(reader, &rg_fields_row, "total", NULL, root, &verdict->total);
	return rc == 0 ? read_lists(reader, root, verdict) : rc;
}

/* Freed with its arena. */
static int read_verdict(json_t *root, bool sparse, struct rg_verdict **out, struct rg_err *err)
{
	struct verdict_reader reader = {.arena = rg_arena_new(0), .sparse = sparse, .err = err};
	struct rg_verdict *verdict;
	int rc;

	if (!reader.arena)
		return rg_err_nomem(err, "verdict");
	verdict = rg_arena_alloc(reader.arena, sizeof(*verdict));
	rc = verdict ? read_parts(&reader, root, verdict) : rg_err_nomem(err, "verdict");
	if (rc < 0) {
		rg_arena_free(reader.arena);
		return rc;
	}
	verdict->arena = reader.arena;
	*out = verdict;
	return 0;
}

#endif
