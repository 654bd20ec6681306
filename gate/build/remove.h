/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_REMOVE_H
#define BUILD_REMOVE_H

#include <stdbool.h>

/*
 * Removes a folder with everything below, or what is there in its place: by descriptors, following no links, and into nothing that is mounted there.
 * Folders that may not be written to are made so. What cannot be removed stays, and all above it.
 */
void remove_tree(const char *path);
/* All that is in an open directory. */
void remove_below(int fd);

/* Whether two open files lie under one mount: one that is bound elsewhere, too, is another. */
bool remove_is_one_mount(int fd, int other);

#endif
