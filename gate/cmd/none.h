/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_NONE_H
#define CMD_NONE_H

#include <stdbool.h>

struct rg_err;
struct rg_reference;
struct rg_settings;
struct rg_store;
struct rg_verdict;

/* A check that found no runs to compare with. */

/*
 * Whether the store that was named does not exist. That tells nothing of the one that was meant, unless a remote
 * was asked as well, and answered. The default store is made by the first run that is put: that it is not there is no news.
 */
bool rg_none_store_missing(const struct rg_settings *settings, struct rg_store *store,
			   const struct rg_reference *reference);
/* Whether there may be runs all the same: the store is missing, or a remote could not be asked. */
bool rg_none_unknown(const struct rg_settings *settings, struct rg_store *store,
		     const struct rg_reference *reference);
/*
 * Makes the verdict say that there is no baseline, why, and what to do; in its note where nothing was seen of the canary, which
 * is what it is about then. `builds`: it might be built and run in turns with the canary in place of stored runs. RG_ENOMEM.
 */
int rg_none_tell(const struct rg_settings *settings, struct rg_store *store,
		 const struct rg_reference *reference, bool builds, struct rg_verdict *verdict,
		 struct rg_err *err);

#endif
