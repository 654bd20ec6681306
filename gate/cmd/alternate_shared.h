/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_ALTERNATE_SHARED_H
#define CMD_ALTERNATE_SHARED_H

#include <limits.h>
#include <time.h>

struct rg_err;

/*
 * Code that would run as both versions: a program that is compared with itself always passes. Paths of folders are as
 * realpath(3) has them.
 */

/* A version that is built. */
struct alternate_built {
	const char *name;      /* "baseline", "canary" */
	const char *tree;      /* all of its files */
	const char *directory; /* where its command runs */
};

/* Before anything is built: RG_EUSAGE for a command that names the user's work tree, by whatever path, or is found in it. */
int alternate_shared_named(char *const *command, const char *work_tree, struct rg_err *err);

/*
 * When all is built: RG_EUSAGE for a program of the command that is a file of the work tree, or one that the builds, which
 * began at `began` (CLOCK_REALTIME_COARSE), wrote outside of the version's tree.
 */
int alternate_shared_built(char *const *command, const struct alternate_built *version,
			   const char *work_tree, const struct timespec *began, struct rg_err *err);

/* Of one run: the first file that its code came from although the version has one of its own. */
struct alternate_shared {
	const char *work_tree;
	const struct alternate_built *version;
	char found[PATH_MAX]; /* "": none */
};

/* `ctx` is a struct alternate_shared; told of every file of the run. */
void alternate_shared_mapped(void *ctx, const char *path);
/* RG_EUSAGE when there was one. */
int alternate_shared_check(const struct alternate_shared *shared, struct rg_err *err);

#endif
