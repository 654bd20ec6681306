/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading an object by the table of its keys. */
#include "keys.h"

#include "rg/buf.h"
#include "rg/config.h"
#include "rg/err.h"
#include "rg/text.h"

#include <stdio.h>
#include <string.h>

enum { KEYS_TEXT_MAX = 512, RANGE_TEXT_MAX = 256, KEYS_MAX = 64 };

/* --- Ranges --------------------------------------------------------------------------------- */

/* Written so that NaN is out of every range. Fills `complaint` when it returns true. */
static bool out_of_range(const struct key *key, const void *from, char complaint[RANGE_TEXT_MAX])
{
	const double number = key->type->number ? key->type->number(from) : 0;
	char low[RG_UNITS_TEXT_MAX], high[RG_UNITS_TEXT_MAX], value[RG_UNITS_TEXT_MAX];

	if (!key->type->number || (number >= key->low && number <= key->high))
		return false;
	key->type->format(low, key->low);
	key->type->format(high, key->high);
	key->type->format(value, number);
	snprintf(complaint, RANGE_TEXT_MAX, "\"%s\" must be %s to %s, not %s", key->name, low, high,
		 value);
	return true;
}

static bool is_unsaid(const struct key *key, const void *from)
{
	return key->unsaid && key->type->number(from) == 0;
}

int key_check_ranges(const struct key_object *object, const struct rg_config *config,
		     struct rg_err *err)
{
	for (size_t i = 0; i < object->count; i++) {
		const struct key *key = &object->keys[i];
		const char *from = (const char *)config + key->offset;
		char complaint[RANGE_TEXT_MAX];
		int rc = 0;

		if (key->members)
			rc = key_check_ranges(key->members, config, err);
		else if (!is_unsaid(key, from) && out_of_range(key, from, complaint))
			rc = rg_err_set(err, RG_EUSAGE, "config: %s", complaint);
		if (rc)
			return rc;
	}
	return 0;
}

/* --- What is known -------------------------------------------------------------------------- */

static const struct key *find_key(const struct key_object *object, const char *name)
{
	for (size_t i = 0; i < object->count; i++) {
		if (!strcmp(object->keys[i].name, name))
			return &object->keys[i];
	}
	return NULL;
}

void key_add_known(struct rg_buf *text, const char *name, const char *const *names, size_t count,
		   const char *list)
{
	const char *nearest = rg_text_nearest(name, names, count);

	if (nearest) {
		rg_buf_addf(text, "did you mean \"%s\"?", nearest);
		return;
	}
	rg_buf_adds(text, list);
	for (size_t i = 0; i < count; i++)
		rg_buf_addf(text, "%s%s", i ? ", " : "", names[i]);
}

static int fail_unknown(const struct reader *reader, const struct key_object *object,
			const struct where_path *path)
{
	const char *names[KEYS_MAX];
	struct rg_buf known;
	size_t count = 0;
	int rc;

	while (count < object->count && count < KEYS_MAX) {
		names[count] = object->keys[count].name;
		count++;
	}
	rg_buf_init(&known, KEYS_TEXT_MAX);
	key_add_known(&known, path->key, names, count, "known here: ");
	rc = reader_fail(reader, path, WHERE_KEY, "unknown key \"%.64s\"; %s", path->key,
			 known.data ? known.data : "");
	rg_buf_done(&known);
	return rc;
}

/* --- Reading -------------------------------------------------------------------------------- */

static int fail_no_object(const struct reader *reader, const struct where_path *path)
{
	if (!path)
		return reader_fail(reader, path, WHERE_VALUE,
				   "the configuration must be an object");
	if (!path->key)
		return reader_fail(reader, path, WHERE_VALUE,
				   "an element of \"%s\" must be an object", path->parent->key);
	return reader_fail(reader, path, WHERE_VALUE, "\"%.64s\" must be an object", path->key);
}

static int read_key(const struct reader *reader, const struct key *key,
		    const struct where_path *path, const json_t *value, void *into)
{
	void *to = (char *)into + key->offset;
	char complaint[RANGE_TEXT_MAX];
	int rc;

	if (key->members)
		return key_read_object(reader, key->members, path, value, into);
	rc = key->type->decode(reader, path, value, to);
	if (rc)
		return rc;
	if (out_of_range(key, to, complaint))
		return reader_fail(reader, path, WHERE_VALUE, "%s", complaint);
	if (key->also)
		return key->type->decode(reader, path, value, (char *)into + key->also);
	return 0;
}

static int read_member(const struct reader *reader, const struct key_object *object,
		       const struct where_path *path, const json_t *value, bool late, void *into)
{
	const struct key *key = find_key(object, path->key);

	if (!strcmp(path->key, KEY_COMMENT))
		return late ? 0 : key_note.decode(reader, path, value, NULL);
	if (!key)
		return fail_unknown(reader, object, path);
	return key->late == late ? read_key(reader, key, path, value, into) : 0;
}

/* jansson iterates in the file's order: the first mistake is reported first. */
static int read_members(const struct reader *reader, const struct key_object *object,
			const struct where_path *path, const json_t *value, bool late, void *into)
{
	void *position;

	for (position = json_object_iter((json_t *)value); position;
	     position = json_object_iter_next((json_t *)value, position)) {
		const struct where_path member = {
			.parent = path,
			.key = json_object_iter_key(position),
		};
		int rc = read_member(reader, object, &member, json_object_iter_value(position),
				     late, into);

		if (rc)
			return rc;
	}
	return 0;
}

int key_read_object(const struct reader *reader, const struct key_object *object,
		    const struct where_path *path, const json_t *value, void *into)
{
	int rc;

	if (!json_is_object(value))
		return fail_no_object(reader, path);
	rc = read_members(reader, object, path, value, false, into);
	if (!rc)
		rc = read_members(reader, object, path, value, true, into);
	if (!rc && object->required && !json_object_get(value, object->required))
		rc = reader_fail(reader, path, WHERE_VALUE, "\"%s\" is missing", object->required);
	return rc;
}
