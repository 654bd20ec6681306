/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actor.h"

#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

void actor_begin(struct actor *actor, int directory)
{
	struct stat st;

	*actor = (struct actor){.uid = geteuid(), .gid = getegid(), .mask = umask(077)};
	if (actor->uid != 0 || fstat(directory, &st) || st.st_uid == 0)
		return;
	/* The group first: as another user it could not be changed. */
	setfsgid(st.st_gid);
	setfsuid(st.st_uid);
}

void actor_end(const struct actor *actor)
{
	setfsuid(actor->uid);
	setfsgid(actor->gid);
	umask(actor->mask);
}
