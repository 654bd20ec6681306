/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame.h"

/* Constant words, and a unit that is a plain name: the text stands in JSON and in HTML as it is. */

static void add_what(struct rg_buf *out, const struct rg_flame *flame,
		     const struct rg_flame_graph *graph)
{
	const char *time = graph->waits ? "blocked time" : "CPU time";
	struct rg_cost_scale scale;

	rg_flame_scale(&scale, flame, graph);
	if (graph->per == RG_FLAME_PER_TOTAL)
		rg_buf_addf(out, "share of the %s", graph->time ? time : "samples");
	else
		rg_buf_addf(out, "%s per %s", time, scale.per ? scale.per : "second");
}

void rg_flame_add_legend(struct rg_buf *out, const struct rg_flame_page *page,
			 enum rg_flame_kind kind)
{
	const struct rg_flame_graph *graph = &page->flame->graph[kind];

	if (!graph->measured) {
		rg_buf_adds(out, "Not measured by every run.");
		return;
	}
	rg_buf_adds(out, "Width: ");
	add_what(out, page->flame, graph);
	rg_buf_adds(out, ", of a frame and all that it calls");
	if (kind == RG_FLAME_IDLE)
		rg_buf_adds(out, ", of threads without work, which is not judged");
	if (!rg_flame_is_differential(graph)) {
		rg_buf_adds(out, ". Colours tell modules apart.");
		return;
	}
	rg_buf_adds(out, ". Red grew, blue shrank");
	rg_buf_adds(out, graph->common != 1 ? ", beyond what all functions have in common." : ".");
}
