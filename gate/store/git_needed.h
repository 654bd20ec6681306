/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GIT_NEEDED_H
#define GIT_NEEDED_H

#include "git.h"

/* The objects that the references of a store lead to. Zero-initialise it. */
struct gs_needed {
	git_oid *ids; /* sorted */
	size_t count;
};

/*
 * RG_EFORMAT when there are references that are not the store's or cannot be followed: they may need
 * any object.
 */
int gs_needed_collect(const struct gs_session *session, struct gs_needed *out, struct rg_err *err);
bool gs_needed_has(const struct gs_needed *needed, const git_oid *id);
void gs_needed_done(struct gs_needed *needed);

#endif
