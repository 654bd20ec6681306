/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dir.h"

#include "oserr.h"

#include "rg/owner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC };

static int sync_directory(int parent)
{
	int fd = openat(parent, ".", OPEN_FLAGS);
	int rc;

	if (fd < 0)
		return -errno;
	rc = fsync(fd) ? -errno : 0;
	close(fd);
	return rc;
}

/* What mkdirat() has just made is nobody else's link: it is never followed. */
static int open_made(int parent, const char *name)
{
	int fd = openat(parent, name, OPEN_FLAGS | O_NOFOLLOW);
	int rc;

	if (fd < 0)
		return -errno;
	rc = rg_owner_give_back(fd) ? -errno : sync_directory(parent);
	if (rc) {
		close(fd);
		return rc;
	}
	return fd;
}

/* `flags` is 0 or O_NOFOLLOW, for what exists already. */
static int open_or_make(int parent, const char *name, int flags, bool create)
{
	int fd = openat(parent, name, OPEN_FLAGS | flags);

	if (fd >= 0)
		return fd;
	if (errno != ENOENT || !create)
		return -errno;
	if (!mkdirat(parent, name, 0700))
		return open_made(parent, name);
	if (errno != EEXIST)
		return -errno;
	/* Another writer was faster. */
	fd = openat(parent, name, OPEN_FLAGS | flags);
	return fd < 0 ? -errno : fd;
}

int dir_open_at(int parent, const char *name, bool create)
{
	return open_or_make(parent, name, O_NOFOLLOW, create);
}

/* Creates what is missing on the way, component by component. */
static int make_root(const char *root)
{
	char path[PATH_MAX];
	char *rest = path, *name;
	int fd = open(root[0] == '/' ? "/" : ".", OPEN_FLAGS);

	if (fd < 0)
		return -errno;
	if (strlen(root) >= sizeof(path)) {
		close(fd);
		return -ENAMETOOLONG;
	}
	memcpy(path, root, strlen(root) + 1);
	while ((name = strsep(&rest, "/"))) {
		int next;

		if (*name == '\0')
			continue;
		next = open_or_make(fd, name, 0, true);
		close(fd);
		if (next < 0)
			return next;
		fd = next;
	}
	return fd;
}

int dir_open_root(const struct dir_store *store, bool create)
{
	int fd = open(store->root, OPEN_FLAGS);

	if (fd >= 0)
		return fd;
	return errno == ENOENT && create ? make_root(store->root) : -errno;
}

int dir_open_place(int root, const struct dir_place *place, int levels, bool create)
{
	int fd = openat(root, ".", OPEN_FLAGS);

	if (fd < 0)
		return -errno;
	for (int i = 0; i < levels; i++) {
		int next = dir_open_at(fd, place->name[i], create);

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

int dir_each(int fd, bool (*visit)(void *ctx, const char *name), void *ctx)
{
	int own = openat(fd, ".", OPEN_FLAGS);
	DIR *names = own < 0 ? NULL : fdopendir(own);
	const struct dirent *entry;
	int error = errno;

	if (!names) {
		if (own >= 0)
			close(own);
		return -error;
	}
	for (errno = 0; (entry = readdir(names)); errno = 0) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (!visit(ctx, entry->d_name))
			break;
	}
	error = entry ? 0 : errno;
	closedir(names);
	return -error;
}
