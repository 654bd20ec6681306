/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "baseline.h"
#include "exit.h"
#include "runs.h"
#include "version.h"
#include "values.h"

#include "rg/err.h"

#include <string.h>

const struct rg_option rg_options_run[] = {
	{"run", 0, "ID", "only the run whose id begins so ('baseline list' shows ids)",
	 RG_SETS_WORD(run)},
	{"arch", 0, "ARCH", "of machines of this kind: x86_64, aarch64 (default: as this one)",
	 RG_SETS_WORD(arch)},
	{0},
};

const struct rg_option rg_options_output[] = {
	{"output", 'o', "FILE", "where to write", RG_SETS_WORD(output)},
	{0},
};

int rg_baseline_run(const struct rg_command *command, int argc, char **argv,
		    int (*body)(const struct rg_baseline *baseline, char **words, size_t count,
				struct rg_err *err))
{
	struct rg_baseline baseline = {0};
	struct rg_settings settings;
	struct rg_cli_rest rest;
	struct rg_err err = {0};
	int status;

	if (rg_settings_read(&settings, command, argc, argv, &rest, &status))
		return status;
	baseline.settings = &settings;
	status = 0;
	if (rg_version_store(&settings, &baseline.store, &err) ||
	    body(&baseline, rest.words, rest.count, &err))
		status = rg_exit_error(&err);
	rg_store_close(baseline.store);
	rg_settings_done(&settings, &rest);
	return rg_exit_flushed(status);
}

/* Leaves the runs whose id begins with the prefix. */
static void keep_matching(struct rg_store_list *list, const char *prefix)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (strncmp(list->runs[i].id, prefix, strlen(prefix)) == 0)
			list->runs[kept++] = list->runs[i];
		else
			rg_store_run_done(&list->runs[i]);
	}
	list->count = kept;
}

static int fail_none(const struct rg_baseline *b, const char *name, const char *arch,
		     const struct rg_store_list *list, struct rg_err *err)
{
	const char *run = b->settings->run;

	if (list->damaged)
		return rg_err_set(err, RG_EFORMAT, "baseline: no run of %s can be read: %s", name,
				  list->first_damaged);
	if (b->settings->config.store && !rg_store_exists(b->store))
		return rg_err_set(err, RG_ENOTFOUND,
				  "baseline: the store '%s' does not exist: is the name right?",
				  b->settings->config.store);
	return rg_err_set(err, RG_ENOTFOUND,
			  "baseline: no run%s%s of %s is stored for scenario '%s' on %s (see "
			  "'regress-gate baseline list')",
			  run ? " " : "", run ? run : "", name, b->settings->config.scenario, arch);
}

static void warn_of_damaged(const struct rg_store_list *list, const char *name)
{
	if (list->damaged)
		rg_cli_say("warning: %zu stored run%s of %s cannot be read: %s", list->damaged,
			   list->damaged == 1 ? "" : "s", name, list->first_damaged);
}

int rg_baseline_find(const struct rg_baseline *b, const char *name, struct rg_store_list *out,
		     struct rg_err *err)
{
	struct rg_store_key key = {.scenario = b->settings->config.scenario};
	struct rg_version version;
	char arch[65];
	int rc = rg_config_need_scenario(&b->settings->config, err);

	if (!rc)
		rc = rg_version_resolve(name, &version, err);
	if (rc)
		return rc;
	key.version = version.key;
	key.arch = b->settings->arch ? b->settings->arch : rg_run_arch(arch);
	rc = rg_store_find(b->store, &key, out, err);
	rg_version_done(&version);
	if (rc)
		return rc;
	if (b->settings->run)
		keep_matching(out, b->settings->run);
	if (out->count) {
		warn_of_damaged(out, name);
		return 0;
	}
	rc = fail_none(b, name, key.arch, out, err);
	rg_store_list_done(out);
	return rc;
}
