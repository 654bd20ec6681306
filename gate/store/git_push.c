/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_exchange.h"

#include "rg/err.h"

#include <string.h>

struct push {
	struct gs_exchange exchange;
	struct gs_wire_refs ours; /* that are to be there */
	size_t runs;              /* in them */
	struct gs_replacing replacing;
	struct rg_err *err;
};

/* --- What is to be pushed ------------------------------------------------------------------- */

struct collect {
	struct push *push;
	const struct gs_session *here;
};

static const git_oid *theirs(const struct push *push, const char *name)
{
	static const git_oid nothing;
	const struct gs_wire_refs *refs = &push->exchange.theirs;

	for (size_t i = 0; i < refs->count; i++) {
		if (!strcmp(refs->ref[i].name, name))
			return &refs->ref[i].there;
	}
	return &nothing;
}

static int visit(void *ctx, const char *ref, const struct gs_parts *parts)
{
	const struct collect *collect = ctx;
	struct push *push = collect->push;
	const git_oid *there = theirs(push, ref);
	struct rg_err reason = {0};
	struct gs_state state = {0};
	int rc = gs_state_read(collect->here, ref, &state, &reason);

	(void)parts;
	if (rc)
		return gs_refuse(push->exchange.store, "push", ref, rc, reason.text, push->err);
	if (state.exists && !git_oid_equal(&state.commit, there)) {
		rc = gs_wire_refs_add(&push->ours, ref, there, push->err);
		push->runs += git_tree_entrycount(state.tree) / 2;
	}
	gs_state_done(&state);
	return rc;
}

static int damaged(void *ctx, const char *text)
{
	const struct collect *collect = ctx;

	return rg_err_set(collect->push->err, RG_EFORMAT, "store: push: %.900s", text);
}

static int collect_ours(struct push *push)
{
	struct gs_session here;
	struct collect collect = {.push = push, .here = &here};
	const struct gs_refs_visitor visitor = {visit, damaged, &collect};
	struct rg_err failure = {0};
	int rc = gs_session_read(&here, push->exchange.store, &failure);

	if (rc && rc != RG_ENOTFOUND)
		rg_err_set(push->err, rc, "%s", failure.text);
	else
		rc = here.repo ? gs_refs_each(&here, &push->exchange.key, &visitor, push->err) : 0;
	gs_session_end(&here);
	return rc;
}

/* --- Pushing it ----------------------------------------------------------------------------- */

static int fail_damaged(const struct push *push, const struct rg_remote_result *found)
{
	return rg_err_set(push->err, RG_EFORMAT,
			  "remote: push to '%.300s': %zu entr%s there cannot be read, and would be "
			  "lost: %.500s",
			  push->exchange.wire.url.plain, found->damaged,
			  found->damaged == 1 ? "y" : "ies", found->first_damaged);
}

/* 1: not all of it is there yet. */
static int push_once(struct push *push, struct rg_remote_result *result)
{
	struct rg_remote_result found = {0};
	int rc = gs_exchange_fetch(&push->exchange, true, &found);

	if (!rc && found.damaged)
		rc = fail_damaged(push, &found);
	rg_remote_result_done(&found);
	gs_wire_refs_done(&push->ours);
	push->runs = 0;
	if (!rc)
		rc = collect_ours(push);
	if (!rc && push->ours.count)
		rc = gs_replace(&push->exchange, push->exchange.store, &push->ours,
				&push->replacing, result);
	if (!rc)
		result->runs += push->runs;
	return rc;
}

int gs_push(void *impl, const struct rg_remote *remote, const struct rg_store_key *key,
	    struct rg_remote_result *result, struct rg_err *err)
{
	struct rg_remote_result pushed = {0};
	struct push push = {.err = err};
	int rc = gs_exchange_begin(&push.exchange, impl, remote, key, err);

	if (!rc) {
		do
			rc = push_once(&push, &pushed);
		while (rc == 1);
	}
	gs_wire_refs_done(&push.ours);
	gs_exchange_end(&push.exchange);
	if (!rc)
		*result = pushed;
	return rc;
}
