/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "baseline.h"
#include "remote.h"
#include "settings.h"
#include "version.h"

#include "rg/err.h"

static const struct rg_option_group groups[] = {
	{"Remote", rg_options_remote},
	{"Certificates", rg_options_ca},
	{"Store", rg_options_store},
	{"General", rg_options_general},
	{0},
};

/* Nothing to push is no success: it was put elsewhere, or not at all. */
static int check_stored(const struct rg_baseline *b, const struct rg_store_key *key,
			const char *label, struct rg_err *err)
{
	struct rg_store_list list = {0};
	int rc = rg_store_find(b->store, key, &list, err);

	if (rc)
		return rc;
	if (!list.count && !list.damaged)
		rc = rg_err_set(
			err, RG_ENOTFOUND,
			"baseline push: no run of %.200s is stored for scenario '%.200s' (see "
			"'regress-gate baseline list')",
			label, key->scenario);
	rg_store_list_done(&list);
	return rc;
}

static int push_key(const struct rg_baseline *b, const struct rg_store_key *key, const char *label,
		    struct rg_err *err)
{
	int rc = check_stored(b, key, label, err);

	return rc ? rc : rg_remote_push_baseline(b->settings, b->store, key, label, err);
}

static int push_version(const struct rg_baseline *b, const char *name, struct rg_err *err)
{
	struct rg_store_key key = {.scenario = b->settings->config.scenario};
	struct rg_version version = {0};
	int rc = rg_version_resolve(name, &version, err);

	if (rc)
		return rc;
	key.version = version.key;
	rc = push_key(b, &key, version.label, err);
	rg_version_done(&version);
	return rc;
}

static int push(const struct rg_baseline *b, char **words, size_t count, struct rg_err *err)
{
	const struct rg_store_key all = {.scenario = b->settings->config.scenario};
	int rc = rg_config_need_scenario(&b->settings->config, err);

	if (!rc && !count)
		rc = push_key(b, &all, "all versions", err);
	for (size_t i = 0; !rc && i < count; i++)
		rc = push_version(b, words[i], err);
	return rc;
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	return rg_baseline_run(command, argc, argv, push);
}

const struct rg_command rg_command_baseline_push = {
	.name = "baseline push",
	.summary = "put stored runs where other machines fetch them",
	.usage = "[options] [VERSION…]",
	.description =
		"Pushes the stored runs of these versions, or of all versions of the scenario, to "
		"a\n"
		"git repository, beside those that are there; several machines may do so at the "
		"same\n"
		"time. They are references below refs/regress-gate/, which no clone fetches and "
		"no\n"
		"workflow starts from. It takes permission to write (GitHub: contents: write).",
	.examples = "  regress-gate baseline push v1.4\n"
		    "  regress-gate baseline push --remote git@example.org:shop/baselines.git\n",
	.groups = groups,
	.run = run,
};
