/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_reader.h"

#include "fields.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <stdbool.h>
#include <string.h>

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

int rg_reader_object(struct rg_json_reader *reader, const struct rg_field_table *table,
		     const char *const *parts, json_t *json, void *object)
{
	const char *name;
	json_t *value;

	if (!json_is_object(json))
		return rg_reader_refuse(reader, table->fields[0].name, "is not within an object");
	json_object_foreach(json, name, value)
	{
		if (!in_table(table, name) && !listed(parts, name))
			return rg_reader_refuse(reader, name, "is not a member");
	}
	for (size_t i = 0; i < table->count; i++) {
		const struct rg_field *field = &table->fields[i];
		const json_t *member = json_object_get(json, field->name);
		int rc;

		if (!member && (reader->sparse || field->type == RG_FIELD_NOTE))
			continue;
		if (!member)
			return rg_reader_refuse(reader, field->name, "is missing");
		rc = rg_reader_field(reader, field, member, object);
		if (rc < 0)
			return rc;
	}
	return 0;
}

void rg_reader_clear_texts(const struct rg_field_table *table, void *object)
{
	for (size_t i = 0; i < table->count; i++) {
		if (table->fields[i].type == RG_FIELD_TEXT ||
		    table->fields[i].type == RG_FIELD_NOTE)
			*(const char **)(void *)((char *)object + table->fields[i].offset) = "";
	}
}

int rg_reader_array(struct rg_json_reader *reader, const struct rg_field_table *table,
		    const char *name, json_t *parent, size_t size, size_t most, void **items,
		    size_t *count)
{
	json_t *array = json_object_get(parent, name);
	size_t n = json_array_size(array);
	char *out;

	if (!array && reader->sparse)
		return 0;
	if (!json_is_array(array))
		return rg_reader_refuse(reader, name, "is not an array");
	if (n > most)
		return rg_reader_refuse(reader, name, "has too many items");
	out = rg_arena_array(reader->arena, n ? n : 1, size);
	if (!out)
		return rg_err_nomem(reader->err, "verdict");
	for (size_t i = 0; i < n; i++) {
		int rc;

		rg_reader_clear_texts(table, out + i * size);
		rc = rg_reader_object(reader, table, NULL, json_array_get(array, i),
				      out + i * size);
		if (rc < 0)
			return rc;
	}
	*items = out;
	*count = n;
	return 0;
}

int rg_reader_part(struct rg_json_reader *reader, const struct rg_field_table *table,
		   const char *name, const char *const *parts, json_t *root, void *object)
{
	json_t *part = json_object_get(root, name);

	rg_reader_clear_texts(table, object);
	if (!part && reader->sparse)
		return 0;
	if (!part)
		return rg_reader_refuse(reader, name, "is missing");
	return rg_reader_object(reader, table, parts, part, object);
}

int rg_reader_texts(struct rg_json_reader *reader, json_t *parent, const char *name, size_t most,
		    const char ***texts, size_t *count)
{
	json_t *array = json_object_get(parent, name);
	size_t n = json_array_size(array);
	const char **out;

	if (!array && reader->sparse)
		return 0;
	if (!json_is_array(array) || n > most)
		return rg_reader_refuse(reader, name, "is not an array, or has too many items");
	out = rg_arena_array(reader->arena, n + 1, sizeof(*out));
	if (!out)
		return rg_err_nomem(reader->err, "verdict");
	for (size_t i = 0; i < n; i++) {
		int rc = rg_reader_text(reader, name, json_array_get(array, i), &out[i]);

		if (rc < 0)
			return rc;
	}
	*texts = out;
	*count = n;
	return 0;
}
