/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alternates.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void add(struct object_dirs *dirs, int at, const char *path)
{
	int fd;

	if (dirs->count == ALTERNATES_MAX)
		return;
	fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		dirs->fd[dirs->count++] = fd;
}

/* Lines that are too long for a path are no paths. */
static void add_lines(struct object_dirs *dirs, int at, FILE *file)
{
	char line[PATH_MAX + 1];

	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\r\n")] = '\0';
		/* A path that is not absolute is seen from the directory of objects. */
		if (line[0] && line[0] != '#')
			add(dirs, at, line);
	}
}

static void add_alternates(struct object_dirs *dirs, int at)
{
	int fd = openat(at, "info/alternates", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "re");
	struct stat st;

	if (file && !fstat(fd, &st) && S_ISREG(st.st_mode))
		add_lines(dirs, at, file);
	if (file)
		fclose(file);
	else if (fd >= 0)
		close(fd);
}

void object_dirs_open(struct object_dirs *dirs, const char *objects)
{
	dirs->count = 0;
	add(dirs, AT_FDCWD, objects);
	/* The list grows on the way; a circle of them ends where the list is full. */
	for (size_t i = 0; i < dirs->count; i++)
		add_alternates(dirs, dirs->fd[i]);
}

void object_dirs_close(struct object_dirs *dirs)
{
	while (dirs->count)
		close(dirs->fd[--dirs->count]);
}
