/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_CANONICAL_ORDER_H
#define RG_MODEL_CANONICAL_ORDER_H

#include "builder.h"

/* What comes where in a profile that is built. */

/* One kind of entry: which of the builder's ids are used, in which order, and their new ids. */
struct rg_ranking {
	uint32_t *order; /* rank -> builder's id */
	uint32_t *rank;  /* builder's id -> rank, of those used */
	size_t used;
};

/* What orders samples, from the last to the first that counts; by builder's sample. */
enum {
	RG_CANON_BY_WAIT,
	RG_CANON_BY_THREAD,
	RG_CANON_BY_SLICE,
	RG_CANON_BY_STACK,
	RG_CANON_SAMPLE_KEYS,
};

/* Arrays are `scratch`'s. */
struct rg_canon {
	const struct rg_profile_builder *from;
	struct rg_arena *scratch;
	struct rg_ranking texts, modules, frames, stacks;
	uint32_t *key[RG_CANON_SAMPLE_KEYS];
	uint32_t *samples; /* the builder's samples in order */
};

/*
 * The canonical order: modules by (name, build id), frames by (module, function, file, start line, line), stacks
 * lexicographically from the leaf, samples by (stack, slice, thread, wait). What no sample refers to is left out, but
 * for texts. Fills what `from` and `scratch` do not; false when out of memory.
 */
bool rg_canon_order(struct rg_canon *canon);

#endif
