/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_EXPORT_H
#define RG_EXPORT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

struct rg_err;
struct rg_repo;

/*
 * The files of a version, copied out of a repository that is only read: work tree, index, references and
 * configuration stay as they are. No program is run, so what comes out of a filter program (smudge) is missing; line
 * ends and $Id$ are converted.
 *
 * Every file carries the time at which the export began, so that no build takes one that is kept in the repository for
 * older than what it is made from.
 */

enum {
	RG_EXPORT_DEPTH_MAX = 128,       /* folders in folders */
	RG_EXPORT_ENTRIES_MAX = 2000000, /* files, folders and links */
};

/* All files together. Room there must be for them, too: this bound is for what a hostile repository says. */
#define RG_EXPORT_BYTES_MAX (UINT64_C(1) << 40)

struct rg_export {
	int folder; /* an empty directory, open: nothing is written but below it */
	/* Asked at every file and every few MiB of one; true ends it with RG_EINTERRUPTED. Or NULL. */
	bool (*stop)(void *ctx);
	void *ctx;
};

/* What a tree is without. */
enum rg_export_lack {
	RG_EXPORT_LACKS_NOTHING = 0,
	RG_EXPORT_LACKS_SUBMODULE, /* a folder is empty */
	RG_EXPORT_LACKS_LFS,       /* a file is a pointer of Git LFS */
};

struct rg_export_result {
	uint64_t files; /* and links */
	uint64_t bytes;
	enum rg_export_lack lack;
	char lacking[PATH_MAX]; /* the first such path, or "" */
};

/*
 * The files of a commit (full hex id). Submodules come from where they are checked out in the work tree, contents that
 * Git LFS keeps from its folder in the repository. What is not there is RG_EUSAGE that names it and what brings it,
 * unless the work tree does without it as well: then the result tells of it. So is a pointer that no attribute names, in
 * the place of content that the work tree has.
 * RG_EUSAGE when the commit is not here, with the fetch that is missing, and for files that a filter program makes;
 * RG_EFORMAT for a damaged or hostile repository; RG_ELIMIT, RG_EINTERRUPTED, RG_EIO, RG_ENOMEM.
 */
int rg_repo_export_commit(const struct rg_repo *repo, const char *id, const struct rg_export *plan,
			  struct rg_export_result *result, struct rg_err *err);

/*
 * The work tree as it is: tracked files as they are on disk, and untracked ones that are not ignored; so are
 * repositories within it. Sockets, pipes and devices are left out, and folders that would be empty.
 * RG_EUSAGE in a bare repository; otherwise as above.
 */
int rg_repo_export_work(const struct rg_repo *repo, const struct rg_export *plan,
			struct rg_export_result *result, struct rg_err *err);

#endif
