/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dir.h"

#include "folder.h"
#include "run.h"

#include "rg/err.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int unlink_file(int fd, const char *id, const char *suffix)
{
	char name[RUN_FILE_MAX];

	run_file_name(name, id, suffix);
	if (unlinkat(fd, name, 0))
		return -errno;
	return fsync(fd) ? -errno : 0;
}

/* The manifest first: from then on the run is gone, whatever happens to the profile. */
static int remove_files(int fd, const char *id)
{
	int rc = unlink_file(fd, id, RUN_MANIFEST_SUFFIX);

	if (rc)
		return rc;
	rc = unlink_file(fd, id, RUN_PROFILE_SUFFIX);
	return rc == -ENOENT ? 0 : rc;
}

/* Removes the key's directories as far as they are empty; that one is not is no failure. */
static void remove_empty(int root, const struct dir_place *place)
{
	for (int level = DIR_LEVELS - 1; level >= 0; level--) {
		int fd = dir_open_place(root, place, level, false);
		int rc;

		if (fd < 0)
			return;
		rc = unlinkat(fd, place->name[level], AT_REMOVEDIR);
		close(fd);
		if (rc)
			return;
	}
}

static int remove_from(const struct dir_store *store, const struct dir_place *place, int root,
		       const struct rg_store_run *run, struct rg_err *err)
{
	char name[RUN_FILE_MAX];
	int rc = folder_lock(root);
	int fd;

	if (rc)
		return dir_fail(store, NULL, NULL, "store: lock", rc, err);
	run_file_name(name, run->id, RUN_MANIFEST_SUFFIX);
	fd = dir_open_place(root, place, DIR_LEVELS, false);
	if (fd < 0)
		return dir_fail(store, place, name, "store: remove", fd, err);
	rc = remove_files(fd, run->id);
	close(fd);
	if (rc)
		return dir_fail(store, place, name, "store: remove", rc, err);
	remove_empty(root, place);
	return 0;
}

int dir_remove(void *impl, const struct rg_store_run *run, struct rg_err *err)
{
	const struct dir_store *store = impl;
	struct dir_place place;
	int root, rc = dir_open_for(store, run, &place, &root, err);

	if (rc)
		return rc;
	rc = remove_from(store, &place, root, run, err);
	close(root);
	return rc;
}
