/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo.h"

#include "rg/err.h"

#include <stdio.h>
#include <string.h>

/* A reference is a file's path below the git directory; libgit2 fails oddly on longer ones. */
enum { REVISION_MAX_BYTES = 1000 };

static int fail_revision(const struct rg_repo *repo, const char *revision, int rc,
			 struct rg_err *err)
{
	char action[RG_ERR_TEXT_MAX];

	switch (rc) {
	case GIT_ENOTFOUND:
		return repo_fail_unknown(repo, revision, err);
	case GIT_EAMBIGUOUS:
		return rg_err_set(err, RG_EUSAGE,
				  "repo: resolve '%.200s': several objects begin so; give more of "
				  "the id",
				  revision);
	case GIT_EINVALIDSPEC:
		return rg_err_set(err, RG_EUSAGE, "repo: resolve '%.200s': not a revision",
				  revision);
	default:
		snprintf(action, sizeof(action), "resolve '%.200s'", revision);
		return repo_git_fail(err, action);
	}
}

/* A tag's target may be missing in a shallow clone, or be a tree. */
static int fail_peel(const struct rg_repo *repo, const char *revision, const git_object *object,
		     int rc, struct rg_err *err)
{
	git_object *target = NULL;

	if (rc == GIT_ENOTFOUND)
		return repo_fail_unknown(repo, revision, err);
	if (rc == GIT_EPEEL || rc == GIT_EINVALIDSPEC || rc == GIT_EAMBIGUOUS)
		return rg_err_set(err, RG_EUSAGE,
				  "repo: resolve '%.200s': it names a %s, not a commit", revision,
				  git_object_type2string(git_object_type(object)));
	/* Peeling hides why the tag's target cannot be read: reading it again tells. */
	if (git_object_type(object) == GIT_OBJECT_TAG &&
	    !git_tag_target(&target, (const git_tag *)object))
		git_object_free(target);
	return fail_revision(repo, revision, rc, err);
}

int rg_repo_resolve(const struct rg_repo *repo, const char *revision, char id[RG_REPO_ID_MAX],
		    struct rg_err *err)
{
	git_object *object = NULL, *commit = NULL;
	int rc;

	if (strlen(revision) > REVISION_MAX_BYTES)
		return rg_err_set(err, RG_EUSAGE, "repo: resolve '%.64s…': longer than %d bytes",
				  revision, REVISION_MAX_BYTES);
	rc = git_revparse_single(&object, repo->git, revision);
	if (rc)
		return fail_revision(repo, revision, rc, err);
	rc = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
	if (rc)
		rc = fail_peel(repo, revision, object, rc, err);
	else
		git_oid_tostr(id, RG_REPO_ID_MAX, git_object_id(commit));
	git_object_free(commit);
	git_object_free(object);
	return rc;
}
