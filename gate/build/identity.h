/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_IDENTITY_H
#define BUILD_IDENTITY_H

#include <sys/types.h>

struct rg_capture_user;
struct rg_err;

enum { IDENTITY_GROUPS_MAX = 256 };

/*
 * Who opens and makes files in this thread: the user for whom we work, so that root neither reads what he may not nor
 * leaves files of its own, and links that he or a build planted lead nowhere that he could not go himself.
 */
struct identity {
	uid_t uid;
	gid_t gid;
	gid_t groups[IDENTITY_GROUPS_MAX];
	int group_count;
};

/*
 * Takes on the user's; NULL, or not being root: nothing changes. `before` is for identity_restore(). RG_EPRIVILEGE: the
 * system refused, and nothing is changed.
 */
int identity_take(const struct rg_capture_user *user, struct identity *before, struct rg_err *err);
void identity_restore(const struct identity *before);

/* Who it is now. */
uid_t identity_uid(void);

#endif
