/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "rg/err.h"

/* As in git_put.c. */
enum { SWAP_TRIES = 100 };

/* Runs of one key that are to go. */
struct removal {
	const struct rg_store_run *runs;
	size_t count;
	char ref[GS_REF_MAX];
};

static int refuse(const struct gs_store *store, const struct removal *removal, int code,
		  const char *reason, struct rg_err *err)
{
	char name[RUN_FILE_MAX], object[GS_OBJECT_TEXT];

	run_file_name(name, removal->runs->id, RUN_MANIFEST_SUFFIX);
	return gs_refuse(store, "remove", gs_object_text(object, removal->ref, name), code, reason,
			 err);
}

/* Takes a file of the run out when it is there. Returns whether it was, or an error of libgit2. */
static int take_out_file(git_treebuilder *builder, const char *id, const char *suffix)
{
	char name[RUN_FILE_MAX];
	int rc;

	run_file_name(name, id, suffix);
	if (!git_treebuilder_get(builder, name))
		return 0;
	rc = git_treebuilder_remove(builder, name);
	return rc ? rc : 1;
}

/* *found is set when there were any files of the runs. */
static int take_out(git_treebuilder *builder, const struct removal *removal, bool *found)
{
	for (size_t i = 0; i < removal->count; i++) {
		const char *id = removal->runs[i].id;
		int manifest = take_out_file(builder, id, RUN_MANIFEST_SUFFIX);
		int profile = take_out_file(builder, id, RUN_PROFILE_SUFFIX);

		if (manifest < 0 || profile < 0)
			return -1;
		*found |= manifest > 0 || profile > 0;
	}
	return 0;
}

/* *left is how many files remain; *found whether there were any of the runs. */
static int write_rest(const struct gs_session *session, const git_tree *tree,
		      const struct removal *removal, git_oid *rest, size_t *left, bool *found)
{
	git_treebuilder *builder = NULL;
	int rc = git_treebuilder_new(&builder, session->repo, tree);

	*found = false;
	if (!rc)
		rc = take_out(builder, removal, found);
	*left = rc ? 0 : git_treebuilder_entrycount(builder);
	if (!rc && *left && *found)
		rc = gs_write_tree(session, builder, rest);
	git_treebuilder_free(builder);
	return rc;
}

static int swap_rest(const struct gs_session *session, const char *ref,
		     const struct gs_state *state, const git_oid *rest, struct rg_err *err)
{
	git_oid commit;
	int rc = gs_write_commit(session, rest, ref, &commit, err);

	if (!rc)
		rc = gs_sync_objects(session, err);
	return rc ? rc : gs_swap(session, ref, state, &commit, err);
}

/* Returns 1 when the reference was changed meanwhile. */
static int remove_from(const struct gs_session *session, const struct removal *removal,
		       const struct gs_state *state, struct rg_err *err)
{
	git_oid rest;
	size_t left;
	bool found;

	if (write_rest(session, state->tree, removal, &rest, &left, &found))
		return gs_fail(session->store, "write a tree for", removal->ref, err);
	if (!found)
		return refuse(session->store, removal, RG_ENOTFOUND, "there is no such run", err);
	if (left)
		return swap_rest(session, removal->ref, state, &rest, err);
	return gs_swap(session, removal->ref, state, NULL, err);
}

static int try_remove(const struct gs_session *session, const struct removal *removal,
		      struct rg_err *err)
{
	struct rg_err reason = {0};
	struct gs_state state = {0};
	int rc = gs_state_read(session, removal->ref, &state, &reason);

	if (!rc && !state.exists)
		rc = rg_err_set(&reason, RG_ENOTFOUND, "there is no such run");
	if (rc)
		return refuse(session->store, removal, rc, reason.text, err);
	rc = remove_from(session, removal, &state, err);
	gs_state_done(&state);
	return rc;
}

static int remove_runs(const struct gs_session *session, const struct removal *removal,
		       struct rg_err *err)
{
	for (int i = 0; i < SWAP_TRIES; i++) {
		int rc = try_remove(session, removal, err);

		if (rc <= 0)
			return rc;
	}
	return refuse(session->store, removal, RG_EIO, "other writers are always faster", err);
}

int gs_remove_all(void *impl, const struct rg_store_run *runs, size_t count, struct rg_err *err)
{
	const struct rg_store_key key = {runs->scenario, runs->version, runs->arch};
	struct removal removal = {.runs = runs, .count = count};
	struct gs_session session;
	int rc = gs_ref_name(&key, removal.ref, err);

	if (rc)
		return rc;
	rc = gs_session_write(&session, impl, false, err);
	if (!rc && !session.repo)
		rc = refuse(impl, &removal, RG_ENOTFOUND, "the store is empty", err);
	else if (!rc)
		rc = remove_runs(&session, &removal, err);
	gs_session_end(&session);
	return rc;
}

int gs_remove(void *impl, const struct rg_store_run *run, struct rg_err *err)
{
	return gs_remove_all(impl, run, 1, err);
}
