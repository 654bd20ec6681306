/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dir.h"

#include "folder.h"

#include "rg/err.h"

#include <stdlib.h>
#include <string.h>

static int dir_new(const char *location, void **impl, struct rg_err *err)
{
	struct dir_store *store = calloc(1, sizeof(*store));

	if (!store)
		return rg_err_nomem(err, "store");
	store->root = strdup(location);
	if (!store->root) {
		free(store);
		return rg_err_nomem(err, "store");
	}
	*impl = store;
	return 0;
}

static void dir_free(void *impl)
{
	struct dir_store *store = impl;

	free(store->root);
	free(store);
}

static bool dir_exists(void *impl)
{
	const struct dir_store *store = impl;

	return folder_exists(store->root);
}

const struct rg_store_backend rg_store_dir = {
	.scheme = "dir",
	.open = dir_new,
	.close = dir_free,
	.exists = dir_exists,
	.put = dir_put,
	.list = dir_list,
	.get = dir_get,
	.remove = dir_remove,
	.sweep = dir_sweep,
};
