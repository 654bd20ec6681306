/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "folder.h"

#include "rg/err.h"

#include <stdlib.h>
#include <string.h>

/*
 * The library's settings are the process's. The owner of the repository does not matter here:
 * nothing that it names is run.
 */
static int start_library(struct rg_err *err)
{
	if (git_libgit2_init() < 0)
		return rg_err_set(err, RG_EIO, "store: libgit2 does not start");
	if (git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0) < 0 ||
	    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1) < 0) {
		git_libgit2_shutdown();
		return rg_err_set(err, RG_EIO, "store: libgit2 lacks a setting");
	}
	return 0;
}

static int gs_new(const char *location, void **impl, struct rg_err *err)
{
	struct gs_store *store = calloc(1, sizeof(*store));
	int rc;

	if (store)
		store->path = strdup(location);
	if (!store || !store->path) {
		free(store);
		return rg_err_nomem(err, "store");
	}
	rc = start_library(err);
	if (rc) {
		free(store->path);
		free(store);
		return rc;
	}
	*impl = store;
	return 0;
}

static void gs_free(void *impl)
{
	struct gs_store *store = impl;

	free(store->path);
	free(store);
	git_libgit2_shutdown();
}

static bool gs_exists(void *impl)
{
	const struct gs_store *store = impl;

	return folder_exists(store->path);
}

const struct rg_store_backend rg_store_git = {
	.scheme = "git",
	.open = gs_new,
	.close = gs_free,
	.exists = gs_exists,
	.put = gs_put,
	.list = gs_list,
	.get = gs_get,
	.remove = gs_remove,
	.remove_all = gs_remove_all,
	.sweep = gs_sweep,
	.purge = gs_purge,
	.fetch = gs_fetch,
	.push = gs_push,
	.edit = gs_edit,
};
