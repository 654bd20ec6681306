/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dir.h"

#include "folder.h"
#include "run.h"

#include "rg/err.h"

#include <unistd.h>

static int get_from(const struct dir_store *store, const struct dir_place *place, int root,
		    const struct rg_store_run *run, struct rg_buf *out, struct rg_err *err)
{
	char name[RUN_FILE_MAX], path[DIR_PATH_MAX];
	struct rg_err reason = {0};
	int rc, fd;

	run_file_name(name, run->id, RUN_PROFILE_SUFFIX);
	fd = dir_open_place(root, place, DIR_LEVELS, false);
	if (fd < 0)
		return dir_fail(store, place, name, "store: read", fd, err);
	rc = dir_read_profile(fd, run, out, &reason);
	close(fd);
	if (!rc)
		return 0;
	dir_path(path, store, place, DIR_LEVELS, name);
	return rg_err_set(err, rc, "store: read '%.800s': %s", path, reason.text);
}

int dir_get(void *impl, const struct rg_store_run *run, struct rg_buf *out, struct rg_err *err)
{
	const struct dir_store *store = impl;
	struct dir_place place;
	int root, rc = dir_open_for(store, run, &place, &root, err);

	if (rc)
		return rc;
	rc = get_from(store, &place, root, run, out, err);
	close(root);
	return rc;
}
