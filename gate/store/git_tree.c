/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "manifest.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <inttypes.h>

/* More swaps than this while one reference is read are no chance. */
enum { READ_TRIES = 100 };

/* A million runs' tree has 200 bytes for each. */
enum { COMMIT_MAX_BYTES = 1 << 16, TREE_MAX_BYTES = 1 << 28 };

static int fail(struct rg_err *err)
{
	int code;
	const char *reason = gs_reason(&code);

	return rg_err_set(err, code, "%s", reason);
}

static int read_tree(const struct gs_session *session, const git_commit *commit, git_tree **tree,
		     struct rg_err *err)
{
	int rc = gs_check_object(session, git_commit_tree_id(commit), TREE_MAX_BYTES, err);

	if (rc)
		return rc;
	return git_commit_tree(tree, commit) ? fail(err) : 0;
}

static int read_once(const struct gs_session *session, const char *ref, struct gs_state *state,
		     struct rg_err *err)
{
	git_commit *commit = NULL;
	int rc = git_reference_name_to_id(&state->commit, session->repo, ref);

	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc)
		return fail(err);
	state->exists = true;
	rc = gs_check_object(session, &state->commit, COMMIT_MAX_BYTES, err);
	if (rc)
		return rc;
	if (git_commit_lookup(&commit, session->repo, &state->commit))
		return fail(err);
	rc = read_tree(session, commit, &state->tree, err);
	git_commit_free(commit);
	return rc;
}

bool gs_state_changed(const struct gs_session *session, const char *ref,
		      const struct gs_state *state)
{
	git_oid now;
	int rc = git_reference_name_to_id(&now, session->repo, ref);

	if (rc)
		return rc == GIT_ENOTFOUND && state->exists;
	return !state->exists || !git_oid_equal(&now, &state->commit);
}

int gs_state_read(const struct gs_session *session, const char *ref, struct gs_state *state,
		  struct rg_err *err)
{
	for (int i = 0; i < READ_TRIES; i++) {
		struct rg_err failure = {0};
		struct gs_state read = {0};

		if (!read_once(session, ref, &read, &failure)) {
			*state = read;
			return 0;
		}
		/* What another process no longer needs may be swept already. */
		if (!read.exists || !gs_state_changed(session, ref, &read))
			return rg_err_set(err, failure.code, "%s", failure.text);
	}
	return rg_err_set(err, RG_EIO, "it changes all the time");
}

void gs_state_done(struct gs_state *state)
{
	git_tree_free(state->tree);
	*state = (struct gs_state){0};
}

/* The blob of a name in the tree and its size. RG_ENOTFOUND when the tree has no such name. */
static int find_blob(const struct gs_session *session, const git_tree *tree, const char *id,
		     const char *suffix, const git_oid **blob, size_t *size, struct rg_err *err)
{
	const git_tree_entry *entry;
	git_object_t type = GIT_OBJECT_INVALID;
	char name[RUN_FILE_MAX];

	run_file_name(name, id, suffix);
	entry = git_tree_entry_byname(tree, name);
	if (!entry)
		return rg_err_set(err, RG_ENOTFOUND, "it is not there");
	*blob = git_tree_entry_id(entry);
	if (git_odb_read_header(size, &type, session->odb, *blob))
		return fail(err);
	if (type != GIT_OBJECT_BLOB)
		return rg_err_set(err, RG_EFORMAT, "is not a file");
	return 0;
}

/* A blob of at most max_bytes. */
static int read_blob(const struct gs_session *session, const git_oid *blob, size_t size,
		     size_t max_bytes, git_odb_object **out, struct rg_err *err)
{
	int rc;

	if (size > max_bytes)
		return rg_err_set(err, RG_ELIMIT, "is larger than what may be read");
	rc = gs_check_object(session, blob, max_bytes, err);
	if (rc)
		return rc;
	return git_odb_read(out, session->odb, blob) ? fail(err) : 0;
}

static int read_manifest(const struct gs_session *session, const git_tree *tree, const char *id,
			 struct rg_store_run *run, struct rg_err *err)
{
	const git_oid *blob = NULL;
	git_odb_object *object = NULL;
	size_t size = 0;
	int rc = find_blob(session, tree, id, RUN_MANIFEST_SUFFIX, &blob, &size, err);

	if (!rc)
		rc = read_blob(session, blob, size, MANIFEST_MAX_BYTES, &object, err);
	if (rc)
		return rc;
	rc = manifest_read(git_odb_object_data(object), git_odb_object_size(object), run, err);
	git_odb_object_free(object);
	return rc;
}

static int check_profile(const struct gs_session *session, const git_tree *tree,
			 const struct rg_store_run *run, struct rg_err *err)
{
	struct rg_err reason = {0};
	const git_oid *blob = NULL;
	size_t size = 0;
	int rc = find_blob(session, tree, run->id, RUN_PROFILE_SUFFIX, &blob, &size, &reason);

	if (rc == RG_ENOMEM)
		return rg_err_nomem(err, "store");
	if (rc)
		return rg_err_set(err, RG_EFORMAT, "its profile cannot be read: %.500s",
				  reason.text);
	if (size != run->bytes)
		return rg_err_set(err, RG_EFORMAT,
				  "its profile has %zu bytes where the manifest says %" PRIu64,
				  size, run->bytes);
	return 0;
}

int gs_read_run(const struct gs_session *session, const git_tree *tree,
		const struct rg_store_key *key, const char *id, struct rg_store_run *run,
		struct rg_err *err)
{
	struct rg_store_run found = {0};
	int rc = read_manifest(session, tree, id, &found, err);

	if (rc)
		return rc;
	rc = run_check_place(&found, key, id, err);
	if (!rc)
		rc = check_profile(session, tree, &found, err);
	if (rc) {
		rg_store_run_done(&found);
		return rc;
	}
	*run = found;
	return 0;
}

int gs_read_profile(const struct gs_session *session, const git_tree *tree,
		    const struct rg_store_run *run, struct rg_buf *out, struct rg_err *err)
{
	const git_oid *blob = NULL;
	git_odb_object *object = NULL;
	size_t size = 0;
	int rc = find_blob(session, tree, run->id, RUN_PROFILE_SUFFIX, &blob, &size, err);

	if (!rc)
		rc = read_blob(session, blob, size, out->max - out->len, &object, err);
	if (rc)
		return rc;
	rc = run_check_bytes(run, git_odb_object_data(object), git_odb_object_size(object), err);
	if (!rc) {
		rg_buf_add(out, git_odb_object_data(object), git_odb_object_size(object));
		if (out->failed)
			rc = rg_err_set(err, out->failed, "does not fit");
	}
	git_odb_object_free(object);
	return rc;
}

bool gs_find_whole(const struct gs_session *session, const git_tree *tree,
		   const struct rg_store_key *key, const char *id, size_t max_bytes,
		   struct rg_store_run *found)
{
	struct rg_store_run run = {0};
	struct rg_buf bytes;
	int rc;

	if (!tree || gs_read_run(session, tree, key, id, &run, NULL))
		return false;
	rg_buf_init(&bytes, max_bytes);
	rc = gs_read_profile(session, tree, &run, &bytes, NULL);
	rg_buf_done(&bytes);
	if (rc) {
		rg_store_run_done(&run);
		return false;
	}
	*found = run;
	return true;
}

bool gs_has_manifest(const git_tree *tree, const char *profile)
{
	char id[RG_STORE_ID_MAX], name[RUN_FILE_MAX];

	run_file_id(id, profile);
	run_file_name(name, id, RUN_MANIFEST_SUFFIX);
	return git_tree_entry_byname(tree, name) != NULL;
}
