/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_VOTES_H
#define RG_ENGINE_VOTES_H

#include "table.h"

#include "rg/hash.h"

struct rg_frame;

/* Samples of one frame on one side: say by which name and line its function is to be shown. */
struct rg_vote {
	uint32_t function;
	enum rg_end end;
	int64_t count;
	const struct rg_frame *frame;
	const char *module; /* as the profile has it */
};

/* Those that name the same are one, of however many runs; the list lives in the arena. */
struct rg_votes {
	struct rg_index index;
	struct rg_vote *list;
	size_t count, cap;
};

/* 0 or RG_ENOMEM. */
int rg_votes_add(struct rg_votes *votes, const struct rg_vote *vote, struct rg_arena *arena);

/* The list stays. */
void rg_votes_close(struct rg_votes *votes);

#endif
