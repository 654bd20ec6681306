/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo.h"

#include "rg/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libgit2 cannot walk beyond the end of a shallow clone, and says so in many ways. */
static int fail_walk(const struct rg_repo *repo, const char *action, struct rg_err *err)
{
	if (repo->shallow)
		return rg_err_set(
			err, RG_EUSAGE,
			"repo: %s: this clone is shallow, and its history ends before it: "
			"'git fetch --tags --unshallow' brings the rest",
			action);
	return repo_git_fail(err, action);
}

int repo_find_commit(const struct rg_repo *repo, const char *id, git_commit **out,
		     struct rg_err *err)
{
	git_oid oid;
	int rc = git_oid_fromstr(&oid, id);

	if (rc == 0)
		rc = git_commit_lookup(out, repo->git, &oid);
	if (rc == GIT_ENOTFOUND && repo->shallow)
		return fail_walk(repo, "read a commit", err);
	if (rc == GIT_ENOTFOUND)
		return rg_err_set(err, RG_EUSAGE,
				  "repo: commit %.12s is not here: 'git fetch' may bring it", id);
	return rc ? repo_git_fail(err, "read a commit") : 0;
}

int rg_repo_first_parent(const struct rg_repo *repo, const char *id, char out[RG_REPO_ID_MAX],
			 struct rg_err *err)
{
	git_commit *commit = NULL, *parent = NULL;
	int rc = repo_find_commit(repo, id, &commit, err);

	if (rc)
		return rc;
	if (git_commit_parentcount(commit) == 0) {
		rc = rg_err_set(err, RG_ENOTFOUND, "repo: commit %.12s is the first one", id);
	} else {
		/* Its id is known also where the commit itself is beyond a shallow clone's end. */
		git_oid_tostr(out, RG_REPO_ID_MAX, git_commit_parent_id(commit, 0));
		rc = repo_find_commit(repo, out, &parent, err);
	}
	git_commit_free(parent);
	git_commit_free(commit);
	return rc;
}

int rg_repo_merge_base(const struct rg_repo *repo, const char *one, const char *other,
		       char out[RG_REPO_ID_MAX], struct rg_err *err)
{
	git_oid a, b, base;
	int rc;

	if (git_oid_fromstr(&a, one) || git_oid_fromstr(&b, other))
		return rg_err_set(err, RG_EUSAGE, "repo: merge base: not the id of a commit");
	/* The library walks on to the very ends of both histories, and loses memory where one is missing. */
	if (repo->shallow)
		return fail_walk(repo, "find the merge base", err);
	rc = git_merge_base(&base, repo->git, &a, &b);
	if (rc == GIT_ENOTFOUND)
		return rg_err_set(err, RG_EUSAGE,
				  "repo: merge base of %.12s and %.12s: they have no history in "
				  "common, or one is not here ('git fetch' may bring it)",
				  one, other);
	if (rc)
		return repo_git_fail(err, "find the merge base");
	git_oid_tostr(out, RG_REPO_ID_MAX, &base);
	return 0;
}

/* --- Tags ----------------------------------------------------------------------------------- */

/* Looks for the tag of one commit. */
struct named {
	const struct rg_repo *repo;
	git_oid id;
	char *name; /* malloc'd */
	bool failed;
};

static int visit_tag(const char *name, git_oid *id, void *context)
{
	static const char prefix[] = "refs/tags/";
	struct named *named = context;
	git_object *object = NULL, *commit = NULL;
	bool same = git_object_lookup(&object, named->repo->git, id, GIT_OBJECT_ANY) == 0 &&
		    git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0 &&
		    git_oid_equal(git_object_id(commit), &named->id);

	git_object_free(commit);
	git_object_free(object);
	if (!same || strncmp(name, prefix, strlen(prefix)) != 0)
		return 0;
	name += strlen(prefix);
	/* As people count: v1.10 is above v1.9. */
	if (named->name && strverscmp(name, named->name) <= 0)
		return 0;
	free(named->name);
	named->name = strdup(name);
	named->failed |= !named->name;
	return 0;
}

int rg_repo_tag_of(const struct rg_repo *repo, const char *id, char **name, struct rg_err *err)
{
	struct named named = {.repo = repo};

	if (git_oid_fromstr(&named.id, id) || git_tag_foreach(repo->git, visit_tag, &named)) {
		free(named.name);
		return repo_git_fail(err, "list the tags");
	}
	if (named.failed)
		return rg_err_nomem(err, "repo");
	*name = named.name;
	return 0;
}

/* Whether it was looked at the whole history: a missing object is "not found" as well. */
static bool has_no_tag(int rc)
{
	const git_error *error = git_error_last();

	return rc == GIT_ENOTFOUND && error && error->klass == GIT_ERROR_DESCRIBE;
}

/* Of a repository without a single tag the library says that it failed, and no more. */
static bool has_tags(const struct rg_repo *repo)
{
	git_strarray tags = {0};
	bool any = git_tag_list(&tags, repo->git) || tags.count;

	git_strarray_dispose(&tags);
	return any;
}

/* "v1.4", as `git describe --tags --abbrev=0 ID` has it; *name stays NULL when there is none. */
static int describe(const struct rg_repo *repo, const char *id, char **name, struct rg_err *err)
{
	git_describe_options options;
	git_describe_format_options format;
	git_describe_result *result = NULL;
	git_commit *commit = NULL;
	git_buf text = {0};
	int rc = git_describe_options_init(&options, GIT_DESCRIBE_OPTIONS_VERSION);

	if (!rc)
		rc = git_describe_format_options_init(&format, GIT_DESCRIBE_FORMAT_OPTIONS_VERSION);
	if (!rc)
		rc = repo_find_commit(repo, id, &commit, err);
	if (rc || !has_tags(repo)) {
		git_commit_free(commit);
		return rc;
	}
	options.describe_strategy = GIT_DESCRIBE_TAGS;
	format.abbreviated_size = 0;
	rc = git_describe_commit(&result, (git_object *)commit, &options);
	if (!rc)
		rc = git_describe_format(&text, result, &format);
	if (has_no_tag(rc))
		rc = 0;
	else if (rc)
		rc = repo_git_fail(err, "find the tag before");
	else
		*name = strdup(text.ptr);
	if (!rc && text.ptr && !*name)
		rc = rg_err_nomem(err, "repo");
	git_describe_result_free(result);
	git_commit_free(commit);
	git_buf_dispose(&text);
	return rc;
}

/* Where the history is cut off describing fails, though the tag may be near: then along first parents. */
static int nearest_on_line(const struct rg_repo *repo, const char *id, char **name,
			   struct rg_err *err)
{
	char at[RG_REPO_ID_MAX];

	memcpy(at, id, sizeof(at));
	for (int i = 0; i < RG_REPO_LINE_MAX; i++) {
		char parent[RG_REPO_ID_MAX];
		int rc = rg_repo_tag_of(repo, at, name, err);

		if (rc || *name)
			return rc;
		rc = rg_repo_first_parent(repo, at, parent, err);
		if (rc)
			return rc;
		memcpy(at, parent, sizeof(at));
	}
	return rg_err_set(err, RG_ENOTFOUND, "repo: no tag within %d commits", RG_REPO_LINE_MAX);
}

int rg_repo_previous_tag(const struct rg_repo *repo, const char *id, bool own, char **name,
			 char tagged[RG_REPO_ID_MAX], struct rg_err *err)
{
	char parent[RG_REPO_ID_MAX], *found = NULL, *revision = NULL;
	int rc = own ? 0 : rg_repo_first_parent(repo, id, parent, err);

	if (rc)
		return rc;
	if (own)
		snprintf(parent, sizeof(parent), "%s", id);
	rc = describe(repo, parent, &found, repo->shallow ? NULL : err);
	if (repo->shallow && !found)
		rc = nearest_on_line(repo, parent, &found, err);
	if (!rc && !found)
		rc = rg_err_set(err, RG_ENOTFOUND, "repo: there is no tag before %.12s", id);
	if (!rc && asprintf(&revision, "refs/tags/%s", found) < 0)
		rc = rg_err_nomem(err, "repo");
	if (!rc)
		rc = rg_repo_resolve(repo, revision, tagged, err);
	free(revision);
	if (rc)
		free(found);
	else
		*name = found;
	return rc;
}
