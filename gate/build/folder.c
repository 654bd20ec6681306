/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "identity.h"
#include "remove.h"

#include "rg/build.h"
#include "rg/capture.h"
#include "rg/err.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Hidden, and unlike anything that a user has: what is called so is removed when nobody holds it. */
static const char prefix[] = ".regress-gate-build.";

enum {
	RANDOM_LEN = 6, /* of mkdtemp(3) */
	TRIES = 16,     /* others' sweeps come in between hardly once */
};

struct rg_build_folder {
	char *path;
	int fd; /* open, and locked */
	bool as_user;
	struct rg_capture_user user;
};

/* --- Those of others ------------------------------------------------------------------------ */

static bool is_ours_by_name(const char *name)
{
	return !strncmp(name, prefix, strlen(prefix)) &&
	       strlen(name) == strlen(prefix) + RANDOM_LEN;
}

/* Of him for whom we work, and as mkdtemp(3) makes them, or shut by a build: nobody keeps a folder that he cannot look into. */
static bool is_ours_by_nature(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && st.st_uid == identity_uid() &&
	       ((st.st_mode & 07777) == 0700 || (st.st_mode & 07777) == 0);
}

/*
 * By the folder itself, whatever takes its name meanwhile. One that is shut can be neither locked nor emptied by its owner: he
 * opens it again, and it stays so, also when somebody is at work in it, for that is how he had made it.
 */
static int open_ours(int at, const char *name)
{
	int folder = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), fd = -1;
	char path[32];

	if (folder < 0)
		return -1;
	if (is_ours_by_nature(folder) && remove_is_one_mount(at, folder)) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", folder);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0 && errno == EACCES && !chmod(path, 0700))
			fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	close(folder);
	return fd;
}

/* Nobody is at work in it who does not hold its lock. */
static void sweep(int at, const char *name)
{
	int fd = open_ours(at, name);

	if (fd < 0)
		return;
	if (!flock(fd, LOCK_EX | LOCK_NB)) {
		remove_below(fd);
		unlinkat(at, name, AT_REMOVEDIR);
	}
	close(fd);
}

/* For tidiness: that a folder cannot be swept stops nothing. */
static void sweep_all(const char *parent)
{
	DIR *names = opendir(parent);
	const struct dirent *entry;

	if (!names)
		return;
	while ((entry = readdir(names)))
		if (is_ours_by_name(entry->d_name))
			sweep(dirfd(names), entry->d_name);
	closedir(names);
}

/* --- Our own -------------------------------------------------------------------------------- */

static const char *parent_folder(void)
{
	const char *set = getenv("TMPDIR");

	return set && set[0] == '/' ? set : "/tmp";
}

static int fail(const char *action, const char *parent, struct rg_err *err)
{
	return rg_err_set(err, RG_EIO,
			  "build: %s a temporary folder in '%.500s': %s (TMPDIR says where)",
			  action, parent, strerror(errno));
}

/* A sweep that took the lock first has removed it, or is about to. */
static bool take_lock(int fd)
{
	struct stat st;

	if (flock(fd, LOCK_EX | LOCK_NB))
		/* Where there are no locks nobody sweeps. */
		return errno != EWOULDBLOCK;
	return !fstat(fd, &st) && st.st_nlink > 0;
}

static int make(struct rg_build_folder *folder, const char *parent, struct rg_err *err)
{
	for (int i = 0; i < TRIES; i++) {
		if (asprintf(&folder->path, "%s/%sXXXXXX", parent, prefix) < 0) {
			folder->path = NULL;
			return rg_err_nomem(err, "build");
		}
		if (!mkdtemp(folder->path))
			return fail("make", parent, err);
		folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (folder->fd >= 0 && take_lock(folder->fd))
			return 0;
		if (folder->fd < 0 && errno != ENOENT) {
			int rc = fail("open", parent, err);

			rmdir(folder->path);
			return rc;
		}
		if (folder->fd >= 0)
			close(folder->fd);
		free(folder->path);
		folder->fd = -1;
	}
	folder->path = NULL;
	return rg_err_set(err, RG_EIO, "build: temporary folders in '%.500s' vanish", parent);
}

/* What is built is run from there. */
static int check_exec(const char *parent, struct rg_err *err)
{
	struct statvfs fs;

	if (statvfs(parent, &fs))
		return fail("make", parent, err);
	if (fs.f_flag & ST_NOEXEC)
		return rg_err_set(err, RG_EUSAGE,
				  "build: '%.500s' is mounted so that no program may run from it "
				  "(noexec): set TMPDIR to a folder elsewhere",
				  parent);
	return 0;
}

static int make_as(struct rg_build_folder *folder, struct rg_err *err)
{
	const char *parent = parent_folder();
	struct identity before;
	int rc = identity_take(folder->as_user ? &folder->user : NULL, &before, err);

	if (rc)
		return rc;
	rc = check_exec(parent, err);
	if (!rc) {
		sweep_all(parent);
		rc = make(folder, parent, err);
	}
	identity_restore(&before);
	return rc;
}

int rg_build_folder_make(const struct rg_capture_user *user, struct rg_build_folder **out,
			 struct rg_err *err)
{
	struct rg_build_folder *folder = calloc(1, sizeof(*folder));
	int rc;

	if (!folder)
		return rg_err_nomem(err, "build");
	folder->fd = -1;
	if (user) {
		folder->as_user = true;
		folder->user = *user;
	}
	rc = make_as(folder, err);
	if (rc) {
		free(folder->path);
		free(folder);
		return rc;
	}
	*out = folder;
	return 0;
}

const char *rg_build_folder_path(const struct rg_build_folder *folder)
{
	return folder->path;
}

static bool is_gone(const struct rg_build_folder *folder)
{
	struct stat st;

	return !fstat(folder->fd, &st) && st.st_nlink == 0;
}

static void empty(const struct rg_build_folder *folder)
{
	remove_below(folder->fd);
	rmdir(folder->path);
}

/* What a build left that became root, by a container or sudo, is not its user's to remove. */
static void remove_as_each(const struct rg_build_folder *folder)
{
	struct identity before;

	if (!identity_take(folder->as_user ? &folder->user : NULL, &before, NULL)) {
		empty(folder);
		identity_restore(&before);
	}
	if (folder->as_user && !is_gone(folder))
		empty(folder);
}

bool rg_build_folder_free(struct rg_build_folder *folder)
{
	bool gone;

	if (!folder)
		return true;
	remove_as_each(folder);
	gone = is_gone(folder);
	/* Unlocked last: a sweep finds either nothing or all of it. */
	close(folder->fd);
	free(folder->path);
	free(folder);
	return gone;
}
