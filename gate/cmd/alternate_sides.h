/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_ALTERNATE_SIDES_H
#define CMD_ALTERNATE_SIDES_H

#include "alternate_plan.h"
#include "alternate_shared.h"

#include "rg/build.h"
#include "rg/capture.h"

struct rg_err;
struct rg_settings;
struct rg_version;

/* A version as it is run. */
struct alternate_version {
	const char *name;     /* "baseline", "canary" */
	char *label, *commit; /* of it; NULL: not known */
	struct rg_build *build;
	char *directory;              /* where its command runs */
	char *tree;                   /* all of its files, as realpath() has it */
	struct alternate_built built; /* the same, for those who look at it */
};

/* Both, in a temporary folder. Zero-initialise; free with alternate_sides_done(). */
struct alternate_sides {
	char *work_tree; /* the user's */
	struct rg_build_folder *folder;
	struct alternate_version version[ALTERNATE_SIDES];
};

/*
 * Exports and builds both. Shows progress. RG_EUSAGE also for a command that would run the same file on both sides;
 * errors as rg_build_make() has them, naming the side.
 */
int alternate_sides_make(const struct rg_settings *settings, const struct rg_version *baseline,
			 const struct rg_capture_user *user, struct alternate_sides *out,
			 struct rg_err *err);
void alternate_sides_done(struct alternate_sides *sides);

/* RG_EINTERRUPTED once a signal has come. */
int alternate_interrupted(struct rg_err *err);

#endif
