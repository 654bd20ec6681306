/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame_kept.h"

#include "rg/arena.h"
#include "rg/err.h"

static void put(const struct rg_flame_kept *from, struct rg_flame_node *nodes, size_t *count)
{
	nodes[(*count)++] = (struct rg_flame_node){
		.function = from->function,
		.depth = from->depth,
		.value = {from->value[0], from->value[1]},
	};
}

static void put_rest(const struct rg_flame_kept *of, bool is_root, struct rg_flame_node *nodes,
		     size_t *count)
{
	if (of->merged == 0)
		return;
	nodes[(*count)++] = (struct rg_flame_node){
		.function = RG_FLAME_REST,
		.depth = is_root ? 0 : of->depth + 1,
		.merged = of->merged,
		.value = {of->rest[0], of->rest[1]},
	};
}

static size_t put_all(const struct rg_flame_kept *kept, struct rg_flame_node *nodes)
{
	size_t count = 0;

	for (uint32_t at = kept[RG_FLAME_ROOT].first; at != RG_FLAME_NONE;) {
		put(&kept[at], nodes, &count);
		if (kept[at].first != RG_FLAME_NONE) {
			at = kept[at].first;
			continue;
		}
		for (; at != RG_FLAME_ROOT && kept[at].next == RG_FLAME_NONE; at = kept[at].parent)
			put_rest(&kept[at], false, nodes, &count);
		if (at == RG_FLAME_ROOT)
			break;
		put_rest(&kept[at], false, nodes, &count);
		at = kept[at].next;
	}
	put_rest(&kept[RG_FLAME_ROOT], true, nodes, &count);
	return count;
}

/* Each node that is kept has at most one rest. */
int rg_flame_preorder(struct rg_flame_tree *out, const struct rg_flame_kept *kept, size_t count,
		      struct rg_arena *arena)
{
	struct rg_flame_node *nodes = rg_arena_array(arena, 2 * count + 1, sizeof(*nodes));

	if (!nodes)
		return RG_ENOMEM;
	out->count = put_all(kept, nodes);
	out->nodes = nodes;
	return 0;
}
