/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dir.h"

#include "folder.h"
#include "oserr.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int dir_open_place(int root, const struct dir_place *place, int levels, bool create)
{
	int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	for (int i = 0; i < levels; i++) {
		int next = folder_open_at(fd, place->name[i], create);

		close(fd);
		if (next < 0)
			return next;
		fd = next;
	}
	return fd;
}

void dir_path(char out[DIR_PATH_MAX], const struct dir_store *store, const struct dir_place *place,
	      int levels, const char *file)
{
	size_t len = (size_t)snprintf(out, DIR_PATH_MAX, "%s", store->root);

	for (int i = 0; i < levels && len < DIR_PATH_MAX; i++)
		len += (size_t)snprintf(out + len, DIR_PATH_MAX - len, "/%s", place->name[i]);
	if (file && len < DIR_PATH_MAX)
		snprintf(out + len, DIR_PATH_MAX - len, "/%s", file);
}

int dir_fail(const struct dir_store *store, const struct dir_place *place, const char *file,
	     const char *action, int error, struct rg_err *err)
{
	char path[DIR_PATH_MAX];

	dir_path(path, store, place, place ? DIR_LEVELS : 0, file);
	return os_fail(err, -error, action, path);
}

int dir_open_for(const struct dir_store *store, const struct rg_store_run *run,
		 struct dir_place *place, int *root, struct rg_err *err)
{
	const struct rg_store_key key = {run->scenario, run->version, run->arch};
	int rc = dir_place_of(&key, place, err);

	if (rc)
		return rc;
	*root = folder_open(store->root, false);
	return *root < 0 ? dir_fail(store, NULL, NULL, "store: open", *root, err) : 0;
}
