/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/file.h"

#include "io.h"
#include "oserr.h"

#include "rg/err.h"
#include "rg/units.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINKS_MAX = 8 };

/* Where the bytes go once symbolic links are resolved. */
struct output {
	const char *shown; /* the path as given, for messages */
	char path[PATH_MAX];
	int dir; /* of `path`, open */
	const char *name;
	bool exists;
	struct stat st; /* of what is there, when it exists */
};

static int failed(const struct output *out, int error, struct rg_err *err)
{
	return os_fail(err, error, "file: write", out->shown);
}

/*
 * The number in "/dev/stdout", "/dev/fd/3" and their like, else -1. Those stand for an open
 * descriptor, and are written to as such: opening them again would start over at offset 0.
 */
static int descriptor_of(const char *path)
{
	static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
	uint64_t number = 0;

	if (!strcmp(path, "/dev/stdout"))
		return STDOUT_FILENO;
	if (!strcmp(path, "/dev/stderr"))
		return STDERR_FILENO;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		const size_t len = strlen(folders[i]);

		if (strncmp(path, folders[i], len) != 0)
			continue;
		if (!rg_parse_u64(path + len, &number) && number <= INT_MAX)
			return (int)number;
	}
	return -1;
}

static int open_parent(struct output *out)
{
	char parent[PATH_MAX];
	const char *slash = strrchr(out->path, '/');
	const size_t len = slash ? (size_t)(slash - out->path) + 1 : 0;

	out->name = out->path + len;
	if (*out->name == '\0')
		return -EISDIR;
	memcpy(parent, out->path, len);
	parent[len] = '\0';
	out->dir = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return out->dir < 0 ? -errno : 0;
}

/* Puts `target`, seen from the directory that out->path lies in, into out->path. */
static int redirect(struct output *out, const char *target)
{
	char joined[PATH_MAX];
	const size_t folder = target[0] == '/' ? 0 : (size_t)(out->name - out->path);
	int n = snprintf(joined, sizeof(joined), "%.*s%s", (int)folder, out->path, target);

	if (n < 0 || (size_t)n >= sizeof(joined))
		return -ENAMETOOLONG;
	memcpy(out->path, joined, (size_t)n + 1);
	return 0;
}

static int trusted_owner(uid_t owner)
{
	return owner == 0 || owner == geteuid();
}

/*
 * Looks at what out->name is, through a descriptor, so that it cannot be exchanged between the look
 * and the use. A link replaces out->path. Returns 1 when it was one.
 */
static int inspect(struct output *out)
{
	char target[PATH_MAX];
	int fd = openat(out->dir, out->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	ssize_t len = 0;
	int rc = 0;

	out->exists = fd >= 0;
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &out->st))
		rc = -errno;
	else if (S_ISLNK(out->st.st_mode) && !trusted_owner(out->st.st_uid))
		rc = -ELOOP;
	else if (S_ISLNK(out->st.st_mode))
		len = readlinkat(fd, "", target, sizeof(target) - 1);
	if (len < 0)
		rc = -errno;
	close(fd);
	if (rc || !S_ISLNK(out->st.st_mode))
		return rc;
	target[len] = '\0';
	rc = redirect(out, target);
	return rc ? rc : 1;
}

/* On success out->dir is open and out->name in it is not a symbolic link. */
static int resolve(struct output *out)
{
	for (int i = 0; i < LINKS_MAX; i++) {
		int rc = open_parent(out);

		if (rc)
			return rc;
		rc = inspect(out);
		if (rc == 0)
			return 0;
		close(out->dir);
		if (rc < 0)
			return rc;
	}
	return -ELOOP;
}

static int write_in_place(const struct output *out, const void *bytes, size_t len)
{
	int fd = openat(out->dir, out->name, O_WRONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return -errno;
	rc = io_write_all(fd, bytes, len);
	if (close(fd) && !rc)
		rc = -errno;
	return rc;
}

static int deliver(const struct output *out, const void *bytes, size_t len, mode_t mode)
{
	if (!out->exists || S_ISREG(out->st.st_mode))
		return io_replace(out->dir, out->name, bytes, len, mode);
	if (S_ISDIR(out->st.st_mode))
		return -EISDIR;
	if (S_ISBLK(out->st.st_mode))
		return -ENOTSUP;
	return write_in_place(out, bytes, len);
}

static int resolve_failed(const struct output *out, int error, struct rg_err *err)
{
	if (error != ELOOP)
		return failed(out, error, err);
	return rg_err_set(err, RG_EPRIVILEGE,
			  "file: write '%.800s': is a symbolic link of another user (or too many "
			  "of them); name the file itself",
			  out->shown);
}

int rg_file_write_atomic(const char *path, const void *bytes, size_t len, mode_t mode,
			 struct rg_err *err)
{
	struct output out = {.shown = path};
	const int descriptor = descriptor_of(path);
	int rc;

	if (descriptor >= 0) {
		rc = io_write_all(descriptor, bytes, len);
		return rc ? failed(&out, -rc, err) : 0;
	}
	if (strlen(path) >= sizeof(out.path))
		return failed(&out, ENAMETOOLONG, err);
	memcpy(out.path, path, strlen(path) + 1);
	rc = resolve(&out);
	if (rc)
		return resolve_failed(&out, -rc, err);
	rc = deliver(&out, bytes, len, mode);
	close(out.dir);
	return rc ? failed(&out, -rc, err) : 0;
}
