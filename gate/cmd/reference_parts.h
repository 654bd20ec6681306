/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_REFERENCE_PARTS_H
#define CMD_REFERENCE_PARTS_H

#include "reference.h"

#include "rg/repo.h"
#include "rg/store.h"

/* What finding a reference is made of. */

int reference_set(struct rg_reference *out, const char *label, const char *key, struct rg_err *err);

/* Brings the runs of a version, or with NULL of all of the scenario, when a remote is to be asked. */
int reference_fetch(const struct rg_reference_query *query, const char *version, const char *label,
		    struct rg_reference *out, struct rg_err *err);

/* All runs of the scenario and architecture. RG_EFORMAT: damage could hide the very run that is looked for. */
int reference_list(const struct rg_reference_query *query, struct rg_store_list *list,
		   struct rg_err *err);

/* The commit that is judged: what the canary's profile says, else what is checked out. */
int reference_own_commit(const struct rg_reference_query *query, const struct rg_repo *repo,
			 char id[RG_REPO_ID_MAX], struct rg_err *err);

/* reference_history.c: "previous-tag" and "merge-base:REF". */
bool reference_is_in_history(const char *name);
int reference_find_in_history(const struct rg_reference_query *query, struct rg_reference *out,
			      struct rg_err *err);

#endif
