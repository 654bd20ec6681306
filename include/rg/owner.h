/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_OWNER_H
#define RG_OWNER_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Under sudo, what the program creates belongs to the user who ran sudo: a build tree or a
 * repository with root's files in it is a nuisance that lasts.
 */

/*
 * The user who ran sudo: true, with both ids set, when the effective user is root and SUDO_UID and
 * SUDO_GID are the decimal ids of another user. Else false and nothing is written.
 */
bool rg_owner_user(uid_t *uid, gid_t *gid);

/*
 * Gives a file or directory just created (by this process, so that it is nobody else's) to that
 * user. Nothing to do is success. Returns 0, or RG_EIO with errno set.
 */
int rg_owner_give_back(int fd);

#endif
