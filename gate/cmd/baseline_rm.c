/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "baseline.h"
#include "remote.h"
#include "version.h"
#include "values.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/text.h"

#include <stdio.h>
#include <string.h>

static const struct rg_option own_options[] = {
	{"damaged", 0, NULL, "those that cannot be read, of any architecture, and no others",
	 RG_SETS_FLAG(damaged)},
	{"push", 0, NULL, "remove them at the remote, too", RG_SETS_FLAG(push)},
	{0},
};

static const struct rg_option_group groups[] = {
	{"Which", rg_options_run},
	{"Remote", rg_options_remote},
	{"Removing", own_options},
	{"Certificates", rg_options_ca},
	{"Store", rg_options_store},
	{"General", rg_options_general},
	{0},
};

/* What is to be removed of a store. */
struct removal {
	const struct rg_baseline *baseline;
	const char *name; /* of the version */
	size_t removed;
};

static int remove_runs(struct removal *removal, struct rg_store *store,
		       const struct rg_store_list *list, struct rg_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < list->count; i++) {
		rc = rg_store_remove(store, &list->runs[i], err);
		if (!rc)
			printf("removed run %.12s of %s\n", list->runs[i].id, removal->name);
		removal->removed += !rc;
	}
	/* What cannot be read is not removed, and keeps 'check' from a verdict: that is no success. */
	if (!rc && list->damaged)
		rc = rg_err_set(err, RG_EFORMAT,
				"baseline rm: not removed, for it cannot be read: %s",
				list->first_damaged);
	return rc;
}

static void tell_purged(void *ctx, const char *what)
{
	struct removal *removal = ctx;

	struct rg_buf safe;

	rg_buf_init(&safe, 1 << 14);
	rg_text_add_safe(&safe, what, strlen(what));
	printf("removed %s, which cannot be read\n", safe.data ? safe.data : "");
	rg_buf_done(&safe);
	removal->removed++;
}

static int remove_damaged(struct removal *removal, struct rg_store *store, struct rg_err *err)
{
	struct rg_store_key key = {.scenario = removal->baseline->settings->config.scenario};
	struct rg_version version = {0};
	int rc = rg_version_resolve(removal->name, &version, err);

	if (rc)
		return rc;
	key.version = version.key;
	rc = rg_store_purge(store, &key, tell_purged, removal, err);
	rg_version_done(&version);
	if (!rc && !removal->removed)
		rc = rg_err_set(err, RG_ENOTFOUND,
				"baseline rm: no damaged run of %s is stored for scenario '%s'",
				removal->name, key.scenario);
	return rc;
}

static int remove_from(void *ctx, struct rg_store *store, struct rg_err *err)
{
	struct removal *removal = ctx;
	struct rg_baseline baseline = *removal->baseline;
	struct rg_store_list list;
	int rc;

	if (removal->baseline->settings->damaged)
		return remove_damaged(removal, store, err);
	baseline.store = store;
	rc = rg_baseline_find(&baseline, removal->name, &list, err);
	if (rc)
		return rc;
	rc = remove_runs(removal, store, &list, err);
	rg_store_list_done(&list);
	return rc;
}

/* They may be gone here and still be there. */
static int remove_there(struct removal *removal, struct rg_err *err)
{
	const struct rg_settings *settings = removal->baseline->settings;
	struct rg_store_key key = {.scenario = settings->config.scenario};
	struct rg_version version = {0};
	int rc = rg_version_resolve(removal->name, &version, err);

	if (rc)
		return rc;
	key.version = version.key;
	puts("at the remote:");
	rc = rg_remote_edit_baselines(settings, removal->baseline->store, &key, remove_from,
				      removal, err);
	rg_version_done(&version);
	return rc;
}

static int rm(const struct rg_baseline *b, char **words, size_t count, struct rg_err *err)
{
	struct removal removal = {.baseline = b};
	struct rg_err own = {0};
	int rc;

	if (count != 1)
		return rg_err_set(err, RG_EUSAGE, "baseline rm: takes one version");
	removal.name = words[0];
	rc = remove_from(&removal, b->store, &own);
	if (b->settings->push && (!rc || rc == RG_ENOTFOUND)) {
		rc = remove_there(&removal, err);
		/* What is neither here nor there was not removed. */
		if (!rc && !removal.removed)
			rc = own.code;
		else if (rc)
			return rc;
	}
	return rc ? rg_err_set(err, rc, "%s", own.text) : 0;
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	return rg_baseline_run(command, argc, argv, rm);
}

const struct rg_command rg_command_baseline_rm = {
	.name = "baseline rm",
	.summary = "remove the stored runs of a version",
	.usage = "[options] VERSION",
	.description = "Removes every stored run of a version, or the one --run names, in the "
		       "scenario. In a\n"
		       "git store their space is freed by 'regress-gate baseline prune', an hour "
		       "later at the\n"
		       "earliest: until then another writer may need the same bytes.",
	.examples = "  regress-gate baseline rm v1.3\n"
		    "  regress-gate baseline rm v1.4 --run 3fa9\n"
		    "  regress-gate baseline rm --damaged v1.4\n"
		    "  regress-gate baseline rm --push v1.3\n",
	.groups = groups,
	.run = run,
};
