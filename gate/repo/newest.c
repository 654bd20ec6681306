/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo.h"

#include "rg/err.h"

#include <stdlib.h>
#include <string.h>

/* The last tag in the history of HEAD, as `git describe --tags --abbrev=0` has it. */
static int last_behind_head(const struct rg_repo *repo, git_buf *name)
{
	git_object *head = NULL;
	int rc = git_revparse_single(&head, repo->git, "HEAD^{commit}");

	if (rc)
		return rc;
	rc = repo_describe_by_tag(head, true, name);
	git_object_free(head);
	return rc;
}

/* As people count: v1.10 is above v1.9. */
static const char *highest(const git_strarray *tags)
{
	const char *best = NULL;

	for (size_t i = 0; i < tags->count; i++) {
		if (!best || strverscmp(tags->strings[i], best) > 0)
			best = tags->strings[i];
	}
	return best;
}

static int keep(const char *name, char **out, struct rg_err *err)
{
	char *copy = strdup(name);

	if (!copy)
		return rg_err_nomem(err, "repo");
	*out = copy;
	return 0;
}

static int highest_of_all(const struct rg_repo *repo, char **out, struct rg_err *err)
{
	git_strarray tags = {0};
	const char *name;
	int rc;

	if (git_tag_list(&tags, repo->git))
		return repo_git_fail(err, "list the tags");
	name = highest(&tags);
	rc = name ? keep(name, out, err)
		  : rg_err_set(err, RG_ENOTFOUND, "repo: newest tag: there is none here");
	git_strarray_dispose(&tags);
	return rc;
}

int rg_repo_newest_tag(const struct rg_repo *repo, char **out, struct rg_err *err)
{
	git_buf name = {0};
	int rc;

	/* A walk fails in a shallow clone, and finds nothing where tags are on other branches. */
	if (last_behind_head(repo, &name) == 0 && name.size)
		rc = keep(name.ptr, out, err);
	else
		rc = highest_of_all(repo, out, err);
	git_buf_dispose(&name);
	return rc;
}
