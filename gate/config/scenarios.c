/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "scenarios": all are checked, one is meant. */
#include "keys.h"
#include "texts.h"

#include "rg/buf.h"
#include "rg/config.h"
#include "rg/err.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_TEXT_MAX = 512 };

static size_t count_names(char *const *names)
{
	size_t count = 0;

	while (names && names[count])
		count++;
	return count;
}

/* NULL when out of memory. */
static char **copy_names(const json_t *value)
{
	char **names = calloc(json_object_size(value) + 1, sizeof(*names));
	void *position = json_object_iter((json_t *)value);

	for (size_t i = 0; names && position; i++) {
		if (!text_copy(&names[i], json_object_iter_key(position))) {
			text_free_argv(names);
			return NULL;
		}
		position = json_object_iter_next((json_t *)value, position);
	}
	return names;
}

static int collect_names(const struct reader *reader, const json_t *value)
{
	char **names = copy_names(value);

	if (!names)
		return rg_err_nomem(reader->err, "config");
	text_take_argv(&reader->draft->scenarios, names);
	return 0;
}

/* Reads it into a copy that is thrown away. */
static int check_one(const struct reader *reader, const struct where_path *path,
		     const json_t *value)
{
	struct rg_config copy;
	struct reader trial = *reader;
	int rc;

	if (!key_name_ok(path->key))
		return reader_fail(reader, path, WHERE_KEY, "a scenario is called by %s",
				   KEY_NAME_RULE);
	if (texts_copy(&copy, reader->draft))
		return rg_err_nomem(reader->err, "config");
	trial.draft = &copy;
	rc = key_read_object(&trial, &key_scenario, path, value, &copy);
	rg_config_done(&copy);
	return rc;
}

static int check_all(const struct reader *reader, const struct where_path *path,
		     const json_t *value)
{
	void *position;

	for (position = json_object_iter((json_t *)value); position;
	     position = json_object_iter_next((json_t *)value, position)) {
		const struct where_path member = {
			.parent = path,
			.key = json_object_iter_key(position),
		};
		int rc = check_one(reader, &member, json_object_iter_value(position));

		if (rc)
			return rc;
	}
	return 0;
}

/* Where the choice was made: by the caller, or by the file's "scenario". */
static int fail_unknown(const struct reader *reader, const struct where_path *path,
			const char *name, bool by_file)
{
	const struct where_path chosen = {.key = "scenario"};
	char *const *names = reader->draft->scenarios;
	struct rg_buf known;
	int rc;

	rg_buf_init(&known, LIST_TEXT_MAX);
	key_add_known(&known, name, (const char *const *)names, count_names(names), "there are: ");
	rc = reader_fail(reader, by_file ? &chosen : path, by_file ? WHERE_VALUE : WHERE_KEY,
			 "no scenario \"%.64s\" in \"scenarios\"; %s", name,
			 known.data ? known.data : "");
	rg_buf_done(&known);
	return rc;
}

/* The name meant, NULL when it is open. */
static const char *meant(const struct reader *reader, bool *by_file)
{
	const char *wanted = reader->wanted ? reader->wanted->scenario : NULL;
	const char *named = json_string_value(json_object_get(reader->root, "scenario"));
	char *const *names = reader->draft->scenarios;

	*by_file = !wanted && named;
	if (wanted || named)
		return wanted ? wanted : named;
	return count_names(names) == 1 ? names[0] : NULL;
}

static int read_meant(const struct reader *reader, const struct where_path *path,
		      const json_t *value)
{
	struct rg_config *draft = reader->draft;
	bool by_file, lenient = reader->wanted && reader->wanted->may_be_unknown;
	const char *name = meant(reader, &by_file);
	const json_t *scenario = name ? json_object_get(value, name) : NULL;
	const struct where_path member = {.parent = path, .key = name};
	int rc;

	draft->scenario_open = name == NULL;
	if (!name)
		return 0;
	if (!scenario)
		return lenient && !by_file ? 0 : fail_unknown(reader, path, name, by_file);
	rc = text_set(&draft->scenario, name, reader->err);
	return rc ? rc : key_read_object(reader, &key_scenario, &member, scenario, draft);
}

/* Read when everything else is: what stands at the top is known then. */
static int decode_scenarios(const struct reader *reader, const struct where_path *path,
			    const json_t *value, void *to)
{
	int rc;

	(void)to;
	if (json_object_size(value) == 0)
		return reader_fail(reader, path, WHERE_VALUE, "\"%s\" must be %s", path->key,
				   key_scenarios.expects);
	if (json_object_size(value) > RG_CONFIG_SCENARIOS_MAX)
		return reader_fail(reader, path, WHERE_VALUE, "\"%s\" has more than %d members",
				   path->key, RG_CONFIG_SCENARIOS_MAX);
	rc = check_all(reader, path, value);
	if (!rc)
		rc = collect_names(reader, value);
	return rc ? rc : read_meant(reader, path, value);
}

const struct key_type key_scenarios = {
	.expects = "an object with a member for each scenario",
	.decode = decode_scenarios,
};

int rg_config_need_scenario(const struct rg_config *config, struct rg_err *err)
{
	struct rg_buf names;
	int rc;

	if (!config->scenario_open)
		return 0;
	rg_buf_init(&names, LIST_TEXT_MAX);
	for (size_t i = 0; config->scenarios[i]; i++)
		rg_buf_addf(&names, "%s%s", i ? ", " : "", config->scenarios[i]);
	rc = rg_err_set(err, RG_EUSAGE,
			"%.400s: several scenarios: say --scenario NAME, or name one by "
			"\"scenario\": %s",
			config->path ? config->path : "config", names.data ? names.data : "");
	rg_buf_done(&names);
	return rc;
}
