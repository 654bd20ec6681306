/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_PPROF_STACKS_H
#define RG_MODEL_PPROF_STACKS_H

#include <stddef.h>
#include <stdint.h>

#include "rg/buf.h"
#include "rg/hash.h"
#include "rg/profile.h"

#include "wire.h"

struct rg_pprof_tables;

/*
 * From the location lists of samples to the builder's stacks. Most samples repeat a list that was
 * there before, byte for byte: such a list is not decoded again.
 */
struct rg_pprof_stacks {
	struct rg_pprof_tables *tables;
	struct rg_profile_builder *builder;
	struct rg_pprof_list *lists; /* the distinct ones */
	struct rg_buf bytes; /* theirs, close together: the message is far larger than caches */
	size_t count, cap;
	struct rg_index index;
	uint32_t frames[RG_PROFILE_MAX_DEPTH]; /* the stack being decoded */
	size_t depth;
};

/* `stacks` is zeroed. */
void rg_pprof_stacks_init(struct rg_pprof_stacks *stacks, struct rg_pprof_tables *tables,
			  struct rg_profile_builder *builder);

struct rg_pprof_lookup {
	struct rg_wire list; /* a whole one */
	uint64_t hash;       /* rg_pprof_stacks_find()'s */
	uint32_t stack;      /* what was found */
};

/*
 * Finds the stacks of lists. Of many at a time: a look-up waits for memory several times, and for
 * that of many as long as for that of one.
 */
int rg_pprof_stacks_find(struct rg_pprof_stacks *stacks, struct rg_pprof_lookup *lookups,
			 size_t count, struct rg_err *err);

/*
 * The same for a list in several parts: `frames` and `depth` hold the stack so far, from depth 0 on.
 */
int rg_pprof_stacks_decode(struct rg_pprof_stacks *stacks, struct rg_wire part, struct rg_err *err);
int rg_pprof_stacks_take(struct rg_pprof_stacks *stacks, uint32_t *stack, struct rg_err *err);

void rg_pprof_stacks_done(struct rg_pprof_stacks *stacks);

#endif
