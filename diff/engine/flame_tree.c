/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame_kept.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/grow.h"

#include <stdlib.h>

/*
 * A tree of stacks without more of it in memory than is kept: a node is a range of stacks that agree so
 * far, and is opened by sorting that range by the next frame. The heaviest is opened first, so that
 * what is left when there is no room is lighter than all that is kept. A stack is sorted once a
 * frame: the work grows with the profile's size, whatever it holds.
 */

/* A stack, and its function at the depth that is being sorted by. */
struct cell {
	uint32_t function, entry;
};

/* A range of stacks that has the same frames up to and with `function`. */
struct range {
	size_t first, count;
	uint32_t function, depth;
	uint32_t parent; /* among the nodes that are kept */
	int64_t value[RG_FLAME_SIDES];
	double weight;
	size_t born; /* ranges of one weight: the first comes first */
};

struct growing {
	const struct rg_flame_graph *graph;
	const struct rg_flame_stacks *stacks;
	const struct rg_flame_entry *entry;
	enum rg_flame_order order;
	struct cell *cell;
	struct range *heap; /* the heaviest on top */
	size_t heap_count, heap_cap, born;
	struct rg_flame_kept *kept;
	uint32_t kept_count;
};

/* --- The heap --------------------------------------------------------------------------------- */

static bool is_above(const struct range *a, const struct range *b)
{
	if (a->weight != b->weight)
		return a->weight > b->weight;
	return a->born < b->born;
}

static void swap(struct range *a, struct range *b)
{
	struct range held = *a;

	*a = *b;
	*b = held;
}

static int push(struct growing *g, struct range *range)
{
	size_t at = g->heap_count;

	if (RG_GROW(g->heap, g->heap_cap, at))
		return RG_ENOMEM;
	range->born = g->born++;
	g->heap[g->heap_count++] = *range;
	for (; at > 0 && is_above(&g->heap[at], &g->heap[(at - 1) / 2]); at = (at - 1) / 2)
		swap(&g->heap[at], &g->heap[(at - 1) / 2]);
	return 0;
}

static struct range pop(struct growing *g)
{
	struct range top = g->heap[0];
	size_t at = 0;

	g->heap[0] = g->heap[--g->heap_count];
	for (size_t child; (child = 2 * at + 1) < g->heap_count; at = child) {
		if (child + 1 < g->heap_count && is_above(&g->heap[child + 1], &g->heap[child]))
			child++;
		if (!is_above(&g->heap[child], &g->heap[at]))
			break;
		swap(&g->heap[child], &g->heap[at]);
	}
	return top;
}

/* --- Opening a node --------------------------------------------------------------------------- */

/* RG_FLAME_REST where the stack has ended. */
static uint32_t function_at(const struct growing *g, uint32_t entry, uint32_t depth)
{
	const struct rg_flame_run *run = &g->stacks->run[g->entry[entry].run];
	const struct rg_stack *stack = &run->stack[g->entry[entry].stack];

	if (depth >= stack->depth)
		return RG_FLAME_REST;
	return run->function
		[stack->frames[g->order == RG_FLAME_CALLERS ? depth : stack->depth - 1 - depth]];
}

static int by_function(const void *left, const void *right)
{
	const struct cell *a = left, *b = right;

	if (a->function != b->function)
		return a->function < b->function ? -1 : 1;
	return (a->entry > b->entry) - (a->entry < b->entry);
}

static void sort_range(struct growing *g, const struct range *range, uint32_t depth)
{
	struct cell *cell = g->cell + range->first;
	bool mixed = false;

	for (size_t i = 0; i < range->count; i++) {
		cell[i].function = function_at(g, cell[i].entry, depth);
		mixed |= cell[i].function != cell[0].function;
	}
	if (mixed)
		qsort(cell, range->count, sizeof(*cell), by_function);
}

static void add_value(const struct growing *g, struct range *to, uint32_t entry)
{
	const struct rg_flame_entry *from = &g->entry[entry];

	to->value[g->stacks->run[from->run].end] += from->value;
}

/* Its children onto the heap. Stacks that end here are sorted last. */
static int open_range(struct growing *g, const struct range *range, uint32_t parent, uint32_t depth)
{
	size_t end = range->first + range->count, at = range->first;
	int code = 0;

	sort_range(g, range, depth);
	while (!code && at < end && g->cell[at].function != RG_FLAME_REST) {
		struct range child = {
			.first = at,
			.function = g->cell[at].function,
			.depth = depth,
			.parent = parent,
		};

		for (; at < end && g->cell[at].function == child.function; at++)
			add_value(g, &child, g->cell[at].entry);
		child.count = at - child.first;
		child.weight = rg_flame_weight(g->graph, child.value);
		code = push(g, &child);
	}
	return code;
}

/* --- Growing ---------------------------------------------------------------------------------- */

/* Children come in the order of their weight, as all nodes do. */
static uint32_t keep(struct growing *g, const struct range *range)
{
	uint32_t id = g->kept_count++;
	struct rg_flame_kept *parent = &g->kept[range->parent];

	g->kept[id] = (struct rg_flame_kept){
		.function = range->function,
		.depth = range->depth,
		.parent = range->parent,
		.first = RG_FLAME_NONE,
		.last = RG_FLAME_NONE,
		.next = RG_FLAME_NONE,
		.value = {range->value[0], range->value[1]},
	};
	if (parent->first == RG_FLAME_NONE)
		parent->first = id;
	else
		g->kept[parent->last].next = id;
	parent->last = id;
	return id;
}

static void add_rest(struct growing *g)
{
	for (size_t i = 0; i < g->heap_count; i++) {
		struct rg_flame_kept *parent = &g->kept[g->heap[i].parent];

		parent->merged++;
		for (int side = 0; side < RG_FLAME_SIDES; side++)
			parent->rest[side] += g->heap[i].value[side];
	}
}

static int grow(struct growing *g, size_t entries)
{
	const struct range all = {.count = entries};
	int code;

	for (size_t i = 0; i < entries; i++)
		g->cell[i].entry = (uint32_t)i;
	g->kept[RG_FLAME_ROOT] = (struct rg_flame_kept){.first = RG_FLAME_NONE,
							.last = RG_FLAME_NONE,
							.next = RG_FLAME_NONE,
							.parent = RG_FLAME_NONE};
	g->kept_count = 1;
	code = open_range(g, &all, RG_FLAME_ROOT, 0);
	while (!code && g->heap_count > 0 && g->kept_count <= RG_FLAME_NODES_MAX) {
		struct range range = pop(g);

		code = open_range(g, &range, keep(g, &range), range.depth + 1);
	}
	if (!code)
		add_rest(g);
	return code;
}

/* --- One tree ------------------------------------------------------------------------------- */

/* No more nodes than the stacks have frames, the root aside. */
static size_t room_for(const struct rg_flame_stacks *stacks, const struct rg_flame_entries *entries)
{
	size_t frames = 0;

	for (size_t i = 0; i < entries->count && frames < RG_FLAME_NODES_MAX; i++) {
		const struct rg_flame_entry *entry = &entries->list[i];

		frames += stacks->run[entry->run].stack[entry->stack].depth;
	}
	return 1 + (frames < RG_FLAME_NODES_MAX ? frames : RG_FLAME_NODES_MAX);
}

int rg_flame_tree_make(struct rg_flame_graph *graph, enum rg_flame_order order,
		       const struct rg_flame_stacks *stacks, const struct rg_flame_entries *entries,
		       struct rg_arena *arena, struct rg_err *err)
{
	struct growing g = {
		.graph = graph,
		.stacks = stacks,
		.entry = entries->list,
		.order = order,
		.cell = calloc(entries->count + 1, sizeof(*g.cell)),
		.kept = calloc(room_for(stacks, entries), sizeof(*g.kept)),
	};
	int code = g.cell && g.kept ? 0 : RG_ENOMEM;

	if (!code && entries->count >= RG_FLAME_NONE)
		code = RG_ELIMIT;
	if (!code)
		code = grow(&g, entries->count);
	if (!code)
		code = rg_flame_preorder(&graph->tree[order], g.kept, g.kept_count, arena);
	free(g.cell);
	free(g.heap);
	free(g.kept);
	if (code == RG_ELIMIT)
		return rg_err_set(err, code, "flame: too many stacks");
	return code ? rg_err_nomem(err, "flame") : 0;
}
