/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_ACCEPT_H
#define RG_ENGINE_ACCEPT_H

#include "judgement.h"

struct rg_wait;

/* What the policy accepts, against what fails. */
struct rg_accepts {
	const struct rg_policy *policy;
	const char **function, **module; /* the entries' patterns, names of one made canonical */
	const struct rg_alignment *alignment;
	const struct rg_wait *wait; /* of the alignment's rows; NULL for CPU time */
	struct rg_arena *arena;
};

/* Everything is borrowed. */
int rg_accepts_make(struct rg_accepts *out, const struct rg_alignment *alignment,
		    const struct rg_wait *wait, const struct rg_policy *policy,
		    struct rg_arena *arena, struct rg_err *err);

/*
 * If it fails: sets what the policy says of it, and its status where that holds. If it only keeps the rest from a pass: the
 * same, where all that it may have grown by is accepted.
 */
int rg_accept_finding(const struct rg_accepts *accepts, struct rg_finding *finding,
		      struct rg_err *err);

/* All findings and the total, and the outcome anew. */
int rg_accept_rows(struct rg_judgement *judgement, const struct rg_alignment *alignment,
		   const struct rg_wait *wait, const struct rg_policy *policy,
		   struct rg_arena *arena, struct rg_err *err);

#endif
