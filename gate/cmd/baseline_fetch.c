/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "baseline.h"
#include "remote.h"
#include "settings.h"
#include "version.h"

#include "rg/err.h"
#include "rg/units.h"

#include <stdio.h>

static const struct rg_option_group groups[] = {
	{"Remote", rg_options_remote},
	{"Certificates", rg_options_ca},
	{"Store", rg_options_store},
	{"General", rg_options_general},
	{0},
};

static int fail_damaged(const struct rg_remote_result *result,
			const struct rg_remote_choice *choice, struct rg_err *err)
{
	return rg_err_set(
		err, RG_EFORMAT,
		"baseline: %zu entr%s at %.300s cannot be read, and %s not fetched: %.400s",
		result->damaged, result->damaged == 1 ? "y" : "ies", choice->shown,
		result->damaged == 1 ? "was" : "were", result->first_damaged);
}

static int fetch_key(const struct rg_baseline *b, const struct rg_remote_choice *choice,
		     const struct rg_store_key *key, const char *label, struct rg_err *err)
{
	const struct rg_remote remote = rg_remote_of(b->settings, choice);
	struct rg_remote_result result = {0};
	char bytes[RG_UNITS_TEXT_MAX];
	int rc = rg_store_fetch(b->store, &remote, key, &result, err);

	if (rc)
		return rc;
	printf("fetched %zu run%s of %s (%s) from %s\n", result.runs, result.runs == 1 ? "" : "s",
	       label, rg_format_bytes(bytes, result.bytes), choice->shown);
	if (result.damaged)
		rc = fail_damaged(&result, choice, err);
	rg_remote_result_done(&result);
	return rc;
}

/* Who names a version wants it: that there is none, here or there, is no success. */
static int check_there(const struct rg_baseline *b, const struct rg_remote_choice *choice,
		       const struct rg_store_key *key, const char *label, struct rg_err *err)
{
	struct rg_store_list list = {0};
	int rc = rg_store_find(b->store, key, &list, err);

	if (rc)
		return rc;
	if (!list.count && !list.damaged)
		rc = rg_err_set(err, RG_ENOTFOUND,
				"baseline fetch: no run of %.200s is stored for scenario '%.200s' "
				"at %.300s",
				label, key->scenario, choice->shown);
	rg_store_list_done(&list);
	return rc;
}

static int fetch_version(const struct rg_baseline *b, const struct rg_remote_choice *choice,
			 const char *name, struct rg_err *err)
{
	struct rg_store_key key = {.scenario = b->settings->config.scenario};
	struct rg_version version = {0};
	int rc = rg_version_resolve(name, &version, err);

	if (rc)
		return rc;
	key.version = version.key;
	rc = fetch_key(b, choice, &key, version.label, err);
	if (!rc)
		rc = check_there(b, choice, &key, version.label, err);
	rg_version_done(&version);
	return rc;
}

static int fetch(const struct rg_baseline *b, char **words, size_t count, struct rg_err *err)
{
	struct rg_store_key all = {.scenario = b->settings->config.scenario};
	struct rg_remote_choice choice = {0};
	int rc = rg_config_need_scenario(&b->settings->config, err);

	if (!rc)
		rc = rg_remote_choose(b->settings, false, &choice, err);
	if (rc)
		return rc;
	if (!count)
		rc = fetch_key(b, &choice, &all, "all versions", err);
	for (size_t i = 0; !rc && i < count; i++)
		rc = fetch_version(b, &choice, words[i], err);
	rg_remote_choice_done(&choice);
	return rc;
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	return rg_baseline_run(command, argc, argv, fetch);
}

const struct rg_command rg_command_baseline_fetch = {
	.name = "baseline fetch",
	.summary = "get runs that were pushed from elsewhere",
	.usage = "[options] [VERSION…]",
	.description =
		"Fetches the runs of these versions, or of all versions of the scenario, from a "
		"git\n"
		"repository, and adds them to the store; nothing here is replaced or removed. "
		"'check'\n"
		"fetches what it needs by itself. Tokens are taken from the environment\n"
		"(GITHUB_TOKEN, GITLAB_TOKEN, CI_JOB_TOKEN), keys and credential helpers from git.",
	.examples = "  regress-gate baseline fetch v1.4\n"
		    "  regress-gate baseline fetch --remote git@example.org:shop/baselines.git\n",
	.groups = groups,
	.run = run,
};
