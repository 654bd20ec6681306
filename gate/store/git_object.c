/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "folder.h"
#include "oserr.h"

#include "rg/err.h"
#include "rg/units.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * By the stream: git_odb_write() goes on after a write that failed, and has forgotten the reason
 * when it reports it. *error is the errno where it is known, else 0.
 */
static int write_stream(git_odb *odb, const void *bytes, size_t len, git_object_t type, git_oid *id,
			int *error)
{
	git_odb_stream *stream = NULL;
	int rc = git_odb_open_wstream(&stream, odb, len, type);

	*error = 0;
	if (rc)
		return rc;
	git_error_clear();
	errno = 0;
	rc = git_odb_stream_write(stream, bytes, len);
	*error = rc && !git_error_last() ? errno : 0;
	if (!rc)
		rc = git_odb_stream_finalize_write(id, stream);
	git_odb_stream_free(stream);
	return rc;
}

int gs_write_object(const struct gs_session *session, const void *bytes, size_t len,
		    git_object_t type, git_oid *id, struct rg_err *err)
{
	const struct gs_store *store = session->store;
	int error = 0;
	int rc = git_odb_hash(id, bytes, len, type);

	if (!rc) {
		gs_drop_damaged(session, id);
		rc = write_stream(session->odb, bytes, len, type, id, &error);
	}
	if (error)
		return os_fail(err, error, "store: write an object in", store->path);
	return rc ? gs_fail(store, "write", "object", err) : 0;
}

int gs_write_blob(const struct gs_session *session, const void *bytes, size_t len, git_oid *id,
		  struct rg_err *err)
{
	return gs_write_object(session, bytes, len, GIT_OBJECT_BLOB, id, err);
}

/* libgit2 does not write what is there already, be it damaged. */
int gs_write_tree(const struct gs_session *session, git_treebuilder *builder, git_oid *id)
{
	int rc = git_treebuilder_write(id, builder);

	if (!rc && gs_drop_damaged(session, id))
		rc = git_treebuilder_write(id, builder);
	return rc;
}

static int create_commit(git_repository *repo, const git_oid *tree_id, const char *message,
			 git_oid *id)
{
	git_signature *author = NULL;
	git_tree *tree = NULL;
	const git_time_t now = (git_time_t)(run_now_ns() / RG_NS_PER_S);
	int rc = git_signature_new(&author, "regress-gate", "regress-gate@localhost", now, 0);

	if (!rc)
		rc = git_tree_lookup(&tree, repo, tree_id);
	if (!rc)
		rc = git_commit_create(id, repo, NULL, author, author, NULL, message, tree, 0,
				       NULL);
	git_tree_free(tree);
	git_signature_free(author);
	return rc;
}

int gs_write_commit(const struct gs_session *session, const git_oid *tree, const char *ref,
		    git_oid *id, struct rg_err *err)
{
	char message[GS_REF_MAX + 1];
	int rc;

	snprintf(message, sizeof(message), "%s\n", ref + strlen(GS_REFS));
	rc = create_commit(session->repo, tree, message, id);
	if (!rc && gs_drop_damaged(session, id))
		rc = create_commit(session->repo, tree, message, id);
	if (rc)
		return gs_fail(session->store, "write a commit for", ref, err);
	return 0;
}

int gs_sync_objects(const struct gs_session *session, struct rg_err *err)
{
	int fd = folder_open_at(session->root, "objects", false);
	int rc = fd < 0 ? fd : folder_sync(fd);

	if (fd >= 0)
		close(fd);
	return rc ? os_fail(err, -rc, "store: sync the objects of", session->store->path) : 0;
}
