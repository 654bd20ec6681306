/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_reader.h"

#include "fields.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/policy.h"
#include "rg/units.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

int rg_reader_refuse(struct rg_json_reader *reader, const char *name, const char *why)
{
	return rg_err_set(reader->err, RG_EFORMAT, "verdict: read '%s': %s", name, why);
}

int rg_reader_text(struct rg_json_reader *reader, const char *name, const json_t *json,
		   const char **out)
{
	char *copy;

	if (!json_is_string(json))
		return rg_reader_refuse(reader, name, "is not a text");
	if (strlen(json_string_value(json)) != json_string_length(json))
		return rg_reader_refuse(reader, name, "holds a NUL");
	copy = rg_arena_strdup(reader->arena, json_string_value(json));
	if (!copy)
		return rg_err_nomem(reader->err, "verdict");
	*out = copy;
	return 0;
}

/* Into an unsigned integer of at most `most`. */
static int read_count(struct rg_json_reader *reader, const char *name, const json_t *json,
		      uint64_t most, uint64_t *out)
{
	if (!json_is_integer(json))
		return rg_reader_refuse(reader, name, "is not an integer");
	if (json_integer_value(json) < 0 || (uint64_t)json_integer_value(json) > most)
		return rg_reader_refuse(reader, name, "is out of range");
	*out = (uint64_t)json_integer_value(json);
	return 0;
}

static int read_enum(struct rg_json_reader *reader, const struct rg_field *field,
		     const json_t *json, int *out)
{
	if (!json_is_string(json))
		return rg_reader_refuse(reader, field->name, "is not a text");
	for (int value = 0; value < field->enum_count; value++) {
		if (strcmp(field->enum_name(value), json_string_value(json)) == 0) {
			*out = value;
			return 0;
		}
	}
	return rg_reader_refuse(reader, field->name, "is none of its values");
}

static int read_integer(struct rg_json_reader *reader, const struct rg_field *field,
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

static int read_date(struct rg_json_reader *reader, const char *name, const json_t *json,
		     uint32_t *out)
{
	if (!json_is_string(json))
		return rg_reader_refuse(reader, name, "is not a text");
	*out = 0;
	if (json_string_length(json) == 0)
		return 0;
	return rg_parse_date(json_string_value(json), out)
		       ? rg_reader_refuse(reader, name, "is not a date")
		       : 0;
}

int rg_reader_field(struct rg_json_reader *reader, const struct rg_field *field, const json_t *json,
		    void *object)
{
	void *at = (char *)object + field->offset;

	switch (field->type) {
	case RG_FIELD_TEXT:
	case RG_FIELD_NOTE:
		return rg_reader_text(reader, field->name, json, at);
	case RG_FIELD_REAL:
		if (!json_is_number(json))
			return rg_reader_refuse(reader, field->name, "is not a number");
		*(double *)at = json_number_value(json);
		return 0;
	case RG_FIELD_LIMIT:
		if (!json_is_number(json) && !json_is_null(json))
			return rg_reader_refuse(reader, field->name,
						"is neither a number nor null");
		*(double *)at = json_is_null(json) ? RG_POLICY_INHERIT : json_number_value(json);
		return 0;
	case RG_FIELD_BOOL:
		if (!json_is_boolean(json))
			return rg_reader_refuse(reader, field->name, "is neither true nor false");
		*(bool *)at = json_is_true(json);
		return 0;
	case RG_FIELD_DATE:
		return read_date(reader, field->name, json, at);
	case RG_FIELD_SCHEMA:
		if (!json_is_string(json) ||
		    strcmp(json_string_value(json), RG_VERDICT_SCHEMA) != 0)
			return rg_reader_refuse(reader, field->name, "is not " RG_VERDICT_SCHEMA);
		return 0;
	case RG_FIELD_ENUM:
		return read_enum(reader, field, json, at);
	case RG_FIELD_U32:
	case RG_FIELD_U64:
	case RG_FIELD_I64:
	case RG_FIELD_SIZE:
		return read_integer(reader, field, json, at);
	}
	return rg_reader_refuse(reader, field->name, "is of no known type");
}
