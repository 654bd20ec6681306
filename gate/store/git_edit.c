/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_exchange.h"
#include "git_incoming.h"

#include "rg/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is done to the copy. */
struct edit {
	struct gs_exchange exchange;
	struct gs_replacing replacing;
	int (*edit)(void *ctx, struct rg_store *copy, struct rg_err *err);
	void *ctx;
	struct rg_err *err;
};

static int edit_copy(const struct edit *edit, const struct gs_store *incoming)
{
	struct rg_store *copy = NULL;
	char *spec = NULL;
	int rc;

	if (asprintf(&spec, "git:%s", incoming->path) < 0)
		return rg_err_nomem(edit->err, "store");
	rc = rg_store_open(spec, &copy, edit->err);
	free(spec);
	if (!rc)
		rc = edit->edit(edit->ctx, copy, edit->err);
	rg_store_close(copy);
	return rc;
}

/* The references that are no longer what was fetched. */
static int collect_changes(const struct edit *edit, const struct gs_store *incoming,
			   struct gs_wire_refs *changes)
{
	const struct gs_wire_refs *theirs = &edit->exchange.theirs;
	struct gs_session session;
	int rc = gs_session_read(&session, incoming, edit->err);

	for (size_t i = 0; !rc && i < theirs->count; i++) {
		const struct gs_wire_ref *ref = &theirs->ref[i];
		git_oid now;
		int found = git_reference_name_to_id(&now, session.repo, ref->name);

		if (found && found != GIT_ENOTFOUND)
			rc = gs_fail(incoming, "read", ref->name, edit->err);
		else if (found || !git_oid_equal(&now, &ref->there)) {
			rc = gs_wire_refs_add(changes, ref->name, &ref->there, edit->err);
			if (!rc)
				changes->ref[changes->count - 1].remove = found != 0;
		}
	}
	gs_session_end(&session);
	return rc;
}

static int edit_fetched(struct edit *edit, const struct gs_store *incoming,
			struct rg_remote_result *result)
{
	struct gs_exchange *exchange = &edit->exchange;
	struct gs_wire_refs changes = {0};
	int rc = gs_wire_fetch(&exchange->wire, incoming, &exchange->theirs, edit->err);

	if (rc == 1)
		return gs_look_again(exchange, &edit->replacing);
	if (!rc)
		rc = edit_copy(edit, incoming);
	if (!rc)
		rc = collect_changes(edit, incoming, &changes);
	if (!rc)
		rc = gs_replace(exchange, incoming, &changes, &edit->replacing, result);
	gs_wire_refs_done(&changes);
	return rc;
}

/* What is not a store's is not looked at. */
static void drop_foreign(struct gs_wire_refs *refs)
{
	struct gs_parts parts = {0};
	size_t kept = 0;

	for (size_t i = 0; i < refs->count; i++) {
		if (!gs_ref_parse(refs->ref[i].name, &parts))
			refs->ref[kept++] = refs->ref[i];
	}
	refs->count = kept;
}

/* 1: not all of it is there yet. */
static int edit_once(struct edit *edit, struct rg_remote_result *result)
{
	struct gs_exchange *exchange = &edit->exchange;
	struct gs_incoming incoming = {0};
	int rc;

	gs_wire_refs_done(&exchange->theirs);
	rc = gs_wire_list(&exchange->wire, exchange->prefix, &exchange->theirs, edit->err);
	drop_foreign(&exchange->theirs);
	if (rc || !exchange->theirs.count)
		return rc;
	rc = gs_incoming_make(exchange->store, &incoming, edit->err);
	if (!rc)
		rc = edit_fetched(edit, &incoming.store, result);
	gs_incoming_done(exchange->store, &incoming);
	return rc;
}

int gs_edit(void *impl, const struct rg_remote *remote, const struct rg_store_key *key,
	    int (*edit)(void *ctx, struct rg_store *copy, struct rg_err *err), void *ctx,
	    struct rg_remote_result *result, struct rg_err *err)
{
	struct edit work = {.edit = edit, .ctx = ctx, .err = err};
	struct rg_remote_result changed = {0};
	int rc = gs_exchange_begin(&work.exchange, impl, remote, key, err);

	if (!rc) {
		do
			rc = edit_once(&work, &changed);
		while (rc == 1);
	}
	gs_exchange_end(&work.exchange);
	if (!rc)
		*result = changed;
	return rc;
}
