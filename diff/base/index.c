/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "rg/err.h"
#include "rg/hash.h"
#include "hash_mix.h"

enum { SLOTS_MIN = 16 };

/* Eight bytes: a tag tells nearly all other keys apart before the callback is asked. */
struct rg_index_slot {
	uint32_t tag;
	uint32_t id_plus_1; /* 0: the slot is free */
};

/* Mixed again, because callers may pass a number of theirs as its own hash. */
static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)(rg_hash_fold(hash, UINT64_C(0x9e3779b97f4a7c15)) >> 16);
}

/* Linear probing; ends because there is always a free slot (see rg_index_add()). */
static size_t free_slot(const struct rg_index_slot *slots, size_t cap, uint32_t tag)
{
	size_t at = tag & (cap - 1);

	while (slots[at].id_plus_1)
		at = (at + 1) & (cap - 1);
	return at;
}

uint32_t rg_index_find(const struct rg_index *index, uint64_t hash, rg_index_equal_fn equal,
		       const void *ctx, const void *key)
{
	uint32_t tag = tag_of(hash);
	size_t mask = index->cap - 1;

	if (index->used == 0)
		return RG_INDEX_NONE;
	for (size_t at = tag & mask; index->slots[at].id_plus_1; at = (at + 1) & mask) {
		const struct rg_index_slot *slot = &index->slots[at];

		if (slot->tag == tag && equal(ctx, slot->id_plus_1 - 1, key))
			return slot->id_plus_1 - 1;
	}
	return RG_INDEX_NONE;
}

static int grow(struct rg_index *index)
{
	size_t cap = index->cap ? index->cap * 2 : SLOTS_MIN;
	struct rg_index_slot *slots;

	if (cap < index->cap)
		return RG_ENOMEM;
	slots = calloc(cap, sizeof(*slots));
	if (!slots)
		return RG_ENOMEM;
	for (size_t i = 0; i < index->cap; i++) {
		struct rg_index_slot slot = index->slots[i];

		if (slot.id_plus_1)
			slots[free_slot(slots, cap, slot.tag)] = slot;
	}
	free(index->slots);
	index->slots = slots;
	index->cap = cap;
	return RG_OK;
}

int rg_index_add(struct rg_index *index, uint64_t hash, uint32_t id)
{
	uint32_t tag = tag_of(hash);
	int rc;

	if (id == RG_INDEX_NONE)
		return RG_ELIMIT;
	if (index->used >= index->cap / 4 * 3) {
		rc = grow(index);
		if (rc < 0)
			return rc;
	}
	index->slots[free_slot(index->slots, index->cap, tag)] =
		(struct rg_index_slot){.tag = tag, .id_plus_1 = id + 1};
	index->used++;
	return RG_OK;
}

void rg_index_done(struct rg_index *index)
{
	free(index->slots);
	*index = (struct rg_index){0};
}
