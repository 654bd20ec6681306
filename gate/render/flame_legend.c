/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame.h"

/* Constant words only: the text stands in JSON and in HTML as it is. */

static const char *what(const struct rg_flame_graph *graph)
{
	if (graph->waits)
		return graph->per == RG_FLAME_PER_SECOND ? "blocked time per second"
							 : "share of the blocked time";
	if (graph->per == RG_FLAME_PER_SECOND)
		return "CPU time per second, in cores,";
	return graph->time ? "share of the CPU time" : "share of the samples";
}

void rg_flame_add_legend(struct rg_buf *out, const struct rg_flame_page *page,
			 enum rg_flame_kind kind)
{
	const struct rg_flame_graph *graph = &page->flame->graph[kind];

	if (!graph->measured) {
		rg_buf_adds(out, "Not measured by every run.");
		return;
	}
	rg_buf_addf(out, "Width: %s of a frame and all that it calls", what(graph));
	if (kind == RG_FLAME_IDLE)
		rg_buf_adds(out, ", of threads without work, which is not judged");
	if (!rg_flame_is_differential(graph)) {
		rg_buf_adds(out, ". Colours tell modules apart.");
		return;
	}
	rg_buf_adds(out, ". Red grew, blue shrank");
	rg_buf_adds(out, graph->common != 1 ? ", beyond what all functions have in common." : ".");
}
