/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo.h"

#include "changed_diff.h"

#include "rg/arena.h"
#include "rg/changes.h"
#include "rg/err.h"

#include <stdlib.h>
#include <string.h>

enum { SPAN_MAX_LINES = 20000, PENDING_MAX = 256 };

/* A version of the file that is still to be compared with those before it. */
struct version {
	git_oid commit;
	char *path;
	struct span span;
};

struct walk {
	const struct rg_repo *repo;
	const struct rg_function_place *place;
	struct rg_arena *arena;
	struct rg_err *err;
	struct version pending[PENDING_MAX];
	size_t pending_count;
	struct rg_changed *found;
	size_t found_count, most;
};

/* --- Versions to be looked at --------------------------------------------------------------- */

static struct version *find_pending(struct walk *walk, const git_oid *commit)
{
	for (size_t i = 0; i < walk->pending_count; i++) {
		if (git_oid_equal(&walk->pending[i].commit, commit))
			return &walk->pending[i];
	}
	return NULL;
}

static void version_done(struct version *version)
{
	free(version->path);
	span_done(&version->span);
}

/* Of two ways back to the same commit the first one that came is followed: the lines are the same. */
static int add_pending(struct walk *walk, const git_oid *commit, const char *path,
		       const struct span *span)
{
	struct version *version;

	if (span->count == 0 || find_pending(walk, commit) || walk->pending_count == PENDING_MAX)
		return 0;
	version = &walk->pending[walk->pending_count];
	*version = (struct version){.commit = *commit, .path = strdup(path)};
	if (!version->path || span_copy(&version->span, span)) {
		version_done(version);
		return rg_err_nomem(walk->err, "repo");
	}
	walk->pending_count++;
	return 0;
}

static bool take_pending(struct walk *walk, const git_oid *commit, struct version *out)
{
	struct version *version = find_pending(walk, commit);

	if (!version)
		return false;
	*out = *version;
	*version = walk->pending[--walk->pending_count];
	return true;
}

/* --- Files of commits ----------------------------------------------------------------------- */

/* NULL when the commit has no such file. */
static git_blob *blob_of(git_commit *commit, const char *path)
{
	git_object *blob = NULL;

	if (git_object_lookup_bypath(&blob, (git_object *)commit, path, GIT_OBJECT_BLOB))
		return NULL;
	return (git_blob *)blob;
}

static int diff_trees(struct walk *walk, git_commit *parent, git_commit *commit, git_diff **out)
{
	git_tree *older = NULL, *newer = NULL;
	int rc = git_commit_tree(&older, parent);

	if (!rc)
		rc = git_commit_tree(&newer, commit);
	if (!rc)
		rc = git_diff_tree_to_tree(out, walk->repo->git, older, newer, NULL);
	git_tree_free(older);
	git_tree_free(newer);
	return rc;
}

/* What the file was called before this commit, when it was called otherwise; malloc'd, or NULL. */
static char *name_before(struct walk *walk, git_commit *parent, git_commit *commit,
			 const char *path)
{
	git_diff *diff = NULL;
	char *name = NULL;
	size_t count = 0;

	if (!diff_trees(walk, parent, commit, &diff) && !git_diff_find_similar(diff, NULL))
		count = git_diff_num_deltas(diff);
	for (size_t i = 0; !name && i < count; i++) {
		const git_diff_delta *delta = git_diff_get_delta(diff, i);

		if (delta->status == GIT_DELTA_RENAMED && !strcmp(delta->new_file.path, path))
			name = strdup(delta->old_file.path);
	}
	git_diff_free(diff);
	return name;
}

/* --- One commit ----------------------------------------------------------------------------- */

/* Compares with one parent and goes on there. */
static int compare_parent(struct walk *walk, git_commit *commit, git_commit *parent,
			  const struct version *version, struct change *change)
{
	git_blob *newer = blob_of(commit, version->path), *older = blob_of(parent, version->path);
	char *renamed = NULL;
	int rc = 0;

	if (!older) {
		renamed = name_before(walk, parent, commit, version->path);
		older = renamed ? blob_of(parent, renamed) : NULL;
	}
	if (newer && older && git_oid_equal(git_blob_id(newer), git_blob_id(older)))
		rc = span_copy(&change->before, &version->span) ? rg_err_nomem(walk->err, "repo")
								: 0;
	else if (newer)
		rc = change_of(change, older, newer, &version->span, walk->err);
	if (rc == 0 && older)
		rc = add_pending(walk, git_commit_id(parent), renamed ? renamed : version->path,
				 &change->before);
	git_blob_free(newer);
	git_blob_free(older);
	free(renamed);
	return rc;
}

static int keep(struct walk *walk, git_commit *commit, const struct change *change)
{
	struct rg_changed *out = &walk->found[walk->found_count];
	const git_signature *author = git_commit_author(commit);
	const char *subject = git_commit_summary(commit);
	char id[RG_REPO_ID_MAX];

	git_oid_tostr(id, sizeof(id), git_commit_id(commit));
	*out = (struct rg_changed){
		.id = rg_arena_strdup(walk->arena, id),
		.subject = rg_arena_strdup(walk->arena, subject ? subject : ""),
		.author = rg_arena_strdup(walk->arena, author ? author->name : ""),
		.path = walk->place->path,
		.first_line = change->first_line,
		.last_line = change->last_line,
		.lines = rg_arena_strndup(walk->arena, change->lines.len ? change->lines.data : "",
					  change->lines.len),
	};
	if (!out->id || !out->subject || !out->author || !out->lines)
		return rg_err_nomem(walk->err, "repo");
	walk->found_count++;
	return 0;
}

/* RG_ENOTFOUND: a parent is beyond the end of a shallow clone. */
static int fail_parent(struct walk *walk, int rc)
{
	if (rc == GIT_ENOTFOUND)
		return RG_ENOTFOUND;
	return repo_git_fail(walk->err, "read the history");
}

static int look_at(struct walk *walk, git_commit *commit, const struct version *version)
{
	unsigned int parents = git_commit_parentcount(commit), touched = 0;
	struct change first = {0};
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < parents; i++) {
		struct change change = {0};
		git_commit *parent = NULL;

		rc = git_commit_parent(&parent, commit, i);
		rc = rc ? fail_parent(walk, rc)
			: compare_parent(walk, commit, parent, version, &change);
		git_commit_free(parent);
		touched += change.touched;
		if (i == 0)
			first = change;
		else
			change_done(&change);
	}
	if (rc == 0 && parents && touched == parents)
		rc = keep(walk, commit, &first);
	change_done(&first);
	return rc;
}

/* --- The history ---------------------------------------------------------------------------- */

static int step(struct walk *walk, const git_oid *id)
{
	struct version version;
	git_commit *commit = NULL;
	int rc;

	if (!take_pending(walk, id, &version))
		return 0;
	rc = git_commit_lookup(&commit, walk->repo->git, id);
	rc = rc ? fail_parent(walk, rc) : look_at(walk, commit, &version);
	git_commit_free(commit);
	version_done(&version);
	return rc;
}

static int follow(struct walk *walk, git_revwalk *order)
{
	git_oid id;
	int rc = 0;

	for (size_t i = 0; walk->pending_count && walk->found_count < walk->most; i++) {
		int ended = git_revwalk_next(&id, order);

		if (ended == GIT_ITEROVER)
			return 0;
		if (ended)
			return fail_parent(walk, ended);
		if (i == RG_CHANGED_WALK_MAX)
			return rg_err_set(walk->err, RG_ELIMIT,
					  "repo: more than %d commits lie between the versions",
					  RG_CHANGED_WALK_MAX);
		rc = step(walk, &id);
		if (rc)
			return rc;
	}
	return rc;
}

static int start(struct walk *walk, git_revwalk *order, const char *base, const char *canary)
{
	struct span span = {.first = walk->place->first_line,
			    .count = walk->place->last_line - walk->place->first_line + 1};
	git_oid from, to;
	int rc = git_oid_fromstr(&from, base) || git_oid_fromstr(&to, canary);

	if (rc)
		return rg_err_set(walk->err, RG_EUSAGE, "repo: not the full id of a commit");
	rc = git_revwalk_sorting(order, GIT_SORT_TOPOLOGICAL);
	if (!rc)
		rc = git_revwalk_push(order, &to);
	if (!rc)
		rc = git_revwalk_hide(order, &from);
	if (rc)
		return fail_parent(walk, rc);
	if (span.count > SPAN_MAX_LINES)
		span.count = SPAN_MAX_LINES;
	span.canary = calloc(span.count, sizeof(*span.canary));
	if (!span.canary)
		return rg_err_nomem(walk->err, "repo");
	for (uint32_t i = 0; i < span.count; i++)
		span.canary[i] = span.first + i;
	rc = add_pending(walk, &to, walk->place->path, &span);
	free(span.canary);
	return rc;
}

int changed_fail_missing(const struct rg_repo *repo, struct rg_err *err)
{
	if (repo->shallow)
		return rg_err_set(err, RG_ENOTFOUND,
				  "this clone is shallow: 'git fetch --unshallow' brings the "
				  "commits between the two versions (fetch-depth 0 with "
				  "actions/checkout, GIT_DEPTH 0 on GitLab)");
	return rg_err_set(err, RG_ENOTFOUND,
			  "a commit between the two versions is not in this clone: 'git fetch "
			  "--tags' may bring it");
}

int rg_repo_changed_lines(const struct rg_repo *repo, const char *base, const char *canary,
			  const struct rg_function_place *place, size_t most,
			  struct rg_arena *arena, const struct rg_changed **out, size_t *count,
			  struct rg_err *err)
{
	struct walk walk = {.repo = repo, .place = place, .arena = arena, .err = err, .most = most};
	git_revwalk *order = NULL;
	int rc;

	walk.found = rg_arena_array(arena, most ? most : 1, sizeof(*walk.found));
	if (!walk.found)
		return rg_err_nomem(err, "repo");
	rc = git_revwalk_new(&order, repo->git) ? repo_git_fail(err, "read the history")
						: start(&walk, order, base, canary);
	if (rc == 0)
		rc = follow(&walk, order);
	git_revwalk_free(order);
	for (size_t i = 0; i < walk.pending_count; i++)
		version_done(&walk.pending[i]);
	if (rc == RG_ENOTFOUND)
		return changed_fail_missing(repo, err);
	if (rc)
		return rc;
	*out = walk.found;
	*count = walk.found_count;
	return 0;
}
