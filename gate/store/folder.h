/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FOLDER_H
#define FOLDER_H

#include <stdbool.h>

/* Directories by descriptor. Failures are negative errnos. */

/*
 * Opens a directory. With `create`, what is missing of the path is made, component by component
 * (0700, synced, given back to the sudo user).
 */
int folder_open(const char *path, bool create);

/* The same for one name in an open directory, which is not followed when it is a symbolic link. */
int folder_open_at(int parent, const char *name, bool create);

/* Whether there is anything of that name; what cannot be looked at counts as there. */
bool folder_exists(const char *path);

int folder_sync(int fd);

/* Calls visit for every name but "." and "..", until it returns false. */
int folder_each(int fd, bool (*visit)(void *ctx, const char *name), void *ctx);

/*
 * Excludes other writers until the descriptor is closed; the system lets go of the lock of a process
 * that is killed. -ETIMEDOUT when one other holds it for longer than a write can take. Where the file
 * system has no locks, 0: backends are safe by their renames and reference locks alone there; only
 * put against remove of the same run is not.
 */
int folder_lock(int fd);

#endif
