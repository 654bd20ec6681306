/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_HASH_H
#define RG_HASH_H

#include <stddef.h>
#include <stdint.h>

/* A 64-bit hash of bytes, the same on every machine and in every run. Not for security. */
uint64_t rg_hash_bytes(const void *bytes, size_t len, uint64_t seed);

/*
 * An index: from hashes to 32-bit ids, open addressing. It stores neither keys nor values: the
 * caller keeps those in an array and says, through the callback, whether id's key is the one
 * looked for. Zero-initialise it; free with rg_index_done().
 */
struct rg_index {
	struct rg_index_slot *slots;
	size_t used, cap;
};

typedef int (*rg_index_equal_fn)(const void *ctx, uint32_t id, const void *key);

#define RG_INDEX_NONE UINT32_MAX

/* The id stored for key, or RG_INDEX_NONE. */
uint32_t rg_index_find(const struct rg_index *index, uint64_t hash, rg_index_equal_fn equal,
		       const void *ctx, const void *key);
/* Stores an id whose key is not in the index yet. Returns 0 or RG_ENOMEM. */
int rg_index_add(struct rg_index *index, uint64_t hash, uint32_t id);
void rg_index_done(struct rg_index *index);

#endif
