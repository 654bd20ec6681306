/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo.h"

#include "rg/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int head_commit(const struct rg_repo *repo, git_object **out, struct rg_err *err)
{
	git_reference *head = NULL;
	int rc = git_repository_head(&head, repo->git);

	if (rc == GIT_EUNBORNBRANCH || rc == GIT_ENOTFOUND)
		return rg_err_set(err, RG_ENOTFOUND, "repo: describe: there is no commit yet");
	if (rc)
		return repo_git_fail(err, "describe: read HEAD");
	/* Peeling would hide why it cannot be read. */
	rc = git_object_lookup(out, repo->git, git_reference_target(head), GIT_OBJECT_COMMIT);
	git_reference_free(head);
	return rc ? repo_git_fail(err, "describe: read the commit of HEAD") : 0;
}

/*
 * libgit2 takes files that a sparse checkout left out for deleted ones. Returns 1 to leave a
 * difference out.
 */
static int skip_sparse(const git_diff *diff, const git_diff_delta *delta, const char *pathspec,
		       void *payload)
{
	const git_index_entry *entry;

	(void)diff;
	(void)pathspec;
	if (delta->status != GIT_DELTA_DELETED)
		return 0;
	entry = git_index_get_bypath(payload, delta->old_file.path, 0);
	return entry && (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE);
}

/* As `git diff HEAD` compares; nothing is written. */
static int count_differences(const struct rg_repo *repo, git_tree *tree, git_index *index,
			     size_t *count)
{
	git_diff_options options;
	git_diff *diff = NULL;
	int rc = git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);

	if (rc)
		return rc;
	/* A submodule counts when another commit of it is checked out. */
	options.ignore_submodules = GIT_SUBMODULE_IGNORE_DIRTY;
	options.notify_cb = skip_sparse;
	options.payload = index;
	rc = git_diff_tree_to_workdir_with_index(&diff, repo->git, tree, &options);
	if (rc)
		return rc;
	*count = git_diff_num_deltas(diff);
	git_diff_free(diff);
	return 0;
}

/* Whether tracked files differ from the commit. */
static int is_dirty(const struct rg_repo *repo, git_object *commit, bool *dirty, struct rg_err *err)
{
	git_tree *tree = NULL;
	git_index *index = NULL;
	size_t count = 0;
	int rc = git_commit_tree(&tree, (git_commit *)commit);

	if (!rc)
		rc = git_repository_index(&index, repo->git);
	if (!rc)
		rc = count_differences(repo, tree, index, &count);
	git_index_free(index);
	git_tree_free(tree);
	if (rc)
		return repo_git_fail(err, "describe: compare the work tree");
	*dirty = count > 0;
	return 0;
}

int repo_describe_by_tag(git_object *commit, bool tag_only, git_buf *text)
{
	git_describe_options options;
	git_describe_format_options format;
	git_describe_result *result = NULL;
	int rc = git_describe_options_init(&options, GIT_DESCRIBE_OPTIONS_VERSION);

	if (!rc)
		rc = git_describe_format_options_init(&format, GIT_DESCRIBE_FORMAT_OPTIONS_VERSION);
	if (rc)
		return rc;
	options.describe_strategy = GIT_DESCRIBE_TAGS;
	options.show_commit_oid_as_fallback = !tag_only;
	if (tag_only)
		format.abbreviated_size = 0;
	rc = git_describe_commit(&result, commit, &options);
	if (!rc)
		rc = git_describe_format(text, result, &format);
	git_describe_result_free(result);
	return rc;
}

/*
 * In a shallow clone the walk to a tag may end at a commit that is not there; the label is the
 * abbreviated id then, as where there are no tags.
 */
static int name_commit(git_object *commit, git_buf *text, struct rg_err *err)
{
	if (!repo_describe_by_tag(commit, false, text))
		return 0;
	git_buf_dispose(text);
	if (git_object_short_id(text, commit))
		return repo_git_fail(err, "describe: abbreviate the commit's id");
	return 0;
}

static int describe_commit(const struct rg_repo *repo, git_object *commit, char **out, bool *dirty,
			   struct rg_err *err)
{
	git_buf name = {0};
	bool differs = false;
	char *text = NULL;
	int rc = is_dirty(repo, commit, &differs, err);

	if (!rc)
		rc = name_commit(commit, &name, err);
	if (!rc && asprintf(&text, "%s%s", name.ptr, differs ? "-dirty" : "") < 0)
		rc = rg_err_nomem(err, "repo");
	git_buf_dispose(&name);
	if (rc)
		return rc;
	*out = text;
	*dirty = differs;
	return 0;
}

int rg_repo_describe(const struct rg_repo *repo, char **out, bool *dirty, struct rg_err *err)
{
	git_object *commit = NULL;
	int rc;

	if (!repo->work_dir)
		return rg_err_set(err, RG_ENOTFOUND,
				  "repo: describe: a bare repository has nothing checked out");
	rc = head_commit(repo, &commit, err);
	if (rc)
		return rc;
	rc = describe_commit(repo, commit, out, dirty, err);
	git_object_free(commit);
	return rc;
}
