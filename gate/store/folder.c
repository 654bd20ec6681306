/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "folder.h"

#include "rg/owner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC };

int folder_sync(int fd)
{
	int own = openat(fd, ".", OPEN_FLAGS);
	int rc;

	if (own < 0)
		return -errno;
	rc = fsync(own) ? -errno : 0;
	close(own);
	return rc;
}

/* What mkdirat() has just made is nobody else's link: it is never followed. */
static int open_made(int parent, const char *name)
{
	int fd = openat(parent, name, OPEN_FLAGS | O_NOFOLLOW);
	int rc;

	if (fd < 0)
		return -errno;
	rc = rg_owner_give_back(fd) ? -errno : folder_sync(parent);
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

int folder_open_at(int parent, const char *name, bool create)
{
	return open_or_make(parent, name, O_NOFOLLOW, create);
}

/* Creates what is missing on the way, component by component. */
static int make_path(const char *wanted)
{
	char path[PATH_MAX];
	char *rest = path, *name;
	int fd = open(wanted[0] == '/' ? "/" : ".", OPEN_FLAGS);

	if (fd < 0)
		return -errno;
	if (strlen(wanted) >= sizeof(path)) {
		close(fd);
		return -ENAMETOOLONG;
	}
	memcpy(path, wanted, strlen(wanted) + 1);
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

int folder_open(const char *path, bool create)
{
	int fd = open(path, OPEN_FLAGS);

	if (fd >= 0)
		return fd;
	return errno == ENOENT && create ? make_path(path) : -errno;
}

bool folder_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 || errno != ENOENT;
}

int folder_each(int fd, bool (*visit)(void *ctx, const char *name), void *ctx)
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
