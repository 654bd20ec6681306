/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remove.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	/* Two descriptors are open for each folder on the way, of the 1024 that a process may have by default. */
	DEPTH_MAX = 200,
	/* What lies deeper is moved up and removed from there: configure scripts try how deep folders may be. */
	TURNS_MAX = 1000,
};

struct removal {
	int top;            /* the folder that is emptied */
	unsigned int moved; /* to the top, in this turn and before */
};

static void remove_in(struct removal *removal, int fd, int depth);

/* --- Mounts --------------------------------------------------------------------------------- */

/*
 * A build that is killed leaves mounted what it had bound into its tree, such as the user's home for a chroot. The device
 * is the same then, and only the mount tells: its number is there since Linux 5.8.
 */
bool remove_is_one_mount(int fd, int other)
{
	struct statx a, b;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &a) ||
	    statx(other, "", AT_EMPTY_PATH, STATX_MNT_ID, &b))
		return false;
	return a.stx_dev_major == b.stx_dev_major && a.stx_dev_minor == b.stx_dev_minor &&
	       a.stx_mnt_id == b.stx_mnt_id;
}

/* --- What may not be changed ---------------------------------------------------------------- */

/* Builds that run as root can make files so that not even root changes them: chattr(1). */
static void make_mutable(int fd)
{
	const int fixed = FS_IMMUTABLE_FL | FS_APPEND_FL;
	int flags = 0;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) || !(flags & fixed))
		return;
	flags &= ~fixed;
	ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

static int open_folder(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* By the folder itself, whatever takes its name meanwhile. */
static void make_enterable(int at, const char *name)
{
	int fd = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char path[32];

	if (fd < 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	chmod(path, 0700);
	close(fd);
}

/* Builds make folders read-only so that nobody writes into what they fetched. */
static int open_for_removal(int at, const char *name)
{
	int fd = open_folder(at, name);

	if (fd < 0) {
		make_enterable(at, name);
		fd = open_folder(at, name);
	}
	if (fd >= 0 && !remove_is_one_mount(at, fd)) {
		close(fd);
		return -1;
	}
	if (fd >= 0) {
		make_mutable(fd);
		fchmod(fd, 0700);
	}
	return fd;
}

static void remove_file(int at, const char *name, mode_t mode)
{
	int fd;

	if (!unlinkat(at, name, 0) || errno != EPERM || !S_ISREG(mode))
		return;
	fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return;
	make_mutable(fd);
	close(fd);
	unlinkat(at, name, 0);
}

/* --- Folders -------------------------------------------------------------------------------- */

static void move_up(struct removal *removal, int at, const char *name)
{
	char moved[32];

	snprintf(moved, sizeof(moved), ".moved-%u", removal->moved);
	if (!renameat2(at, name, removal->top, moved, RENAME_NOREPLACE))
		removal->moved++;
}

static void remove_folder(struct removal *removal, int at, const char *name, int depth)
{
	int fd = open_for_removal(at, name);

	if (fd >= 0 && depth == DEPTH_MAX)
		move_up(removal, at, name);
	else if (fd >= 0)
		remove_in(removal, fd, depth);
	if (fd >= 0)
		close(fd);
	/* An empty one of another's goes as well. */
	unlinkat(at, name, AT_REMOVEDIR);
}

static void remove_entry(struct removal *removal, int at, const char *name, int depth)
{
	struct stat st;

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return;
	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW))
		return;
	if (S_ISDIR(st.st_mode))
		remove_folder(removal, at, name, depth);
	else
		remove_file(at, name, st.st_mode);
}

static void remove_in(struct removal *removal, int fd, int depth)
{
	int own = open_folder(fd, ".");
	DIR *names = own < 0 ? NULL : fdopendir(own);
	const struct dirent *entry;

	if (!names) {
		if (own >= 0)
			close(own);
		return;
	}
	while ((entry = readdir(names)))
		remove_entry(removal, fd, entry->d_name, depth + 1);
	closedir(names);
}

void remove_below(int fd)
{
	struct removal removal = {.top = fd};

	/* A build may have shut even the folder that its tree lies in. */
	make_mutable(fd);
	fchmod(fd, 0700);
	for (int turn = 0; turn < TURNS_MAX; turn++) {
		const unsigned int before = removal.moved;

		remove_in(&removal, fd, 0);
		if (removal.moved == before)
			return;
	}
}

static void remove_named(int at, const char *name)
{
	struct stat st;
	int fd;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW))
		return;
	if (!S_ISDIR(st.st_mode)) {
		remove_file(at, name, st.st_mode);
		return;
	}
	fd = open_for_removal(at, name);
	if (fd >= 0) {
		remove_below(fd);
		close(fd);
	}
	unlinkat(at, name, AT_REMOVEDIR);
}

void remove_tree(const char *path)
{
	const char *slash = strrchr(path, '/');
	char above[PATH_MAX];
	int at;

	if (!slash || slash - path >= (ptrdiff_t)sizeof(above))
		return;
	snprintf(above, sizeof(above), "%.*s", (int)(slash - path), path);
	at = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return;
	remove_named(at, slash + 1);
	close(at);
}
