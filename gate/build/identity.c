/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "identity.h"

#include "rg/capture.h"
#include "rg/err.h"

#include <sys/fsuid.h>

/* setfsuid(2) and setfsgid(2) tell no errors; what -1 is refused for, it answers with what holds. */
uid_t identity_uid(void)
{
	return (uid_t)setfsuid((uid_t)-1);
}

static gid_t group(void)
{
	return (gid_t)setfsgid((gid_t)-1);
}

void identity_restore(const struct identity *before)
{
	setfsuid(before->uid);
	setfsgid(before->gid);
}

int identity_take(const struct rg_capture_user *user, struct identity *before, struct rg_err *err)
{
	const struct identity now = {.uid = identity_uid(), .gid = group()};

	*before = now;
	if (!user || now.uid != 0)
		return 0;
	/* The group first: afterwards it is no longer ours to set. */
	setfsgid(user->gid);
	setfsuid(user->uid);
	if (identity_uid() == user->uid && group() == user->gid)
		return 0;
	identity_restore(&now);
	return rg_err_set(err, RG_EPRIVILEGE, "build: cannot work on files as user %u",
			  (unsigned int)user->uid);
}
