/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_exchange.h"

#include "rg/err.h"
#include "rg/units.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/*
 * In each round at least one of several writers is through. A refusal that leaves the reference as it was is another
 * writer's lock, or stays: so it is tried a few times.
 */
enum { ROUNDS_MAX = 100, REFUSALS_MAX = 4, FIRST_NAP_MS = 50, NAP_MAX_MS = 1600 };

struct push {
	struct gs_exchange exchange;
	struct gs_wire_refs ours; /* that are to be there */
	size_t runs;              /* in them */
	unsigned int refusals;
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

static bool says(const char *reason, const char *const *words)
{
	for (; *words; words++) {
		if (strcasestr(reason, *words))
			return true;
	}
	return false;
}

/* What no other try would change: a hook's or a rule's word. */
static bool is_final(const char *reason)
{
	static const char *const words[] = {"hook declined", "protected",    "prohibited",
					    "denied",        "not allowed",  "permission",
					    "deny",          "non-fast-forward", NULL};

	return says(reason, words);
}

static int refuse(const struct push *push, const struct gs_wire_ref *ref)
{
	static const char *const ff[] = {"non-fast-forward", NULL};
	char reason[GS_SECRET_MAX];

	strncpy(reason, ref->reason ? ref->reason : "", sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	gs_secret_hide(&push->exchange.wire.secret, reason);
	return rg_err_set(push->err, RG_EPRIVILEGE,
			  "remote: push to '%.300s': it refuses '%.200s': %.300s%s",
			  push->exchange.wire.url.plain, ref->name, reason,
			  says(reason, ff) ? " (receive.denyNonFastForwards must be off there)"
					   : "");
}

/* 1: not all of it is there yet. */
static int judge(struct push *push, const struct gs_wire_ref *refs, size_t count,
		 struct rg_remote_result *result)
{
	const struct gs_wire_ref *refused = NULL;
	int rc = 0;

	for (size_t i = 0; i < count; i++) {
		result->refs += refs[i].state == GS_WIRE_DONE;
		if (refs[i].state != GS_WIRE_DONE)
			rc = 1;
		if (refs[i].state == GS_WIRE_REFUSED)
			refused = &refs[i];
	}
	if (!refused)
		return rc;
	push->refusals++;
	if (push->refusals >= REFUSALS_MAX || is_final(refused->reason ? refused->reason : ""))
		return refuse(push, refused);
	return 1;
}

static int push_ours(struct push *push, struct rg_remote_result *result)
{
	int again = 0;

	for (size_t at = 0; at < push->ours.count; at += GS_WIRE_PUSH_MAX) {
		const size_t left = push->ours.count - at;
		const size_t count = left < GS_WIRE_PUSH_MAX ? left : GS_WIRE_PUSH_MAX;
		struct gs_wire_ref *refs = push->ours.ref + at;
		int rc = gs_wire_push(&push->exchange.wire, push->exchange.store, refs, count,
				      push->err);

		if (!rc)
			rc = judge(push, refs, count, result);
		if (rc < 0)
			return rc;
		again |= rc;
	}
	return again;
}

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
		rc = push_ours(push, result);
	if (!rc)
		result->runs += push->runs;
	return rc;
}

/* Writers that were at it together do not come back together. */
static void nap(unsigned int round)
{
	const unsigned int longest = round < 5 ? FIRST_NAP_MS << round : NAP_MAX_MS;
	struct timespec nap = {0};
	unsigned int random = 0;
	uint64_t ns;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = longest / 2;
	ns = (random % longest + 1) * RG_NS_PER_MS;
	nap.tv_sec = (time_t)(ns / RG_NS_PER_S);
	nap.tv_nsec = (long)(ns % RG_NS_PER_S);
	nanosleep(&nap, NULL);
}

static int push_all(struct push *push, struct rg_remote_result *result)
{
	for (unsigned int round = 0; round < ROUNDS_MAX; round++) {
		int rc = push_once(push, result);

		if (rc <= 0)
			return rc;
		nap(round);
	}
	return rg_err_set(push->err, RG_EIO,
			  "remote: push to '%.300s': other writers are always faster",
			  push->exchange.wire.url.plain);
}

int gs_push(void *impl, const struct rg_remote *remote, const struct rg_store_key *key,
	    struct rg_remote_result *result, struct rg_err *err)
{
	struct rg_remote_result pushed = {0};
	struct push push = {.err = err};
	int rc = gs_exchange_begin(&push.exchange, impl, remote, key, err);

	if (!rc)
		rc = push_all(&push, &pushed);
	gs_wire_refs_done(&push.ours);
	gs_exchange_end(&push.exchange);
	if (!rc)
		*result = pushed;
	return rc;
}
