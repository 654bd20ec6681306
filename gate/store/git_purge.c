/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As in git_put.c. */
enum { SWAP_TRIES = 100, RUN_MAX_BYTES = 256 << 20 };

struct purge {
	const struct gs_session *session;
	void (*purged)(void *ctx, const char *what);
	void *ctx;
	struct rg_err *err;
	/* The reference at work. */
	const char *ref;
	struct rg_store_key key;
	struct gs_state state;
};

static int fail(const struct purge *purge)
{
	return gs_fail(purge->session->store, "write a tree for", purge->ref, purge->err);
}

static void tell(const struct purge *purge, const char *name)
{
	char object[GS_OBJECT_TEXT];

	purge->purged(purge->ctx, gs_object_text(object, purge->ref, name));
}

/* --- A file of a tree ----------------------------------------------------------------------- */

/* Memory or descriptors that ran out say nothing of what is stored. */
static bool is_damage(int code)
{
	return code == RG_EFORMAT || code == RG_ELIMIT || code == RG_ENOTFOUND;
}

/* Both files of a run are as they should be; else what is_damage() says, or another failure. */
static int check_run(const struct purge *purge, const char *id, struct rg_err *reason)
{
	struct rg_store_run run = {0};
	struct rg_buf bytes;
	int rc = gs_read_run(purge->session, purge->state.tree, &purge->key, id, &run, reason);

	if (rc)
		return rc;
	rg_buf_init(&bytes, RUN_MAX_BYTES);
	rc = gs_read_profile(purge->session, purge->state.tree, &run, &bytes, reason);
	rg_buf_done(&bytes);
	rg_store_run_done(&run);
	return rc;
}

static int check_file(const struct purge *purge, const char *name, struct rg_err *reason)
{
	char id[RG_STORE_ID_MAX];

	if (strlen(name) < RG_STORE_ID_MAX)
		return RG_EFORMAT;
	if (!run_file_is(name, RUN_MANIFEST_SUFFIX) && !run_file_is(name, RUN_PROFILE_SUFFIX))
		return RG_EFORMAT;
	run_file_id(id, name);
	return check_run(purge, id, reason);
}

/* *bad is how many were taken out. */
static int take_out(const struct purge *purge, git_treebuilder *builder, size_t *bad)
{
	const size_t count = git_tree_entrycount(purge->state.tree);

	*bad = 0;
	for (size_t i = 0; i < count; i++) {
		const char *name =
			git_tree_entry_name(git_tree_entry_byindex(purge->state.tree, i));
		struct rg_err reason = {0};
		int rc = check_file(purge, name, &reason);

		if (!rc)
			continue;
		if (!is_damage(rc))
			return gs_refuse(purge->session->store, "read", purge->ref, rc, reason.text,
					 purge->err);
		if (git_treebuilder_remove(builder, name))
			return fail(purge);
		tell(purge, name);
		++*bad;
	}
	return 0;
}

/* --- A reference ---------------------------------------------------------------------------- */

static int swap(const struct purge *purge, git_treebuilder *builder)
{
	git_oid tree, commit;
	int rc;

	if (!git_treebuilder_entrycount(builder))
		return gs_swap(purge->session, purge->ref, &purge->state, NULL, purge->err);
	if (gs_write_tree(purge->session, builder, &tree))
		return fail(purge);
	rc = gs_write_commit(purge->session, &tree, purge->ref, &commit, purge->err);
	if (!rc)
		rc = gs_sync_objects(purge->session, purge->err);
	return rc ? rc : gs_swap(purge->session, purge->ref, &purge->state, &commit, purge->err);
}

static int purge_tree(const struct purge *purge)
{
	git_treebuilder *builder = NULL;
	size_t bad = 0;
	int rc;

	if (git_treebuilder_new(&builder, purge->session->repo, purge->state.tree))
		return fail(purge);
	rc = take_out(purge, builder, &bad);
	if (!rc && bad)
		rc = swap(purge, builder);
	git_treebuilder_free(builder);
	return rc;
}

/* Its commit cannot be read, or the file holds none: nothing can be had from it. */
static int purge_reference(const struct purge *purge)
{
	git_oid target;
	struct stat st;

	tell(purge, "");
	if (!git_reference_name_to_id(&target, purge->session->repo, purge->ref)) {
		const struct gs_state state = {.exists = true, .commit = target};

		return gs_swap(purge->session, purge->ref, &state, NULL, purge->err);
	}
	if (!fstatat(purge->session->root, purge->ref, &st, AT_SYMLINK_NOFOLLOW) &&
	    S_ISREG(st.st_mode) && !unlinkat(purge->session->root, purge->ref, 0))
		return 0;
	return gs_fail(purge->session->store, "remove", purge->ref, purge->err);
}

static int purge_once(struct purge *purge)
{
	struct rg_err reason = {0};
	int rc = gs_state_read(purge->session, purge->ref, &purge->state, &reason);

	if (is_damage(rc))
		return purge_reference(purge);
	if (rc)
		return gs_refuse(purge->session->store, "read", purge->ref, rc, reason.text,
				 purge->err);
	rc = purge->state.exists ? purge_tree(purge) : 0;
	gs_state_done(&purge->state);
	return rc;
}

static int visit(void *ctx, const char *ref, const struct gs_parts *parts)
{
	struct purge *purge = ctx;

	purge->ref = ref;
	purge->key = (struct rg_store_key){parts->part[0], parts->part[1], parts->part[2]};
	for (int i = 0; i < SWAP_TRIES; i++) {
		int rc = purge_once(purge);

		if (rc <= 0)
			return rc;
	}
	return gs_refuse(purge->session->store, "change", ref, RG_EIO,
			 "other writers are always faster", purge->err);
}

/* What is no reference of a store may be anybody's: it stays. */
static int leave(void *ctx, const char *text)
{
	(void)ctx;
	(void)text;
	return 0;
}

int gs_purge(void *impl, const struct rg_store_key *key,
	     void (*purged)(void *ctx, const char *what), void *ctx, struct rg_err *err)
{
	struct rg_err failure = {0};
	struct gs_session session;
	struct purge purge = {.session = &session, .purged = purged, .ctx = ctx, .err = err};
	const struct gs_refs_visitor visitor = {visit, leave, &purge};
	int rc = gs_session_write(&session, impl, false, &failure);

	if (rc && rc != RG_ENOTFOUND)
		rg_err_set(err, rc, "%s", failure.text);
	else
		rc = session.repo ? gs_refs_each(&session, key, &visitor, err) : 0;
	gs_session_end(&session);
	return rc;
}
