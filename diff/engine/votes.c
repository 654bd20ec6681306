/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "votes.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/grow.h"
#include "rg/profile.h"

#include <string.h>

static bool same_text(const char *a, const char *b)
{
	return a == b || strcmp(a, b) == 0;
}

static int same_vote(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_votes *votes = ctx;
	const struct rg_vote *a = &votes->list[id], *b = key;

	return a->function == b->function && a->end == b->end && a->frame->line == b->frame->line &&
	       same_text(a->frame->function, b->frame->function) &&
	       same_text(a->frame->file, b->frame->file) && same_text(a->module, b->module);
}

static uint64_t hash_vote(const struct rg_vote *vote)
{
	const uint32_t numbers[] = {vote->function, (uint32_t)vote->end, vote->frame->line};
	const char *const texts[] = {vote->frame->function, vote->frame->file, vote->module};
	uint64_t seed = rg_hash_bytes(numbers, sizeof(numbers), 0);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		seed = rg_hash_bytes(texts[i], strlen(texts[i]), seed);
	return seed;
}

int rg_votes_add(struct rg_votes *votes, const struct rg_vote *vote, struct rg_arena *arena)
{
	uint64_t hash = hash_vote(vote);
	uint32_t known = rg_index_find(&votes->index, hash, same_vote, votes, vote);

	if (known != RG_INDEX_NONE) {
		int64_t *count = &votes->list[known].count;

		if (__builtin_add_overflow(*count, vote->count, count))
			*count = INT64_MAX;
		return 0;
	}
	if (votes->count >= RG_INDEX_NONE ||
	    RG_GROW_IN(arena, votes->list, votes->cap, votes->count) ||
	    rg_index_add(&votes->index, hash, (uint32_t)votes->count) != 0)
		return RG_ENOMEM;
	votes->list[votes->count++] = *vote;
	return 0;
}

void rg_votes_close(struct rg_votes *votes)
{
	rg_index_done(&votes->index);
}
