/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keys.h"

#include "rg/buf.h"
#include "rg/config.h"
#include "rg/err.h"
#include "rg/text.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define AT(member)      offsetof(struct rg_config, member)
#define MS              ((double)RG_NS_PER_MS)
#define S               ((double)RG_NS_PER_S)
#define HOUR            (3600 * S)

enum { KEYS_TEXT_MAX = 512, RANGE_TEXT_MAX = 256 };

static const struct key target_keys[] = {
	{.name = "command", .type = &key_argv, .offset = AT(command)},
};

static const struct key_object target = {target_keys, COUNT_OF(target_keys)};

/* The ranges are those that the engine accepts (rg_policy_check()). */
static const struct key policy_keys[] = {
	{.name = "rule", .type = &key_rule, .offset = AT(policy.rule)},
	{.name = "basis", .type = &key_basis, .offset = AT(policy.basis)},
	{.name = "growth", .type = &key_percent, .offset = AT(policy.growth), .high = 1000},
	{.name = "total_growth",
	 .type = &key_percent,
	 .offset = AT(policy.total_growth),
	 .high = 1000},
	{.name = "limit", .type = &key_percent, .offset = AT(policy.limit), .high = 1000},
	{.name = "min_share", .type = &key_percent, .offset = AT(policy.min_share), .high = 1},
	{.name = "q", .type = &key_percent, .offset = AT(policy.q), .low = 1e-6, .high = 0.5},
	{.name = "prior_cv", .type = &key_percent, .offset = AT(policy.prior_cv), .high = 1},
	{.name = "top_k", .type = &key_u32, .offset = AT(policy.top_k), .low = 1, .high = 100},
	{.name = "min_samples", .type = &key_u64, .offset = AT(policy.min_samples), .high = 1e12},
};

static const struct key_object policy = {policy_keys, COUNT_OF(policy_keys)};

static const struct key root_keys[] = {
	{.name = "scenario", .type = &key_text, .offset = AT(scenario)},
	{.name = "target", .members = &target},
	{.name = "load", .type = &key_text, .offset = AT(load)},
	{.name = "store", .type = &key_text, .offset = AT(store)},
	{.name = "window",
	 .type = &key_duration,
	 .offset = AT(window_ns),
	 .low = S,
	 .high = 24 * HOUR},
	{.name = "warmup", .type = &key_duration, .offset = AT(warmup_ns), .high = 24 * HOUR},
	{.name = "slice",
	 .type = &key_duration,
	 .offset = AT(slice_ns),
	 .low = 100 * MS,
	 .high = HOUR},
	{.name = "frequency",
	 .type = &key_u32,
	 .offset = AT(frequency_hz),
	 .low = 1,
	 .high = RG_FREQUENCY_MAX_HZ},
	{.name = "policy", .members = &policy},
};

const struct key_object key_root = {root_keys, COUNT_OF(root_keys)};

static const void *member_of(const struct key *key, const struct rg_config *config)
{
	return (const char *)config + key->offset;
}

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

static int read_key(const struct reader *reader, const struct key *key,
		    const struct where_path *path, const json_t *value)
{
	void *to = (char *)reader->draft + key->offset;
	char complaint[RANGE_TEXT_MAX];
	int rc;

	if (key->members)
		return key_read_object(reader, key->members, path, value);
	rc = key->type->decode(reader, path, value, to);
	if (rc)
		return rc;
	if (out_of_range(key, to, complaint))
		return reader_fail(reader, path, WHERE_VALUE, "%s", complaint);
	return 0;
}

static const struct key *find_key(const struct key_object *object, const char *name)
{
	for (size_t i = 0; i < object->count; i++) {
		if (!strcmp(object->keys[i].name, name))
			return &object->keys[i];
	}
	return NULL;
}

/* The nearest known key, or else all of them. */
static void add_known(struct rg_buf *text, const struct key_object *object, const char *name)
{
	const char *names[COUNT_OF(root_keys) + COUNT_OF(policy_keys)];
	const char *nearest;

	for (size_t i = 0; i < object->count; i++)
		names[i] = object->keys[i].name;
	nearest = rg_text_nearest(name, names, object->count);
	if (nearest) {
		rg_buf_addf(text, "did you mean \"%s\"?", nearest);
		return;
	}
	rg_buf_adds(text, "known here: ");
	for (size_t i = 0; i < object->count; i++)
		rg_buf_addf(text, "%s%s", i ? ", " : "", names[i]);
}

static int fail_unknown(const struct reader *reader, const struct key_object *object,
			const struct where_path *path)
{
	struct rg_buf known;
	int rc;

	rg_buf_init(&known, KEYS_TEXT_MAX);
	add_known(&known, object, path->key);
	rc = reader_fail(reader, path, WHERE_KEY, "unknown key \"%.64s\"; %s", path->key,
			 known.data ? known.data : "");
	rg_buf_done(&known);
	return rc;
}

int key_read_object(const struct reader *reader, const struct key_object *object,
		    const struct where_path *path, const json_t *value)
{
	void *position;

	if (!json_is_object(value))
		return reader_fail(reader, path, WHERE_VALUE, "%s%s%smust be an object",
				   path ? "\"" : "the configuration ", path ? path->key : "",
				   path ? "\" " : "");
	/* jansson iterates in the file's order: the first mistake is reported first. */
	for (position = json_object_iter((json_t *)value); position;
	     position = json_object_iter_next((json_t *)value, position)) {
		const char *name = json_object_iter_key(position);
		const struct where_path member = {.parent = path, .key = name};
		const struct key *key = find_key(object, name);
		int rc = key ? read_key(reader, key, &member, json_object_iter_value(position))
			     : fail_unknown(reader, object, &member);

		if (rc)
			return rc;
	}
	return 0;
}

int key_check_ranges(const struct key_object *object, const struct rg_config *config,
		     struct rg_err *err)
{
	for (size_t i = 0; i < object->count; i++) {
		const struct key *key = &object->keys[i];
		char complaint[RANGE_TEXT_MAX];
		int rc = 0;

		if (key->members)
			rc = key_check_ranges(key->members, config, err);
		else if (out_of_range(key, member_of(key, config), complaint))
			rc = rg_err_set(err, RG_EUSAGE, "config: %s", complaint);
		if (rc)
			return rc;
	}
	return 0;
}
