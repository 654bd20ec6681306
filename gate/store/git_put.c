/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "manifest.h"

#include "rg/buf.h"
#include "rg/err.h"

/* One put at work. */
struct put {
	struct gs_session session;
	const struct rg_store_key *key;
	char ref[GS_REF_MAX];
	struct rg_store_run run; /* what is to be stored */
	const void *bytes;
	struct gs_state state; /* of the reference as it was read */
};

/* Other writers come between only where the file system has no locks, and git programs. */
enum { SWAP_TRIES = 100 };

static int write_blobs(const struct put *put, git_oid *profile, git_oid *manifest,
		       struct rg_err *err)
{
	struct rg_buf text;
	int rc = gs_write_blob(&put->session, put->bytes, put->run.bytes, profile, err);

	if (rc)
		return rc;
	rg_buf_init(&text, MANIFEST_MAX_BYTES);
	rc = manifest_write(&put->run, &text, err);
	if (!rc)
		rc = gs_write_blob(&put->session, text.data, text.len, manifest, err);
	rg_buf_done(&text);
	return rc;
}

static int insert(git_treebuilder *builder, const char *id, const char *suffix, const git_oid *blob)
{
	char name[RUN_FILE_MAX];

	run_file_name(name, id, suffix);
	return git_treebuilder_insert(NULL, builder, name, blob, GIT_FILEMODE_BLOB);
}

/* The tree as it was read, with the run in it. */
static int write_tree(const struct put *put, git_oid *tree, struct rg_err *err)
{
	git_treebuilder *builder = NULL;
	git_oid profile, manifest;
	int rc = write_blobs(put, &profile, &manifest, err);

	if (rc)
		return rc;
	rc = git_treebuilder_new(&builder, put->session.repo, put->state.tree);
	if (!rc)
		rc = insert(builder, put->run.id, RUN_PROFILE_SUFFIX, &profile);
	if (!rc)
		rc = insert(builder, put->run.id, RUN_MANIFEST_SUFFIX, &manifest);
	if (!rc)
		rc = gs_write_tree(&put->session, builder, tree);
	git_treebuilder_free(builder);
	return rc ? gs_fail(put->session.store, "write a tree for", put->ref, err) : 0;
}

static int write_run(const struct put *put, struct rg_err *err)
{
	git_oid tree, commit;
	int rc = write_tree(put, &tree, err);

	if (!rc)
		rc = gs_write_commit(&put->session, &tree, put->ref, &commit, err);
	if (!rc)
		rc = gs_sync_objects(&put->session, err);
	return rc ? rc : gs_swap(&put->session, put->ref, &put->state, &commit, err);
}

/* Returns 1 when the reference was changed meanwhile. */
static int try_put(struct put *put, bool *created, struct rg_err *err)
{
	struct rg_store_run found = {0};
	struct rg_err reason = {0};
	int rc = gs_state_read(&put->session, put->ref, &put->state, &reason);

	/* Writing a new tree would lose the runs that this one may still name. */
	if (rc)
		return gs_refuse(put->session.store, "add a run to", put->ref, rc, reason.text,
				 err);
	if (gs_find_whole(&put->session, put->state.tree, put->key, put->run.id, put->run.bytes,
			  &found)) {
		rg_store_run_done(&put->run);
		put->run = found;
		*created = false;
		return 0;
	}
	rc = write_run(put, err);
	if (!rc)
		*created = true;
	return rc;
}

static int put_run(struct put *put, bool *created, struct rg_err *err)
{
	for (int i = 0; i < SWAP_TRIES; i++) {
		int rc = try_put(put, created, err);

		gs_state_done(&put->state);
		if (rc <= 0)
			return rc;
	}
	return gs_refuse(put->session.store, "add a run to", put->ref, RG_EIO,
			 "other writers are always faster", err);
}

int gs_put(void *impl, const struct rg_store_key *key, const char *label, const void *bytes,
	   size_t len, struct rg_store_run *run, bool *created, struct rg_err *err)
{
	struct put put = {.key = key, .bytes = bytes};
	int rc = gs_ref_name(key, put.ref, err);

	if (!rc)
		rc = run_make(key, label, bytes, len, &put.run, err);
	if (rc)
		return rc;
	rc = gs_session_write(&put.session, impl, true, err);
	if (!rc)
		rc = put_run(&put, created, err);
	gs_session_end(&put.session);
	if (rc) {
		rg_store_run_done(&put.run);
		return rc;
	}
	*run = put.run;
	return 0;
}
