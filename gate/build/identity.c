/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "identity.h"

#include "rg/capture.h"
#include "rg/err.h"

#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

/* setfsuid(2) and setfsgid(2) tell no errors; what -1 is refused for, it answers with what holds. */
uid_t identity_uid(void)
{
	return (uid_t)setfsuid((uid_t)-1);
}

static gid_t group(void)
{
	return (gid_t)setfsgid((gid_t)-1);
}

/* This thread's alone, as the two above; the C library's call is all threads'. */
static bool set_groups(const gid_t *groups, int count)
{
	return syscall(SYS_setgroups, (size_t)count, groups) == 0;
}

/* What he may read by a group of his he may read here. */
static void groups_of(const struct rg_capture_user *user, struct identity *out)
{
	const struct passwd *pw = getpwuid(user->uid);

	*out = (struct identity){.uid = user->uid, .gid = user->gid};
	out->group_count = IDENTITY_GROUPS_MAX;
	/* Of more than there is room for, those there is room for. */
	if (pw && getgrouplist(pw->pw_name, user->gid, out->groups, &out->group_count) < 0)
		out->group_count = IDENTITY_GROUPS_MAX;
	if (pw)
		return;
	out->groups[0] = user->gid;
	out->group_count = 1;
}

static bool set(const struct identity *identity)
{
	if (!set_groups(identity->groups, identity->group_count))
		return false;
	setfsgid(identity->gid);
	setfsuid(identity->uid);
	return group() == identity->gid && identity_uid() == identity->uid;
}

void identity_restore(const struct identity *before)
{
	if (before->group_count >= 0)
		set(before);
}

int identity_take(const struct rg_capture_user *user, struct identity *before, struct rg_err *err)
{
	struct identity now = {.uid = identity_uid(), .gid = group()}, wanted;

	/* Nothing to restore. */
	now.group_count = -1;
	*before = now;
	if (!user || now.uid != 0)
		return 0;
	groups_of(user, &wanted);
	now.group_count = getgroups(IDENTITY_GROUPS_MAX, now.groups);
	if (now.group_count >= 0 && set(&wanted)) {
		*before = now;
		return 0;
	}
	identity_restore(&now);
	return rg_err_set(err, RG_EPRIVILEGE, "build: cannot work on files as user %u",
			  (unsigned int)user->uid);
}
