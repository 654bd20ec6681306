/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dir.h"

#include "folder.h"
#include "io.h"
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* No writer is at work for this long, also where there is no lock that would say so. */
enum { OLD_S = 3600 };

static bool has_manifest(int fd, const char *profile)
{
	char id[RG_STORE_ID_MAX], name[RUN_FILE_MAX];
	struct stat st;

	run_file_id(id, profile);
	run_file_name(name, id, RUN_MANIFEST_SUFFIX);
	/* When it cannot be told, it is there: nothing stored may be swept. */
	return !fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) || errno != ENOENT;
}

static bool is_left_over(int fd, const char *name)
{
	if (!strncmp(name, IO_TEMP_PREFIX, strlen(IO_TEMP_PREFIX)))
		return true;
	return run_file_is(name, RUN_PROFILE_SUFFIX) && !has_manifest(fd, name);
}

static bool is_old(int fd, const char *name)
{
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
		return false;
	return time(NULL) - st.st_mtim.tv_sec > OLD_S;
}

static bool visit(void *ctx, const char *name)
{
	const int fd = *(const int *)ctx;

	if (is_left_over(fd, name) && is_old(fd, name))
		unlinkat(fd, name, 0);
	return true;
}

void dir_sweep_place(int fd)
{
	folder_each(fd, visit, &fd);
}

/* Where a walk through all places is: `fd` is the directory, `level` how deep it lies. */
struct walk {
	int fd, level;
};

static bool visit_level(void *ctx, const char *name)
{
	const struct walk *above = ctx;
	struct walk walk = {.fd = folder_open_at(above->fd, name, false),
			    .level = above->level + 1};

	if (walk.fd < 0)
		return true;
	if (walk.level == DIR_LEVELS)
		dir_sweep_place(walk.fd);
	else
		folder_each(walk.fd, visit_level, &walk);
	close(walk.fd);
	return true;
}

int dir_sweep(void *impl, struct rg_err *err)
{
	const struct dir_store *store = impl;
	struct walk walk = {.fd = folder_open(store->root, false)};
	int rc;

	if (walk.fd == -ENOENT)
		return 0;
	if (walk.fd < 0)
		return dir_fail(store, NULL, NULL, "store: sweep", walk.fd, err);
	rc = folder_lock(walk.fd);
	if (!rc)
		rc = folder_each(walk.fd, visit_level, &walk);
	close(walk.fd);
	return rc ? dir_fail(store, NULL, NULL, "store: sweep", rc, err) : 0;
}
