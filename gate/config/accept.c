/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "accept": growth that somebody answers for. */
#include "lists.h"

#include "rg/arena.h"
#include "rg/config.h"
#include "rg/err.h"

static int decode_said(const struct reader *reader, const struct where_path *path,
		       const json_t *value, void *to)
{
	const size_t len = json_string_length(value);
	const char **text = to;

	if (!json_is_string(value) || len == 0 || len > RG_POLICY_TEXT_MAX)
		return reader_fail(reader, path, WHERE_VALUE, "\"%s\" must be %s", path->key,
				   key_said.expects);
	*text = rg_arena_strdup(reader->draft->arena, json_string_value(value));
	return *text ? 0 : rg_err_nomem(reader->err, "config");
}

_Static_assert(RG_POLICY_TEXT_MAX == 200, "the rule below says it");

const struct key_type key_said = {
	.expects = "a text of 1 to 200 bytes",
	.decode = decode_said,
};

static int decode_date(const struct reader *reader, const struct where_path *path,
		       const json_t *value, void *to)
{
	if (!json_is_string(value) || rg_parse_date(json_string_value(value), to))
		return reader_fail(reader, path, WHERE_VALUE, "\"%s\" must be %s", path->key,
				   key_date.expects);
	return 0;
}

const struct key_type key_date = {
	.expects = "a day of the calendar, as \"2026-03-31\"",
	.decode = decode_date,
};

/* Who accepts says how much, how long, why, and who answers for it. */
static int check_complete(const struct reader *reader, const struct where_path *path,
			  const json_t *value)
{
	for (size_t i = 0; i < key_accept.count; i++) {
		const struct key *key = &key_accept.keys[i];

		if (key->offset == offsetof(struct rg_policy_accept, module) ||
		    json_object_get(value, key->name))
			continue;
		return reader_fail(reader, path, WHERE_VALUE, "\"%s\" is missing", key->name);
	}
	return 0;
}

static int read_accept(const struct reader *reader, const struct where_path *path,
		       const json_t *value, struct rg_policy_accept *to)
{
	int rc;

	*to = (struct rg_policy_accept){0};
	rc = key_read_object(reader, &key_accept, path, value, to);
	return rc ? rc : check_complete(reader, path, value);
}

static int decode_accepts(const struct reader *reader, const struct where_path *path,
			  const json_t *value, void *to)
{
	struct rg_policy *policy = to;
	const struct list list = {
		.old = policy->accept,
		.old_count = policy->accept_count,
		.size = sizeof(*policy->accept),
	};
	const size_t added = json_array_size(value);
	int rc = 0;
	struct rg_policy_accept *all =
		list_grow(reader, path, value, &key_accepts, &list, added, &rc);

	if (!all)
		return rc;
	for (size_t i = 0; !rc && i < added; i++) {
		const struct where_path element = {.parent = path, .index = i};

		rc = read_accept(reader, &element, json_array_get(value, i), &all[i]);
	}
	if (rc)
		return rc;
	policy->accept = all;
	policy->accept_count += added;
	return 0;
}

const struct key_type key_accepts = {
	.expects = "an array of objects, as [{\"match\": \"validate\", \"growth\": \"40%\", "
		   "\"expires\": \"2026-03-31\", \"owner\": \"ada\", \"reason\": \"…\"}]",
	.decode = decode_accepts,
};
