/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_MOVED_EVIDENCE_H
#define RG_ENGINE_MOVED_EVIDENCE_H

#include "moved.h"

/* What shows that a function's growth is code that another had: the stacks, the names, the sources. */

struct rg_moved_evidence {
	const struct rg_moved_costs *costs;
	const struct rg_label *label; /* rows of the alignment, the candidates' */
};

/* A loss that may be a growth's origin. */
struct rg_moved_origin {
	size_t candidate;
	enum rg_move_how how;
	double before, loss; /* of the function, or of the part that moved */
	double most;         /* losses to a gain */
	bool cheaper; /* or any more, where all of it together is certain to have become cheaper */
	bool part;    /* only what it cost under one caller: rg_moved_caller() of the gainer */
};

/* Whether candidate `loser` may be an origin of what `gainer` grew by. */
bool rg_moved_find_origin(const struct rg_moved_evidence *evidence, size_t gainer, size_t loser,
			  struct rg_moved_origin *out);

/* A row of `callers`, of whose calls a gainer's origins may be part: itself, or of a new function its only caller. */
uint32_t rg_moved_caller(const struct rg_moved_costs *costs, size_t gainer);

/* What the sources say of two rows of the alignment, by their names in either version; or NULL. */
const struct rg_kinship *rg_moved_kinship(const struct rg_moved_costs *costs, uint32_t from,
					  uint32_t to);

/* What a candidate costs more. */
double rg_moved_gain(const struct rg_moved_costs *costs, size_t candidate);
/* Whether its name has gone, or is new, but for what is left of it. */
bool rg_moved_is_gone(const struct rg_moved_costs *costs, size_t candidate);
bool rg_moved_is_new(const struct rg_moved_costs *costs, size_t candidate);

#endif
