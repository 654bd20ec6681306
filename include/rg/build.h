/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BUILD_H
#define RG_BUILD_H

#include <stdbool.h>
#include <stdint.h>

struct rg_capture_user;
struct rg_err;

/*
 * A version's files in a temporary folder of our own, and the command that builds it there. The repository is only
 * read. Under sudo all is read, written and run as the user.
 */
struct rg_build;

/* A temporary folder that builds lie in; other runs leave it alone as long as we run. */
struct rg_build_folder;

/*
 * Makes one in TMPDIR (/tmp without), 0700, the user's. What runs that were killed have left there is removed first.
 * RG_EUSAGE where programs may not run from there; RG_EIO, RG_ENOMEM.
 */
int rg_build_folder_make(const struct rg_capture_user *user, struct rg_build_folder **out,
			 struct rg_err *err);
const char *rg_build_folder_path(const struct rg_build_folder *folder);
/*
 * Removes it with everything below, as the user and then as we are, and follows no links. False when something is left, such as
 * what a build has mounted there: the folder stays then. NULL is fine.
 */
bool rg_build_folder_free(struct rg_build_folder *folder);

struct rg_build_options {
	const char *repo;   /* a path inside the user's work tree */
	const char *commit; /* full id; NULL: the work tree as it is, rg_repo_export_work() */
	const char *side;   /* "baseline" or "canary" */
	const char *folder; /* rg_build_folder_path() */
	/* Run by sh -c in the tree, with RG_SIDE and RG_COMMIT in its environment, and TMPDIR our folder; NULL: nothing to build. */
	const char *command;
	uint64_t time_limit_ns;             /* of the command; 0: none */
	const struct rg_capture_user *user; /* or NULL: as we are */
	/* Asked at least every 100 ms; true ends it with RG_EINTERRUPTED. Or NULL. */
	bool (*interrupted)(void *ctx);
	/* What is being done ("export", "build") and for how long, about ten times a second; or NULL. */
	void (*progress)(void *ctx, const char *what, uint64_t elapsed_ns);
	void *ctx;
};

/*
 * Exports and builds. On failure nothing is left but, when the command failed, a copy of its log beside the folder, which
 * the error names.
 * RG_ETARGET: the command failed or took too long, with the end of its output; RG_EINTERRUPTED; as
 * rg_repo_open(), rg_repo_resolve() and the exports (rg/export.h) have it; RG_ELIMIT (its output), RG_EIO, RG_ENOMEM.
 */
int rg_build_make(const struct rg_build_options *options, struct rg_build **out,
		  struct rg_err *err);

/* The tree's directory. Those of both sides are of one length. */
const char *rg_build_tree(const struct rg_build *build);
/* All that the command printed. */
const char *rg_build_log(const struct rg_build *build);
/* One line about what the tree is without, to be shown as a warning; or NULL. */
const char *rg_build_note(const struct rg_build *build);
/* Removes tree and log. NULL is fine. */
void rg_build_free(struct rg_build *build);

#endif
