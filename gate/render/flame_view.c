/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame.h"

#include "words.h"

#include "rg/err.h"

#include <stdlib.h>

static void name(struct rg_flame_view *view, uint32_t function)
{
	if (function == RG_FLAME_REST || view->number[function] != RG_FLAME_REST)
		return;
	view->number[function] = view->named_count;
	view->named[view->named_count++] = function;
}

static void name_graph(struct rg_flame_view *view, const struct rg_flame_graph *graph)
{
	for (int order = 0; order < RG_FLAME_ORDERS; order++)
		for (size_t i = 0; i < graph->tree[order].count; i++)
			name(view, graph->tree[order].nodes[i].function);
	for (size_t i = 0; i < graph->cost_count; i++)
		name(view, graph->costs[i].function);
}

int rg_flame_view_open(struct rg_flame_view *view, const struct rg_flame_page *page)
{
	size_t count = page->flame->function_count;

	*view = (struct rg_flame_view){
		.page = page,
		.flame = page->flame,
		.number = calloc(count + 1, sizeof(*view->number)),
		.named = calloc(count + 1, sizeof(*view->named)),
	};
	if (!view->number || !view->named) {
		rg_flame_view_close(view);
		return RG_ENOMEM;
	}
	for (size_t i = 0; i < count; i++)
		view->number[i] = RG_FLAME_REST;
	for (int kind = 0; kind < RG_FLAME_KINDS; kind++)
		name_graph(view, &view->flame->graph[kind]);
	return 0;
}

void rg_flame_view_close(struct rg_flame_view *view)
{
	free(view->number);
	free(view->named);
	*view = (struct rg_flame_view){0};
}

static uint32_t number_of(const struct rg_flame_view *view, uint32_t function)
{
	return function == RG_FLAME_REST ? function : view->number[function];
}

uint32_t rg_flame_view_row(const struct rg_flame_view *view, const struct rg_row *row)
{
	return number_of(view, rg_flame_find(view->flame, rg_text_or_empty(row->key),
					     rg_text_or_empty(row->module)));
}

uint32_t rg_flame_view_entry(const struct rg_flame_view *view, const struct rg_entry *entry)
{
	return number_of(view, rg_flame_find_entry(view->flame, entry));
}
