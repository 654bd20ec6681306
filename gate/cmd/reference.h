/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_REFERENCE_H
#define CMD_REFERENCE_H

#include "remote.h"
#include "runs.h"
#include "version.h"

#include <stddef.h>

struct rg_err;
struct rg_settings;
struct rg_store;

/*
 * A version to compare with, and its stored runs. It is a revision or a label (version.h), or is chosen:
 *
 * latest          of the versions with runs of the scenario and architecture the one that was stored last, but
 *                 for the canary's own commit; whatever branch it is of.
 * previous-tag    the nearest tag before the canary's commit.
 * merge-base:REF  where the canary's commit branched off REF (or origin/REF), else the nearest of that one's
 *                 first parents that has runs; never the canary's commit itself.
 */
struct rg_reference_query {
	const struct rg_settings *settings;
	struct rg_store *store;
	const char *name;
	const char *arch;
	const char *commit; /* the canary's; NULL: what is checked out */
	bool commit_only;   /* which version it is, whatever is stored of it; no remote is asked */
	bool dirty;         /* the canary holds more than its commit, which is before it then */
};

/* Zero-initialise; free with rg_reference_done(). */
struct rg_reference {
	struct rg_version version; /* NULLs: nothing fits, `why` says why, `mend` what to do */
	struct rg_run_set runs;    /* may be none */
	struct rg_fetched fetched;
	char note[1024]; /* how it was chosen, and how many runs are wanted; or "" */
	char why[512];
	char mend[256]; /* what to do about it, where storing runs would not mend it; or "" */
};

/*
 * That there are no runs is no error. RG_EUSAGE and RG_ENOTFOUND for a name that cannot be resolved, with the fetch that
 * is missing.
 */
int rg_reference_find(const struct rg_reference_query *query, struct rg_reference *out,
		      struct rg_err *err);
void rg_reference_done(struct rg_reference *reference);

/* "3 of 4 runs collected" into `out`, or "" when there are as many as are wanted. */
const char *rg_reference_seeding(const struct rg_settings *settings, size_t runs, char *out,
				 size_t size);

#endif
