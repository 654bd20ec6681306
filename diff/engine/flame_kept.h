/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_FLAME_KEPT_H
#define RG_ENGINE_FLAME_KEPT_H

#include "flame.h"

/* The nodes of a tree that is growing: the first stands for all, and is none of the tree's. */
enum { RG_FLAME_ROOT = 0 };
#define RG_FLAME_NONE UINT32_MAX

struct rg_flame_kept {
	uint32_t function, depth, parent;
	uint32_t first, last, next; /* children; sibling */
	uint32_t merged;            /* children that are not kept, which are worth `rest` */
	int64_t value[RG_FLAME_SIDES], rest[RG_FLAME_SIDES];
};

/* 0 or RG_ENOMEM. */
int rg_flame_preorder(struct rg_flame_tree *out, const struct rg_flame_kept *kept, size_t count,
		      struct rg_arena *arena);

#endif
