/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "rg/err.h"

static int refuse(const struct gs_store *store, const char *ref, const struct rg_store_run *run,
		  int code, const char *reason, struct rg_err *err)
{
	char name[RUN_FILE_MAX], object[GS_OBJECT_TEXT];

	run_file_name(name, run->id, RUN_PROFILE_SUFFIX);
	return gs_refuse(store, "read", gs_object_text(object, ref, name), code, reason, err);
}

/* Returns 1 when it failed and the reference has changed since. */
static int try_get(const struct gs_session *session, const char *ref,
		   const struct rg_store_run *run, struct rg_buf *out, struct rg_err *err)
{
	struct rg_err reason = {0};
	struct gs_state state = {0};
	int rc = gs_state_read(session, ref, &state, &reason);

	if (!rc && !state.exists)
		rc = rg_err_set(&reason, RG_ENOTFOUND, "there is no such run");
	else if (!rc)
		rc = gs_read_profile(session, state.tree, run, out, &reason);
	if (rc && state.exists && gs_state_changed(session, ref, &state))
		rc = 1;
	gs_state_done(&state);
	return rc < 0 ? refuse(session->store, ref, run, rc, reason.text, err) : rc;
}

static int get(const struct gs_session *session, const char *ref, const struct rg_store_run *run,
	       struct rg_buf *out, struct rg_err *err)
{
	/* More swaps than this while a run is read are no chance. */
	enum { READ_TRIES = 100 };

	for (int i = 0; i < READ_TRIES; i++) {
		int rc = try_get(session, ref, run, out, err);

		if (rc <= 0)
			return rc;
	}
	return refuse(session->store, ref, run, RG_EIO, "it changes all the time", err);
}

int gs_get(void *impl, const struct rg_store_run *run, struct rg_buf *out, struct rg_err *err)
{
	const struct rg_store_key key = {run->scenario, run->version, run->arch};
	struct gs_session session;
	char ref[GS_REF_MAX];
	int rc = gs_ref_name(&key, ref, err);

	if (rc)
		return rc;
	rc = gs_session_read(&session, impl, err);
	if (!rc && !session.repo)
		rc = refuse(impl, ref, run, RG_ENOTFOUND, "the store is empty", err);
	else if (!rc)
		rc = get(&session, ref, run, out, err);
	gs_session_end(&session);
	return rc;
}
