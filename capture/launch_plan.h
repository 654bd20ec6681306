/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_LAUNCH_PLAN_H
#define CAPTURE_LAUNCH_PLAN_H

#include <stddef.h>
#include <sys/types.h>

struct rg_arena;
struct rg_err;
struct rg_launch_options;

/*
 * All that is looked up or allocated for a launch, before the fork: another thread of ours may hold any lock of the C library in
 * that moment, and in the fork nobody gives it back. What is left to do between fork and exec are system calls.
 */
struct rg_launch_plan {
	const struct rg_launch_options *options; /* borrowed */
	char **environment;                      /* NULL-terminated */
	char *directory;     /* its value of PWD, room for PATH_MAX; NULL: as it is */
	const gid_t *groups; /* of the user */
	size_t group_count;
	struct rg_arena *arena; /* that has all of it */
};

/* RG_ENOMEM. */
int rg_launch_plan_make(const struct rg_launch_options *options, struct rg_launch_plan *out,
			struct rg_err *err);
void rg_launch_plan_done(struct rg_launch_plan *plan);

#endif
