/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exit.h"
#include "remote.h"
#include "version.h"
#include "values.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/repo.h"
#include "rg/store.h"
#include "rg/text.h"
#include "rg/units.h"

#include <stdio.h>
#include <string.h>

/*
 * A baseline is as good with twenty runs as with more, and a deploy compares with the last versions;
 * what else is wanted has a tag.
 */
#define DEFAULT_RUNS     20
#define DEFAULT_VERSIONS 100
#define TEXT_OF(number)  TEXT_OF_(number)
#define TEXT_OF_(number) #number

/* The settings come first: the tables shared with other commands set them through the same pointer. */
struct prune_settings {
	struct rg_settings common;
	size_t keep_runs, keep_versions;
	bool dry_run, force;
};

struct prune {
	const struct prune_settings *settings;
	struct rg_repo_tags tags;
	size_t runs;
	uint64_t bytes;
};

static int set_count(void *to, const char *value, struct rg_err *err)
{
	uint64_t number;

	if (rg_parse_u64(value, &number) || number > UINT32_MAX)
		return rg_err_set(err, RG_EUSAGE, "must be a whole number (0 keeps all)");
	*(size_t *)to = (size_t)number;
	return 0;
}

static const struct rg_option own_options[] = {
	{"keep-runs", 0, "N",
	 "keep the newest N runs of each version (default " TEXT_OF(DEFAULT_RUNS) "; 0: all)",
	 set_count, offsetof(struct prune_settings, keep_runs)},
	{"keep-versions", 0, "M",
	 "keep the newest M versions of each scenario and\n"
	 "architecture, tags not counted (default " TEXT_OF(DEFAULT_VERSIONS) "; 0: all)",
	 set_count, offsetof(struct prune_settings, keep_versions)},
	{"dry-run", 'n', NULL, "only show what would be removed", rg_value_flag,
	 offsetof(struct prune_settings, dry_run)},
	{"force", 'f', NULL, "prune although this shallow clone knows no tags", rg_value_flag,
	 offsetof(struct prune_settings, force)},
	{"push", 0, NULL, "prune what is at the remote, too, by the same rules",
	 RG_SETS_FLAG(push)},
	{0},
};

static const struct rg_option_group groups[] = {
	{"What to keep", own_options},   {"Remote", rg_options_remote},
	{"Certificates", rg_options_ca}, {"Store", rg_options_store},
	{"General", rg_options_general}, {0},
};

/* A checkout of CI has no tags, as a rule: without them prune would remove what they keep. */
static int check_tags(const struct prune *prune, const struct rg_repo *repo, struct rg_err *err)
{
	if (prune->tags.count || !rg_repo_is_shallow(repo) || prune->settings->force)
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "baseline prune: this clone is shallow and knows no tags, whose versions "
			  "are kept: 'git fetch --tags' first, or say --force");
}

/* Outside a repository there are no tags. */
static int read_tags(struct prune *prune, struct rg_err *err)
{
	struct rg_err failure = {0};
	struct rg_repo *repo;
	int rc = rg_repo_open(".", &repo, &failure);

	if (rc == RG_ENOTFOUND)
		return 0;
	if (rc)
		return rg_err_set(err, rc, "%s", failure.text);
	rc = rg_repo_tags(repo, &prune->tags, err);
	if (!rc)
		rc = check_tags(prune, repo, err);
	rg_repo_free(repo);
	return rc;
}

static bool is_kept(void *ctx, const char *version)
{
	const struct prune *prune = ctx;

	return rg_repo_tags_have(&prune->tags, version);
}

static void show_removed(void *ctx, const struct rg_store_run *run)
{
	struct prune *prune = ctx;
	char bytes[RG_UNITS_TEXT_MAX];
	struct rg_buf label;

	rg_buf_init(&label, 4096);
	rg_text_add_safe(&label, run->label, strlen(run->label));
	printf("%s run %.12s of %s (%s, %s), %s\n",
	       prune->settings->dry_run ? "would remove" : "removed", run->id,
	       label.data ? label.data : run->version, run->scenario, run->arch,
	       rg_format_bytes(bytes, run->bytes));
	rg_buf_done(&label);
	prune->runs++;
	prune->bytes += run->bytes;
}

static int prune_one(void *ctx, struct rg_store *store, struct rg_err *err)
{
	struct prune *prune = ctx;
	const struct rg_store_retention retention = {
		.keep_runs = prune->settings->keep_runs,
		.keep_versions = prune->settings->keep_versions,
		.is_kept = is_kept,
		.removed = show_removed,
		.ctx = prune,
		.dry_run = prune->settings->dry_run,
	};
	char bytes[RG_UNITS_TEXT_MAX];
	int rc;

	prune->runs = 0;
	prune->bytes = 0;
	rc = rg_store_prune(store, &retention, err);
	printf("%zu run%s %s, %s\n", prune->runs, prune->runs == 1 ? "" : "s",
	       prune->settings->dry_run ? "to be removed" : "removed",
	       rg_format_bytes(bytes, prune->bytes));
	return rc;
}

static int prune_store(struct prune *prune, struct rg_err *err)
{
	const struct rg_settings *settings = &prune->settings->common;
	const struct rg_store_key all = {0};
	struct rg_store *store = NULL;
	int rc = rg_version_store(settings, &store, err);

	if (rc)
		return rc;
	rc = prune_one(prune, store, err);
	if (!rc && settings->push) {
		puts("at the remote:");
		rc = rg_remote_edit_baselines(settings, store, &all, prune_one, prune, err);
	}
	rg_store_close(store);
	return rc;
}

static int prune_all(const struct prune_settings *settings, const struct rg_cli_rest *rest,
		     struct rg_err *err)
{
	struct prune prune = {.settings = settings};
	int rc;

	if (rest->count)
		return rg_err_set(err, RG_EUSAGE, "baseline prune: unexpected argument '%s'",
				  rest->words[0]);
	rc = read_tags(&prune, err);
	if (!rc)
		rc = prune_store(&prune, err);
	rg_repo_tags_done(&prune.tags);
	return rc;
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	struct prune_settings settings = {.keep_runs = DEFAULT_RUNS,
					  .keep_versions = DEFAULT_VERSIONS};
	struct rg_cli_rest rest;
	struct rg_err err = {0};
	int status = 0;

	if (rg_settings_read(&settings.common, command, argc, argv, &rest, &status))
		return status;
	status = 0;
	if (prune_all(&settings, &rest, &err))
		status = rg_exit_error(&err);
	rg_settings_done(&settings.common, &rest);
	return rg_exit_flushed(status);
}

const struct rg_command rg_command_baseline_prune = {
	.name = "baseline prune",
	.summary = "remove old runs and versions",
	.usage = "[options]",
	.description = "Keeps, in every scenario, the newest runs of a version and the newest "
		       "versions, and\n"
		       "removes the others; versions that a tag names are kept and not counted. "
		       "The newest\n"
		       "are those that were stored last. Then it frees the space of what was "
		       "removed and of\n"
		       "what interrupted writers left, as far as it is older than an hour.",
	.examples = "  regress-gate baseline prune --dry-run\n"
		    "  regress-gate baseline prune --keep-runs 10 --keep-versions 30\n"
		    "  regress-gate baseline prune --push\n",
	.groups = groups,
	.run = run,
};
