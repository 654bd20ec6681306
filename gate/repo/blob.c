/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <stdio.h>
#include <string.h>

/* A file of a commit, being looked for. */
struct search {
	const struct rg_repo *repo;
	const char *revision, *path; /* for messages */
	struct rg_err *err;
};

static int fail_git(const struct search *search)
{
	char action[RG_ERR_TEXT_MAX];

	snprintf(action, sizeof(action), "read '%.400s' of '%.200s'", search->path,
		 search->revision);
	return repo_git_fail(search->err, action);
}

static int refuse(const struct search *search, int code, const char *why)
{
	return rg_err_set(search->err, code, "repo: read '%.400s' of '%.200s': %s", search->path,
			  search->revision, why);
}

/* One step down the path: the entry's tree into *tree. */
static int enter(const struct search *search, const git_tree_entry *entry, git_tree **tree)
{
	git_tree *below;

	if (git_tree_entry_type(entry) != GIT_OBJECT_TREE)
		return refuse(search, RG_EUSAGE, "a part of the path is not a directory");
	/* A tree that is named and not here is not the same as a path that is not there. */
	if (git_tree_lookup(&below, search->repo->git, git_tree_entry_id(entry)))
		return fail_git(search);
	git_tree_free(*tree);
	*tree = below;
	return 0;
}

/* *found is false when the tree has no such path. */
static int walk(const struct search *search, git_tree **tree, git_oid *id, bool *found)
{
	const char *at = search->path;

	for (;;) {
		const size_t len = strcspn(at, "/");
		const git_tree_entry *entry;
		char name[256];
		int rc;

		if (len == 0 || len >= sizeof(name))
			return refuse(search, RG_EUSAGE, "not a path of a file");
		memcpy(name, at, len);
		name[len] = '\0';
		entry = git_tree_entry_byname(*tree, name);
		*found = entry != NULL;
		if (!entry)
			return 0;
		if (at[len] == '\0') {
			git_oid_cpy(id, git_tree_entry_id(entry));
			return (git_tree_entry_filemode(entry) & 0170000) == 0100000
				       ? 0
				       : refuse(search, RG_EUSAGE, "is not a regular file");
		}
		rc = enter(search, entry, tree);
		if (rc)
			return rc;
		at += len + 1;
	}
}

/* The size is asked for first: what is too large is not inflated. */
static int read_blob(const struct search *search, const git_oid *id, size_t max_bytes,
		     struct rg_buf *out)
{
	git_odb *odb = NULL;
	git_object_t type;
	git_blob *blob;
	size_t size;
	int rc = git_repository_odb(&odb, search->repo->git);

	if (!rc)
		rc = git_odb_read_header(&size, &type, odb, id);
	git_odb_free(odb);
	if (rc)
		return fail_git(search);
	if (size > max_bytes)
		return refuse(search, RG_ELIMIT, "larger than it may be");
	if (git_blob_lookup(&blob, search->repo->git, id))
		return fail_git(search);
	rg_buf_add(out, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
	git_blob_free(blob);
	if (out->failed == RG_ENOMEM)
		return rg_err_nomem(search->err, "repo");
	return out->failed ? refuse(search, RG_ELIMIT, "larger than it may be") : 0;
}

static int find_and_read(const struct search *search, git_tree **tree, size_t max_bytes,
			 bool *found, struct rg_buf *out)
{
	git_oid id;
	int rc = walk(search, tree, &id, found);

	return rc || !*found ? rc : read_blob(search, &id, max_bytes, out);
}

static int root_tree(const struct search *search, git_tree **tree)
{
	char hex[RG_REPO_ID_MAX];
	git_object *commit = NULL;
	int rc = rg_repo_resolve(search->repo, search->revision, hex, search->err);

	if (rc)
		return rc;
	rc = git_revparse_single(&commit, search->repo->git, hex);
	if (!rc)
		rc = git_commit_tree(tree, (git_commit *)commit);
	git_object_free(commit);
	return rc ? fail_git(search) : 0;
}

int rg_repo_read_file(const struct rg_repo *repo, const char *revision, const char *path,
		      size_t max_bytes, bool *found, struct rg_buf *out, struct rg_err *err)
{
	const struct search search = {repo, revision, path, err};
	git_tree *tree = NULL;
	bool there = false;
	int rc = root_tree(&search, &tree);

	if (!rc)
		rc = find_and_read(&search, &tree, max_bytes, &there, out);
	git_tree_free(tree);
	if (!rc)
		*found = there;
	return rc;
}
