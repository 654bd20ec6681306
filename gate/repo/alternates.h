/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ALTERNATES_H
#define ALTERNATES_H

#include <stddef.h>

/* Of more directories than this the rest is not looked at. */
enum { ALTERNATES_MAX = 64 };

/* Directories of objects, open. */
struct object_dirs {
	int fd[ALTERNATES_MAX];
	size_t count;
};

/*
 * Opens a repository's directory of objects and those it borrows from (objects/info/alternates,
 * gitrepository-layout(5)), which may borrow from others again. What cannot be opened is left out:
 * libgit2 cannot read from it either.
 */
void object_dirs_open(struct object_dirs *dirs, const char *objects);
void object_dirs_close(struct object_dirs *dirs);

#endif
