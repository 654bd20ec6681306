/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_REMOTE_H
#define CMD_REMOTE_H

#include "rg/remote.h"

#include <stdbool.h>

struct rg_err;
struct rg_settings;
struct rg_store;
struct rg_store_key;

/* Which remote is meant: --remote, the configuration's, else `origin` of the repository we are in. */
struct rg_remote_choice {
	char *url; /* may hold a password */
	char shown[RG_REMOTE_URL_MAX];
};

/*
 * RG_ENOTFOUND when there is none: "none" was said, there is no such remote, or nothing was said and there is no
 * origin. Zero-initialise it; free with rg_remote_choice_done().
 */
int rg_remote_choose(const struct rg_settings *settings, bool push, struct rg_remote_choice *out,
		     struct rg_err *err);
void rg_remote_choice_done(struct rg_remote_choice *choice);
struct rg_remote rg_remote_of(const struct rg_settings *settings,
			      const struct rg_remote_choice *choice);

/* What a check fetched before it looked at the store. */
struct rg_fetched {
	bool asked;  /* a remote was asked */
	bool failed; /* and it is not known what it has: `why` says why */
	char shown[RG_REMOTE_URL_MAX];
	char why[512];
};

/*
 * Fetches the runs of a version, when a remote is configured, or the default store has none of it and there is an
 * origin; and says so. That it failed is no error, but said. RG_EFORMAT when the remote has runs that cannot be read.
 */
int rg_remote_fetch_baseline(const struct rg_settings *settings, struct rg_store *store,
			     const struct rg_store_key *key, const char *label,
			     struct rg_fetched *out, struct rg_err *err);

/* Pushes what is stored under a key, and says so. */
int rg_remote_push_baseline(const struct rg_settings *settings, struct rg_store *store,
			    const struct rg_store_key *key, const char *label, struct rg_err *err);

/* As rg_store_edit_remote() with the remote that is meant; says how much was changed there. */
int rg_remote_edit_baselines(const struct rg_settings *settings, struct rg_store *store,
			     const struct rg_store_key *key,
			     int (*edit)(void *ctx, struct rg_store *copy, struct rg_err *err),
			     void *ctx, struct rg_err *err);

#endif
