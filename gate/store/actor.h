/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ACTOR_H
#define ACTOR_H

#include <sys/types.h>

/*
 * Creating files for somebody else. Root works in a directory as its owner does: what is created
 * belongs to the owner from the first moment, whatever kills the process, and links planted there lead
 * nowhere the owner could not go. Where root may not take another's place, files stay root's.
 * All files are for their owner only. The mask of modes is the process's: no other thread should create files
 * meanwhile.
 */
struct actor {
	uid_t uid; /* as before */
	gid_t gid;
	mode_t mask;
};

void actor_begin(struct actor *actor, int directory);
void actor_end(const struct actor *actor);

#endif
