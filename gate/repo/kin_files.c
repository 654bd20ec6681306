/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kin_files.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/kin.h"

#include <string.h>

struct listing {
	struct kin_files *out;
	struct kin_file *list[KIN_SIDES];
	struct rg_arena *arena;
	git_odb *odb;
	uint64_t bytes;
	size_t met;
};

/* --- Which files ------------------------------------------------------------------------------ */

int kin_fail_large(struct rg_err *err)
{
	return rg_err_set(err, RG_ELIMIT,
			  "repo: too much changed between the two versions to tell whether code "
			  "moved: more than %d files or %d MB",
			  RG_KIN_FILES_MAX, RG_KIN_TOTAL_MAX_BYTES >> 20);
}

/* *missing: the commit is not here, and no error is recorded. */
static int open_tree(const struct rg_repo *repo, const char *id, git_tree **out, bool *missing,
		     struct rg_err *err)
{
	git_commit *commit = NULL;
	git_oid oid;
	int rc;

	if (git_oid_fromstr(&oid, id))
		return rg_err_set(err, RG_EUSAGE, "repo: not the full id of a commit");
	rc = git_commit_lookup(&commit, repo->git, &oid);
	if (!rc)
		rc = git_commit_tree(out, commit);
	git_commit_free(commit);
	*missing = rc == GIT_ENOTFOUND;
	return rc && !*missing ? repo_git_fail(err, "read the files of a commit") : 0;
}

static int open_trees(const struct rg_repo *repo, const char *base, const char *canary,
		      git_tree *trees[KIN_SIDES], struct rg_err *err)
{
	bool missing = false;
	int rc = open_tree(repo, base, &trees[KIN_BASE], &missing, err);

	if (rc || missing)
		return rc ? rc : changed_fail_missing(repo, err);
	rc = open_tree(repo, canary, &trees[KIN_CANARY], &missing, err);
	if (rc || !missing)
		return rc;
	return rg_err_set(err, RG_ENOTFOUND, "repo: commit %.12s is not in this clone", canary);
}

/* Stops what would list more files than are looked at. */
static int on_delta(const git_diff *so_far, const git_diff_delta *delta, const char *pathspec,
		    void *context)
{
	struct listing *listing = context;

	(void)so_far;
	(void)delta;
	(void)pathspec;
	return listing->met++ == RG_KIN_FILES_MAX ? GIT_EUSER : 0;
}

static bool is_regular(const git_diff_file *file)
{
	return (file->mode & 0170000) == 0100000;
}

/* The size is asked for first: what is too large is not inflated. */
static int add_file(struct listing *listing, enum kin_side side, const git_diff_file *file,
		    struct rg_err *err)
{
	struct kin_file *out = &listing->list[side][listing->out->count[side]];
	git_object_t type;
	size_t size;
	int rc;

	if (!is_regular(file))
		return 0;
	rc = git_odb_read_header(&size, &type, listing->odb, &file->id);
	if (rc == GIT_ENOTFOUND)
		return changed_fail_missing(listing->out->repo, err);
	if (rc)
		return repo_git_fail(err, "read a changed file");
	if (size > RG_KIN_FILE_MAX_BYTES)
		return 0;
	listing->bytes += size;
	if (listing->bytes > RG_KIN_TOTAL_MAX_BYTES)
		return kin_fail_large(err);
	*out = (struct kin_file){rg_arena_strdup(listing->arena, file->path), file->id};
	if (!out->path)
		return rg_err_nomem(err, "repo");
	listing->out->count[side]++;
	return 0;
}

static int add_files(struct listing *listing, git_diff *diff, struct rg_err *err)
{
	size_t count = git_diff_num_deltas(diff);
	int rc = 0;

	for (int side = 0; side < KIN_SIDES; side++) {
		listing->list[side] =
			rg_arena_array(listing->arena, count + 1, sizeof(*listing->list[side]));
		listing->out->list[side] = listing->list[side];
		if (!listing->list[side])
			return rg_err_nomem(err, "repo");
	}
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const git_diff_delta *delta = git_diff_get_delta(diff, i);

		rc = add_file(listing, KIN_BASE, &delta->old_file, err);
		if (!rc)
			rc = add_file(listing, KIN_CANARY, &delta->new_file, err);
	}
	return rc;
}

static int list_files(struct listing *listing, git_tree *trees[KIN_SIDES], struct rg_err *err)
{
	git_repository *git = listing->out->repo->git;
	git_diff_options options;
	git_diff *diff = NULL;
	int rc = git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);

	options.notify_cb = on_delta;
	options.payload = listing;
	options.ignore_submodules = GIT_SUBMODULE_IGNORE_ALL;
	if (!rc)
		rc = git_diff_tree_to_tree(&diff, git, trees[KIN_BASE], trees[KIN_CANARY],
					   &options);
	if (!rc)
		rc = git_repository_odb(&listing->odb, git);
	if (rc)
		rc = listing->met > RG_KIN_FILES_MAX ? kin_fail_large(err)
		     : rc == GIT_ENOTFOUND           ? changed_fail_missing(listing->out->repo, err)
					   : repo_git_fail(err, "compare the files of two commits");
	else
		rc = add_files(listing, diff, err);
	git_odb_free(listing->odb);
	git_diff_free(diff);
	return rc;
}

int kin_files_list(struct kin_files *out, const struct rg_repo *repo, const char *base,
		   const char *canary, struct rg_arena *arena, struct rg_err *err)
{
	struct listing listing = {.out = out, .arena = arena};
	git_tree *trees[KIN_SIDES] = {NULL};
	int rc = open_trees(repo, base, canary, trees, err);

	*out = (struct kin_files){.repo = repo};
	if (!rc)
		rc = list_files(&listing, trees, err);
	git_tree_free(trees[KIN_BASE]);
	git_tree_free(trees[KIN_CANARY]);
	return rc;
}

/* --- What is in them -------------------------------------------------------------------------- */

static int look_into(git_blob *blob, const struct kin_file *file, kin_look_fn look, void *ctx,
		     struct rg_err *err)
{
	struct source source;
	int rc;

	if (git_blob_is_binary(blob))
		return 0;
	if (!source_split(git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob), &source))
		return rg_err_nomem(err, "repo");
	rc = source.count ? look(ctx, file, &source, err) : 0;
	source_done(&source);
	return rc;
}

int kin_files_read(const struct kin_files *files, enum kin_side side, kin_look_fn look, void *ctx,
		   struct rg_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < files->count[side]; i++) {
		const struct kin_file *file = &files->list[side][i];
		git_blob *blob = NULL;

		if (git_blob_lookup(&blob, files->repo->git, &file->blob))
			return repo_git_fail(err, "read a changed file");
		rc = look_into(blob, file, look, ctx, err);
		git_blob_free(blob);
	}
	return rc;
}
