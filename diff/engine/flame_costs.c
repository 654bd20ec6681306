/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <stdlib.h>

/* A function's cost with its weight, for sorting. */
struct weighed {
	double weight;
	struct rg_flame_cost cost;
};

/* last_of: for each function, the entry it was counted in last, and 1. */
static void add_stack(struct weighed *list, size_t *last_of, const struct rg_flame_run *run,
		      const struct rg_flame_entry *entry, size_t number)
{
	const struct rg_stack *stack = &run->stack[entry->stack];

	list[run->function[stack->frames[0]]].cost.self[run->end] += entry->value;
	for (uint32_t i = 0; i < stack->depth; i++) {
		uint32_t function = run->function[stack->frames[i]];

		if (last_of[function] == number + 1)
			continue;
		last_of[function] = number + 1;
		list[function].cost.total[run->end] += entry->value;
	}
}

static int by_weight(const void *left, const void *right)
{
	const struct weighed *a = left, *b = right;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return (a->cost.function > b->cost.function) - (a->cost.function < b->cost.function);
}

static int keep(struct rg_flame_graph *graph, const struct weighed *list, size_t count,
		struct rg_arena *arena)
{
	size_t kept = count < RG_FLAME_COSTS_MAX ? count : RG_FLAME_COSTS_MAX;
	struct rg_flame_cost *costs = rg_arena_array(arena, kept + 1, sizeof(*costs));

	if (!costs)
		return RG_ENOMEM;
	for (size_t i = 0; i < kept; i++)
		costs[i] = list[i].cost;
	for (size_t i = kept; i < count; i++)
		for (int side = 0; side < RG_FLAME_SIDES; side++)
			graph->self_left_out[side] += list[i].cost.self[side];
	graph->costs = costs;
	graph->cost_count = kept;
	graph->costs_left_out = count - kept;
	return 0;
}

static int sum(struct rg_flame_graph *graph, const struct rg_flame_stacks *stacks,
	       const struct rg_flame_entries *entries, size_t functions, struct weighed *list,
	       size_t *last_of, struct rg_arena *arena)
{
	size_t count = 0;

	for (size_t i = 0; i < entries->count; i++)
		add_stack(list, last_of, &stacks->run[entries->list[i].run], &entries->list[i], i);
	for (size_t i = 0; i < functions; i++) {
		if (last_of[i] == 0)
			continue;
		list[i].cost.function = (uint32_t)i;
		list[i].weight = rg_flame_weight(graph, list[i].cost.total);
		list[count++] = list[i];
	}
	qsort(list, count, sizeof(*list), by_weight);
	return keep(graph, list, count, arena);
}

int rg_flame_costs_make(struct rg_flame_graph *graph, const struct rg_flame_stacks *stacks,
			const struct rg_flame_entries *entries, size_t functions,
			struct rg_arena *arena, struct rg_err *err)
{
	struct weighed *list = calloc(functions + 1, sizeof(*list));
	size_t *last_of = calloc(functions + 1, sizeof(*last_of));
	int code = list && last_of ? sum(graph, stacks, entries, functions, list, last_of, arena)
				   : RG_ENOMEM;

	free(list);
	free(last_of);
	return code ? rg_err_nomem(err, "flame") : 0;
}
