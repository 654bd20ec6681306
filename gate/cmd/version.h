/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_VERSION_H
#define CMD_VERSION_H

#include <stdbool.h>

struct rg_err;
struct rg_settings;
struct rg_store;

/*
 * A version as the user names it and as it is kept. In a git repository it is a revision and kept under its commit
 * id, so that a moved tag does not find the old one's runs; outside, or written "label:NAME", it is kept as it is named.
 */
struct rg_version {
	char *label; /* as named */
	char *key;   /* commit id, or the label */
};

/* RG_ENOTFOUND names the nearest revisions. */
int rg_version_resolve(const char *name, struct rg_version *out, struct rg_err *err);
/* Gives it another label. RG_ENOMEM. */
int rg_version_call(struct rg_version *version, const char *label, struct rg_err *err);
void rg_version_done(struct rg_version *version);

/* What is checked out here: *label as git describes it, *commit its id; both NULL outside a repository or
 * before a first commit, and after a failure: RG_ENOMEM. malloc'd. */
int rg_version_here(char **label, char **commit, struct rg_err *err);

/* Whether a label (or NULL) is of a build with uncommitted changes: "v1.4-dirty". */
bool rg_version_is_dirty(const char *label);

/*
 * Opens the store of the settings, or the default one: a git store in the repository's common directory, else a
 * folder in the user's data directory. Under sudo that is the invoking user's.
 */
int rg_version_store(const struct rg_settings *settings, struct rg_store **out, struct rg_err *err);

#endif
