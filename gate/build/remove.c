/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remove.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	/* Two descriptors are open for each folder on the way, of the 1024 that a process may have by default. */
	DEPTH_MAX = 200,
	/* What lies deeper is moved up and removed from there: configure scripts try how deep folders may be. */
	TURNS_MAX = 1000,
};

struct removal {
	int top; /* the folder that is emptied */
	dev_t device;
	unsigned int moved; /* to the top, in this turn and before */
};

static void remove_in(struct removal *removal, int fd, int depth);

static int open_folder(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Builds make folders read-only so that nobody writes into what they fetched. */
static int open_for_removal(int at, const char *name)
{
	int fd = open_folder(at, name);

	/* fchmodat() follows links; but this is no link, and in a folder that is ours. */
	if (fd < 0 && !fchmodat(at, name, 0700, 0))
		fd = open_folder(at, name);
	if (fd >= 0)
		fchmod(fd, 0700);
	return fd;
}

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
	struct stat st;

	if (fd >= 0 && depth == DEPTH_MAX)
		move_up(removal, at, name);
	else if (fd >= 0 && !fstat(fd, &st) && st.st_dev == removal->device)
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
		unlinkat(at, name, 0);
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
	struct stat st;

	if (fstat(fd, &st))
		return;
	removal.device = st.st_dev;
	for (int turn = 0; turn < TURNS_MAX; turn++) {
		const unsigned int before = removal.moved;

		remove_in(&removal, fd, 0);
		if (removal.moved == before)
			return;
	}
}

void remove_tree(int at, const char *name)
{
	struct stat st;
	int fd;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISDIR(st.st_mode))
		return;
	fd = open_for_removal(at, name);
	if (fd >= 0) {
		remove_below(fd);
		close(fd);
	}
	unlinkat(at, name, AT_REMOVEDIR);
}
