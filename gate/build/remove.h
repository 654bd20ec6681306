/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_REMOVE_H
#define BUILD_REMOVE_H

/*
 * Removes what is called so in a directory, with everything below: by descriptors, following no links, into no other
 * file system. Folders that may not be written to are made so. What cannot be removed stays, and all above it.
 */
void remove_tree(int at, const char *name);
/* All that is in an open directory. */
void remove_below(int fd);

#endif
