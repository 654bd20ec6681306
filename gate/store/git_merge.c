/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As in git_put.c. */
enum { SWAP_TRIES = 100 };

/* A manifest, or a commit, and a profile of another repository, at most. */
enum { SMALL_MAX_BYTES = 1 << 16, RUN_MAX_BYTES = 256 << 20 };

struct merge {
	const struct gs_session *to, *from;
	const char *ref;
	struct rg_store_key key;
	struct gs_state ours, theirs;
	git_treebuilder *builder;
	struct rg_remote_result result; /* of this attempt */
	struct rg_err *err;
};

static int fail(const struct merge *merge, const char *action)
{
	return gs_fail(merge->to->store, action, merge->ref, merge->err);
}

static int damaged(struct merge *merge, const char *name, const char *reason)
{
	struct rg_remote_result *result = &merge->result;
	char object[GS_OBJECT_TEXT];

	if (!result->first_damaged &&
	    asprintf(&result->first_damaged, "'%.400s': %.300s",
		     gs_object_text(object, merge->ref, name), reason) < 0) {
		result->first_damaged = NULL;
		return rg_err_nomem(merge->err, "store");
	}
	result->damaged++;
	return 0;
}

/* --- One run -------------------------------------------------------------------------------- */

/* Copies a file of theirs that was found good, and puts it into the tree. */
static int copy_file(struct merge *merge, const char *id, const char *suffix)
{
	char name[RUN_FILE_MAX];
	git_odb_object *object = NULL;
	git_oid blob;
	int rc;

	run_file_name(name, id, suffix);
	if (git_odb_read(&object, merge->from->odb,
			 git_tree_entry_id(git_tree_entry_byname(merge->theirs.tree, name))))
		return fail(merge, "read");
	rc = gs_write_blob(merge->to, git_odb_object_data(object), git_odb_object_size(object),
			   &blob, merge->err);
	git_odb_object_free(object);
	if (!rc && git_treebuilder_insert(NULL, merge->builder, name, &blob, GIT_FILEMODE_BLOB))
		rc = fail(merge, "write a tree for");
	return rc;
}

static int copy_run(struct merge *merge, const struct rg_store_run *run)
{
	int rc = copy_file(merge, run->id, RUN_PROFILE_SUFFIX);

	if (!rc)
		rc = copy_file(merge, run->id, RUN_MANIFEST_SUFFIX);
	if (rc)
		return rc;
	merge->result.runs++;
	merge->result.bytes += run->bytes;
	return 0;
}

/* As whole as what is stored must be: its manifest is that of this key and run, its bytes are those it is named by. */
static int check_run(struct merge *merge, const char *id, struct rg_store_run *run,
		     struct rg_err *reason)
{
	struct rg_buf bytes;
	int rc = gs_read_run(merge->from, merge->theirs.tree, &merge->key, id, run, reason);

	if (rc)
		return rc;
	rg_buf_init(&bytes, RUN_MAX_BYTES);
	rc = gs_read_profile(merge->from, merge->theirs.tree, run, &bytes, reason);
	rg_buf_done(&bytes);
	if (rc)
		rg_store_run_done(run);
	return rc;
}

static int merge_run(struct merge *merge, const char *name)
{
	struct rg_store_run run = {0};
	struct rg_err reason = {0};
	char id[RG_STORE_ID_MAX];
	int rc;

	run_file_id(id, name);
	if (gs_find_whole(merge->to, merge->ours.tree, &merge->key, id, RUN_MAX_BYTES, &run)) {
		rg_store_run_done(&run);
		return 0;
	}
	rc = check_run(merge, id, &run, &reason);
	if (rc == RG_ENOMEM)
		return rg_err_nomem(merge->err, "store");
	if (rc)
		return damaged(merge, name, reason.text);
	rc = copy_run(merge, &run);
	rg_store_run_done(&run);
	return rc;
}

static int merge_entry(struct merge *merge, const char *name)
{
	if (strlen(name) >= RG_STORE_ID_MAX && run_file_is(name, RUN_MANIFEST_SUFFIX))
		return merge_run(merge, name);
	if (strlen(name) < RG_STORE_ID_MAX || !run_file_is(name, RUN_PROFILE_SUFFIX))
		return damaged(merge, name, "does not belong here");
	return gs_has_manifest(merge->theirs.tree, name) ? 0
							 : damaged(merge, name, "has no manifest");
}

static int merge_entries(struct merge *merge)
{
	const size_t count = git_tree_entrycount(merge->theirs.tree);
	int rc = 0;

	for (size_t i = 0; !rc && i < count; i++)
		rc = merge_entry(
			merge, git_tree_entry_name(git_tree_entry_byindex(merge->theirs.tree, i)));
	return rc;
}

/* --- The reference -------------------------------------------------------------------------- */

/* One with a history would keep removed runs alive. 1: make one of our own. */
static int adopt_commit(struct merge *merge, git_oid *id)
{
	git_odb_object *object = NULL;
	git_commit *commit = NULL;
	int rc;

	if (git_commit_lookup(&commit, merge->from->repo, &merge->theirs.commit))
		return 1;
	rc = git_commit_parentcount(commit) > 0;
	git_commit_free(commit);
	if (rc || git_odb_read(&object, merge->from->odb, &merge->theirs.commit))
		return 1;
	rc = git_odb_object_size(object) > SMALL_MAX_BYTES
		     ? 1
		     : gs_write_object(merge->to, git_odb_object_data(object),
				       git_odb_object_size(object), GIT_OBJECT_COMMIT, id,
				       merge->err);
	git_odb_object_free(object);
	return rc;
}

/* Theirs where it says the same: then neither has anything to send to the other. */
static int write_commit(struct merge *merge, const git_oid *tree, git_oid *id)
{
	int rc = git_oid_equal(tree, git_tree_id(merge->theirs.tree)) ? adopt_commit(merge, id) : 1;

	return rc == 1 ? gs_write_commit(merge->to, tree, merge->ref, id, merge->err) : rc;
}

/* 1: the reference was changed meanwhile. */
static int swap(struct merge *merge)
{
	git_oid tree, commit;
	int rc;

	if (gs_write_tree(merge->to, merge->builder, &tree))
		return fail(merge, "write a tree for");
	rc = write_commit(merge, &tree, &commit);
	if (rc || (merge->ours.exists && git_oid_equal(&commit, &merge->ours.commit)))
		return rc;
	rc = gs_sync_objects(merge->to, merge->err);
	return rc ? rc : gs_swap(merge->to, merge->ref, &merge->ours, &commit, merge->err);
}

static bool same_tree(const struct merge *merge)
{
	return merge->ours.exists &&
	       git_oid_equal(git_tree_id(merge->ours.tree), git_tree_id(merge->theirs.tree));
}

static int merge_trees(struct merge *merge)
{
	int rc;

	if (git_treebuilder_new(&merge->builder, merge->to->repo, merge->ours.tree))
		return fail(merge, "write a tree for");
	rc = merge_entries(merge);
	if (!rc && (merge->result.runs || same_tree(merge)))
		rc = swap(merge);
	git_treebuilder_free(merge->builder);
	return rc;
}

static int try_merge(struct merge *merge)
{
	struct rg_err reason = {0};
	int rc = gs_state_read(merge->to, merge->ref, &merge->ours, &reason);

	/* Writing a new tree would lose the runs that this one may still name. */
	if (rc)
		return gs_refuse(merge->to->store, "add runs to", merge->ref, rc, reason.text,
				 merge->err);
	rc = merge_trees(merge);
	gs_state_done(&merge->ours);
	return rc;
}

static int add_result(struct rg_remote_result *to, struct rg_remote_result *from)
{
	to->runs += from->runs;
	to->bytes += from->bytes;
	to->refs += from->runs > 0;
	to->damaged += from->damaged;
	if (!to->first_damaged) {
		to->first_damaged = from->first_damaged;
		from->first_damaged = NULL;
	}
	rg_remote_result_done(from);
	return 0;
}

static int merge_state(struct merge *merge, struct rg_remote_result *result)
{
	for (int i = 0; i < SWAP_TRIES; i++) {
		int rc = try_merge(merge);

		if (!rc)
			return add_result(result, &merge->result);
		rg_remote_result_done(&merge->result);
		if (rc < 0)
			return rc;
	}
	return gs_refuse(merge->to->store, "add runs to", merge->ref, RG_EIO,
			 "other writers are always faster", merge->err);
}

int gs_merge(const struct gs_session *to, const struct gs_session *from, const char *ref,
	     const struct gs_parts *parts, struct rg_remote_result *result, struct rg_err *err)
{
	struct merge merge = {
		.to = to,
		.from = from,
		.ref = ref,
		.key = {parts->part[0], parts->part[1], parts->part[2]},
		.err = err,
	};
	struct rg_err reason = {0};
	int rc = gs_state_read(from, ref, &merge.theirs, &reason);

	if (rc == RG_ENOMEM)
		return rg_err_nomem(err, "store");
	if (rc) {
		rc = damaged(&merge, "", reason.text);
		return rc ? rc : add_result(result, &merge.result);
	}
	rc = merge.theirs.exists ? merge_state(&merge, result) : 0;
	gs_state_done(&merge.theirs);
	return rc;
}
