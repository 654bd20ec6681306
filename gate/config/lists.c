/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policy's lists, which live in the draft's arena. */
#include "lists.h"

#include "rg/arena.h"
#include "rg/config.h"
#include "rg/err.h"

#include <string.h>

#define PATTERN_RULE "a pattern of 1 to 512 bytes, as \"memcpy\" or \"json_*\""

_Static_assert(RG_POLICY_PATTERN_MAX == 512, "the rule above says it");

static bool pattern_ok(const json_t *value)
{
	return json_is_string(value) && json_string_length(value) > 0 &&
	       json_string_length(value) <= RG_POLICY_PATTERN_MAX;
}

static int copy_pattern(const struct reader *reader, const json_t *value, const char **to)
{
	*to = rg_arena_strdup(reader->draft->arena, json_string_value(value));
	return *to ? 0 : rg_err_nomem(reader->err, "config");
}

static int decode_pattern(const struct reader *reader, const struct where_path *path,
			  const json_t *value, void *to)
{
	if (!pattern_ok(value))
		return reader_fail(reader, path, WHERE_VALUE, "\"%s\" must be %s", path->key,
				   key_pattern.expects);
	return copy_pattern(reader, value, to);
}

const struct key_type key_pattern = {
	.expects = PATTERN_RULE,
	.decode = decode_pattern,
};

/* --- Lists ---------------------------------------------------------------------------------- */

void *list_grow(const struct reader *reader, const struct where_path *path, const json_t *value,
		const struct key_type *type, const struct list *list, size_t at, int *rc)
{
	const size_t count = json_array_size(value) + list->old_count;
	char *grown;

	if (!json_is_array(value)) {
		*rc = reader_fail(reader, path, WHERE_VALUE, "\"%s\" must be %s", path->key,
				  type->expects);
		return NULL;
	}
	if (count > RG_POLICY_LIST_MAX) {
		*rc = reader_fail(reader, path, WHERE_VALUE, "\"%s\" has more than %d entries",
				  path->key, RG_POLICY_LIST_MAX);
		return NULL;
	}
	grown = rg_arena_array(reader->draft->arena, count + 1, list->size);
	if (!grown)
		*rc = rg_err_nomem(reader->err, "config");
	else if (list->old_count)
		memcpy(grown + at * list->size, list->old, list->old_count * list->size);
	return grown;
}

static int read_function(const struct reader *reader, const struct where_path *path,
			 const json_t *value, struct rg_policy_function *to)
{
	int rc;

	*to = (struct rg_policy_function){
		.growth = RG_POLICY_INHERIT,
		.limit = RG_POLICY_INHERIT,
		.min_share = RG_POLICY_INHERIT,
	};
	rc = key_read_object(reader, &key_function, path, value, to);
	if (rc)
		return rc;
	if (to->growth == RG_POLICY_INHERIT && to->limit == RG_POLICY_INHERIT &&
	    to->min_share == RG_POLICY_INHERIT)
		return reader_fail(reader, path, WHERE_VALUE,
				   "it sets no limit: say \"growth\", \"limit\" or \"min_share\"");
	return 0;
}

/* Of what matches, the first counts: so what is read later, a scenario's, goes before the rest. */
static int decode_functions(const struct reader *reader, const struct where_path *path,
			    const json_t *value, void *to)
{
	struct rg_policy *policy = to;
	const struct list list = {
		.old = policy->functions,
		.old_count = policy->function_count,
		.size = sizeof(*policy->functions),
	};
	const size_t added = json_array_size(value);
	int rc = 0;
	struct rg_policy_function *all =
		list_grow(reader, path, value, &key_functions, &list, added, &rc);

	if (!all)
		return rc;
	for (size_t i = 0; !rc && i < added; i++) {
		const struct where_path element = {.parent = path, .index = i};

		rc = read_function(reader, &element, json_array_get(value, i), &all[i]);
	}
	if (rc)
		return rc;
	policy->functions = all;
	policy->function_count += added;
	return 0;
}

const struct key_type key_functions = {
	.expects = "an array of objects, as [{\"match\": \"json_*\", \"growth\": \"30%\"}]",
	.decode = decode_functions,
};

static int decode_patterns(const struct reader *reader, const struct where_path *path,
			   const json_t *value, void *to)
{
	struct rg_policy_list *patterns = to;
	const struct list list = {
		.old = patterns->pattern,
		.old_count = patterns->count,
		.size = sizeof(*patterns->pattern),
	};
	const size_t added = json_array_size(value);
	int rc = 0;
	const char **all = list_grow(reader, path, value, &key_patterns, &list, 0, &rc);

	if (!all)
		return rc;
	for (size_t i = 0; !rc && i < added; i++) {
		const struct where_path element = {.parent = path, .index = i};
		const json_t *pattern = json_array_get(value, i);

		rc = pattern_ok(pattern) ? copy_pattern(reader, pattern, &all[patterns->count + i])
					 : reader_fail(reader, &element, WHERE_VALUE,
						       "an element of \"%s\" must be %s", path->key,
						       key_pattern.expects);
	}
	if (rc)
		return rc;
	*patterns = (struct rg_policy_list){all, patterns->count + added};
	return 0;
}

#define PATTERNS_RULE "an array of patterns, as [\"memcpy\", \"json_*\"]"

const struct key_type key_patterns = {
	.expects = PATTERNS_RULE,
	.decode = decode_patterns,
};

static int decode_ignore(const struct reader *reader, const struct where_path *path,
			 const json_t *value, void *to)
{
	struct rg_policy *policy = to;
	struct rg_policy_list ignore = {policy->ignore, policy->ignore_count};
	int rc = decode_patterns(reader, path, value, &ignore);

	if (rc)
		return rc;
	policy->ignore = ignore.pattern;
	policy->ignore_count = ignore.count;
	return 0;
}

const struct key_type key_ignore = {
	.expects = PATTERNS_RULE,
	.decode = decode_ignore,
};
