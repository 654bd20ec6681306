/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remove.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Two descriptors are open for each folder on the way, of the 1024 that a process may have by default. */
enum { DEPTH_MAX = 200 };

static void remove_in(int fd, dev_t device, int depth);

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

static void remove_folder(int at, const char *name, dev_t device, int depth)
{
	int fd = open_for_removal(at, name);
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st) && st.st_dev == device)
		remove_in(fd, device, depth);
	if (fd >= 0)
		close(fd);
	/* An empty one of another's goes as well. */
	unlinkat(at, name, AT_REMOVEDIR);
}

static void remove_entry(int at, const char *name, dev_t device, int depth)
{
	struct stat st;

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return;
	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW))
		return;
	if (S_ISDIR(st.st_mode))
		remove_folder(at, name, device, depth);
	else
		unlinkat(at, name, 0);
}

static void remove_in(int fd, dev_t device, int depth)
{
	int own = depth < DEPTH_MAX ? open_folder(fd, ".") : -1;
	DIR *names = own < 0 ? NULL : fdopendir(own);
	const struct dirent *entry;

	if (!names) {
		if (own >= 0)
			close(own);
		return;
	}
	while ((entry = readdir(names)))
		remove_entry(fd, entry->d_name, device, depth + 1);
	closedir(names);
}

void remove_below(int fd)
{
	struct stat st;

	if (!fstat(fd, &st))
		remove_in(fd, st.st_dev, 0);
}

void remove_tree(int at, const char *name)
{
	struct stat st;

	if (!fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) && S_ISDIR(st.st_mode))
		remove_folder(at, name, st.st_dev, 0);
}
