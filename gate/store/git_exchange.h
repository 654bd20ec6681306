/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GIT_EXCHANGE_H
#define GIT_EXCHANGE_H

#include "git.h"
#include "git_wire.h"

#include "rg/remote.h"

/* A fetch or push at work. */
struct gs_exchange {
	const struct gs_store *store;
	struct rg_store_key key; /* without an architecture */
	char prefix[GS_REF_MAX]; /* of the references it is about */
	int directory;           /* the store's, or where it will be */
	struct gs_wire wire;
	struct gs_wire_refs theirs; /* as of the last look */
	struct rg_err *err;
};

/* End with gs_exchange_end(), also when this failed. */
int gs_exchange_begin(struct gs_exchange *exchange, const struct gs_store *store,
		      const struct rg_remote *remote, const struct rg_store_key *key,
		      struct rg_err *err);
void gs_exchange_end(struct gs_exchange *exchange);

/*
 * Looks what is there, and takes what is not here. With `ours_only` of references that there are here, too: a push
 * needs no others.
 */
int gs_exchange_fetch(struct gs_exchange *exchange, bool ours_only,
		      struct rg_remote_result *result);

/* --- git_replace.c -------------------------------------------------------------------------- */

/* A writer that tries until it is through. Zero-initialise it. */
struct gs_replacing {
	unsigned int rounds, refusals; /* of what is `refused` there */
	git_oid refused;
};

/*
 * Makes these references there what they are in `from`, if they still are what was seen. 1: some were not, and it
 * has waited a little: look again. RG_EPRIVILEGE when the server refuses.
 */
int gs_replace(struct gs_exchange *exchange, const struct gs_store *from, struct gs_wire_refs *refs,
	       struct gs_replacing *replacing, struct rg_remote_result *result);
/* Waits a little, for others were faster. 1; RG_EIO when that has been so for too long. */
int gs_look_again(const struct gs_exchange *exchange, struct gs_replacing *replacing);

#endif
