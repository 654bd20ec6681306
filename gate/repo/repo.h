/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_H
#define REPO_H

#include "rg/repo.h"

#include <git2.h>

struct rg_repo {
	git_repository *git;
	char *common_dir;
	char *work_dir; /* NULL when bare */
	bool shallow;
	bool has_home; /* the library looks for users' configuration there */
};

/* RG_ENOMEM, else RG_EIO where the system refused, else RG_EFORMAT; "repo: ACTION: reason". */
int repo_git_fail(struct rg_err *err, const char *action);

/* --- history.c ------------------------------------------------------------------------------ */

/* RG_EUSAGE with the fetch that is missing when it is not here. */
int repo_find_commit(const struct rg_repo *repo, const char *id, git_commit **out,
		     struct rg_err *err);

/* --- changed_lines.c ------------------------------------------------------------------------ */

/* RG_ENOTFOUND: a commit of two, or between them, is not here; with the fetch that brings it. */
int changed_fail_missing(const struct rg_repo *repo, struct rg_err *err);

/* --- describe.c ----------------------------------------------------------------------------- */

/*
 * The last tag in the commit's history: "v1.4" or, further on, "v1.4-3-g1234567", the commit's id where there is none; or the
 * tag alone, GIT_ENOTFOUND where there is none. As the library returns it.
 */
int repo_describe_by_tag(git_object *commit, bool tag_only, git_buf *text);

/* --- hint.c --------------------------------------------------------------------------------- */

/* Records that the revision is not known here, with what may have been meant or is missing. */
int repo_fail_unknown(const struct rg_repo *repo, const char *revision, struct rg_err *err);

#endif
