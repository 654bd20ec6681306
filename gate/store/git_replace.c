/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_exchange.h"

#include "rg/err.h"
#include "rg/units.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

/*
 * In each round at least one of several writers is through. A refusal that leaves the reference as it was is another
 * writer's lock, or stays: so it is tried a few times.
 */
enum { ROUNDS_MAX = 100, REFUSALS_MAX = 8, FIRST_NAP_MS = 50, NAP_MAX_MS = 1600 };

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
	static const char *const words[] = {"hook declined", "protected",        "prohibited",
					    "denied",        "not allowed",      "permission",
					    "deny",          "non-fast-forward", NULL};

	return says(reason, words);
}

static int refuse(const struct gs_exchange *exchange, const struct gs_wire_ref *ref)
{
	static const char *const fast_forward[] = {"non-fast-forward", NULL};
	char reason[GS_WIRE_REASON_MAX];

	memcpy(reason, ref->reason, sizeof(reason));
	gs_secret_hide(&exchange->wire.secret, reason);
	return rg_err_set(exchange->err, RG_EPRIVILEGE,
			  "remote: push to '%.300s': it refuses '%.200s': %.300s%s",
			  exchange->wire.url.plain, ref->name, reason,
			  says(reason, fast_forward)
				  ? " (receive.denyNonFastForwards must be off there)"
				  : "");
}

/* 1: not all of it is there yet. */
static int judge(const struct gs_exchange *exchange, struct gs_replacing *replacing,
		 const struct gs_wire_ref *refs, size_t count, struct rg_remote_result *result)
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
	replacing->refusals =
		git_oid_equal(&replacing->refused, &refused->there) ? replacing->refusals + 1 : 1;
	replacing->refused = refused->there;
	if (replacing->refusals >= REFUSALS_MAX || is_final(refused->reason))
		return refuse(exchange, refused);
	return 1;
}

/* Writers that were at it together do not come back together. */
static void nap(unsigned int round)
{
	const unsigned int longest = round < 5 ? (unsigned int)FIRST_NAP_MS << round : NAP_MAX_MS;
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

int gs_look_again(const struct gs_exchange *exchange, struct gs_replacing *replacing)
{
	if (replacing->rounds++ >= ROUNDS_MAX)
		return rg_err_set(exchange->err, RG_EIO,
				  "remote: push to '%.300s': other writers are always faster",
				  exchange->wire.url.plain);
	nap(replacing->rounds);
	return 1;
}

int gs_replace(struct gs_exchange *exchange, const struct gs_store *from, struct gs_wire_refs *refs,
	       struct gs_replacing *replacing, struct rg_remote_result *result)
{
	int again = 0;

	for (size_t at = 0; at < refs->count; at += GS_WIRE_PUSH_MAX) {
		const size_t left = refs->count - at;
		const size_t count = left < GS_WIRE_PUSH_MAX ? left : GS_WIRE_PUSH_MAX;
		int rc = gs_wire_push(&exchange->wire, from, refs->ref + at, count, exchange->err);

		if (!rc)
			rc = judge(exchange, replacing, refs->ref + at, count, result);
		if (rc < 0)
			return rc;
		again |= rc;
	}
	return again ? gs_look_again(exchange, replacing) : 0;
}
