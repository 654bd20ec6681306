/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GIT_INCOMING_H
#define GIT_INCOMING_H

#include "git.h"

enum { GS_INCOMING_NAME_MAX = 32 };

/*
 * What comes from another repository goes to one of its own, inside the store's directory, and never to the
 * store's objects: there it is looked at, and what is whole is copied.
 */
struct gs_incoming {
	struct gs_store
		store; /* as a store, to be read like one; path is NULL when there is none */
	char name[GS_INCOMING_NAME_MAX];
};

/* Makes an empty one; the store is made when there is none. End with gs_incoming_done(). */
int gs_incoming_make(const struct gs_store *store, struct gs_incoming *out, struct rg_err *err);
/* Removes it. */
void gs_incoming_done(const struct gs_store *store, struct gs_incoming *incoming);
/* Removes what processes that were killed left, when it is old. */
void gs_incoming_sweep(const struct gs_session *session);

#endif
