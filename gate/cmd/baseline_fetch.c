/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "baseline.h"
#include "remote.h"
#include "settings.h"

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

static int fetch_runs(const struct rg_baseline *b, const struct rg_remote_choice *choice,
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
static int fetch_key(void *ctx, const struct rg_baseline *b, const struct rg_store_key *key,
		     const char *label, struct rg_err *err)
{
	const struct rg_remote_choice *choice = ctx;
	bool has = false;
	int rc = fetch_runs(b, choice, key, label, err);

	if (rc || !key->version)
		return rc;
	rc = rg_baseline_has(b, key, &has, err);
	if (rc || has)
		return rc;
	return rg_err_set(err, RG_ENOTFOUND,
			  "baseline fetch: no run of %.200s is stored for scenario '%.200s' at "
			  "%.300s",
			  label, key->scenario, choice->shown);
}

static int fetch(const struct rg_baseline *b, char **words, size_t count, struct rg_err *err)
{
	struct rg_remote_choice choice = {0};
	const struct rg_baseline_act act = {fetch_key, &choice};
	int rc = rg_config_need_scenario(&b->settings->config, err);

	if (!rc)
		rc = rg_remote_choose(b->settings, false, &choice, err);
	if (rc)
		return rc;
	rc = rg_baseline_each(b, &act, words, count, err);
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
