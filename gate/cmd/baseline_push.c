/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "baseline.h"
#include "remote.h"
#include "settings.h"

#include "rg/err.h"

static const struct rg_option_group groups[] = {
	{"Remote", rg_options_remote},
	{"Certificates", rg_options_ca},
	{"Store", rg_options_store},
	{"General", rg_options_general},
	{0},
};

/* Nothing to push is no success: it was put elsewhere, or not at all. */
static int push_key(void *ctx, const struct rg_baseline *b, const struct rg_store_key *key,
		    const char *label, struct rg_err *err)
{
	bool has = false;
	int rc = rg_baseline_has(b, key, &has, err);

	(void)ctx;
	if (rc)
		return rc;
	if (!has)
		return rg_err_set(
			err, RG_ENOTFOUND,
			"baseline push: no run of %.200s is stored for scenario '%.200s' (see "
			"'regress-gate baseline list')",
			label, key->scenario);
	return rg_remote_push_baseline(b->settings, b->store, key, label, err);
}

static int push(const struct rg_baseline *b, char **words, size_t count, struct rg_err *err)
{
	const struct rg_baseline_act act = {.each = push_key};
	int rc = rg_config_need_scenario(&b->settings->config, err);

	return rc ? rc : rg_baseline_each(b, &act, words, count, err);
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
