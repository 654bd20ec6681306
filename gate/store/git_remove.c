/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "rg/err.h"

/* As in git_put.c. */
enum { SWAP_TRIES = 100 };

static int refuse(const struct gs_store *store, const char *ref, const struct rg_store_run *run,
		  int code, const char *reason, struct rg_err *err)
{
	char name[RUN_FILE_MAX], object[GS_OBJECT_TEXT];

	run_file_name(name, run->id, RUN_MANIFEST_SUFFIX);
	return gs_refuse(store, "remove", gs_object_text(object, ref, name), code, reason, err);
}

/* Takes a file of the run out when it is there. Returns whether it was, or an error of libgit2. */
static int take_out(git_treebuilder *builder, const char *id, const char *suffix)
{
	char name[RUN_FILE_MAX];
	int rc;

	run_file_name(name, id, suffix);
	if (!git_treebuilder_get(builder, name))
		return 0;
	rc = git_treebuilder_remove(builder, name);
	return rc ? rc : 1;
}

/* *left is how many files remain; *found whether there were any of the run. */
static int write_rest(const struct gs_session *session, const git_tree *tree, const char *id,
		      git_oid *rest, size_t *left, bool *found)
{
	git_treebuilder *builder = NULL;
	int manifest = 0, profile = 0;
	int rc = git_treebuilder_new(&builder, session->repo, tree);

	if (!rc)
		manifest = take_out(builder, id, RUN_MANIFEST_SUFFIX);
	if (!rc)
		profile = take_out(builder, id, RUN_PROFILE_SUFFIX);
	if (!rc && (manifest < 0 || profile < 0))
		rc = -1;
	*left = rc ? 0 : git_treebuilder_entrycount(builder);
	*found = manifest > 0 || profile > 0;
	if (!rc && *left)
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
static int remove_from(const struct gs_session *session, const char *ref,
		       const struct gs_state *state, const struct rg_store_run *run,
		       struct rg_err *err)
{
	git_oid rest;
	size_t left;
	bool found;

	if (write_rest(session, state->tree, run->id, &rest, &left, &found))
		return gs_fail(session->store, "write a tree for", ref, err);
	if (!found)
		return refuse(session->store, ref, run, RG_ENOTFOUND, "there is no such run", err);
	if (left)
		return swap_rest(session, ref, state, &rest, err);
	return gs_swap(session, ref, state, NULL, err);
}

static int try_remove(const struct gs_session *session, const char *ref,
		      const struct rg_store_run *run, struct rg_err *err)
{
	struct rg_err reason = {0};
	struct gs_state state = {0};
	int rc = gs_state_read(session, ref, &state, &reason);

	if (!rc && !state.exists)
		rc = rg_err_set(&reason, RG_ENOTFOUND, "there is no such run");
	if (rc)
		return refuse(session->store, ref, run, rc, reason.text, err);
	rc = remove_from(session, ref, &state, run, err);
	gs_state_done(&state);
	return rc;
}

static int remove_run(const struct gs_session *session, const char *ref,
		      const struct rg_store_run *run, struct rg_err *err)
{
	for (int i = 0; i < SWAP_TRIES; i++) {
		int rc = try_remove(session, ref, run, err);

		if (rc <= 0)
			return rc;
	}
	return refuse(session->store, ref, run, RG_EIO, "other writers are always faster", err);
}

int gs_remove(void *impl, const struct rg_store_run *run, struct rg_err *err)
{
	const struct rg_store_key key = {run->scenario, run->version, run->arch};
	struct gs_session session;
	char ref[GS_REF_MAX];
	int rc = gs_ref_name(&key, ref, err);

	if (rc)
		return rc;
	rc = gs_session_write(&session, impl, false, err);
	if (!rc && !session.repo)
		rc = refuse(impl, ref, run, RG_ENOTFOUND, "the store is empty", err);
	else if (!rc)
		rc = remove_run(&session, ref, run, err);
	gs_session_end(&session);
	return rc;
}
