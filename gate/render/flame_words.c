/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame.h"

#include "rg/diff.h"
#include "rg/hash.h"
#include "rg/profile.h"
#include "rg/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TINTS = 6 };

const char *rg_flame_kind_name(enum rg_flame_kind kind)
{
	static const char *const names[RG_FLAME_KINDS] = {"on_cpu", "off_cpu", "idle"};

	return names[kind];
}

const char *rg_flame_kind_title(enum rg_flame_kind kind)
{
	static const char *const titles[RG_FLAME_KINDS] = {"On-CPU", "Off-CPU", "Idle"};

	return titles[kind];
}

static bool has_any(const struct rg_flame_graph *graph)
{
	return graph->total[RG_FLAME_BASE] > 0 || graph->total[RG_FLAME_CANARY] > 0;
}

enum rg_flame_kind rg_flame_first(const struct rg_flame *flame)
{
	for (int kind = 0; kind < RG_FLAME_KINDS; kind++)
		if (has_any(&flame->graph[kind]))
			return (enum rg_flame_kind)kind;
	return RG_FLAME_ON_CPU;
}

int rg_flame_side(const struct rg_flame_graph *graph)
{
	return graph->total[RG_FLAME_CANARY] > 0 || graph->total[RG_FLAME_BASE] == 0
		       ? RG_FLAME_CANARY
		       : RG_FLAME_BASE;
}

bool rg_flame_is_differential(const struct rg_flame_graph *graph)
{
	return graph->total[RG_FLAME_BASE] > 0 && graph->total[RG_FLAME_CANARY] > 0;
}

const char *rg_flame_version(const struct rg_flame_page *page, int side)
{
	const struct rg_runs *runs = side == RG_FLAME_BASE ? page->base : page->canary;
	const char *version = runs->count ? rg_profile_fact(runs->run[0], RG_KEY_VERSION) : NULL;

	if (version && *version)
		return version;
	return side == RG_FLAME_BASE ? "baseline" : "canary";
}

/* --- Colour ----------------------------------------------------------------------------------- */

unsigned int rg_flame_tint(const char *module)
{
	return (unsigned int)(rg_hash_bytes(module, strlen(module), 0) % TINTS);
}

const char *rg_flame_color(const struct rg_flame *flame, const struct rg_flame_graph *graph,
			   const struct rg_flame_node *node)
{
	static const char *const levels[] = {"s4", "s3", "s2", "s1", "z", "g1", "g2", "g3", "g4"};
	static const char *const tints[TINTS] = {"m0", "m1", "m2", "m3", "m4", "m5"};

	if (node->function == RG_FLAME_REST)
		return "rest";
	if (!rg_flame_is_differential(graph))
		return tints[rg_flame_tint(flame->functions[node->function].module)];
	return levels[4 + lround(2 * rg_flame_change(graph, node->value))];
}

/* --- Figures ---------------------------------------------------------------------------------- */

/* The largest cost, the total's, has three to five digits. */
static int decimals_for(double largest)
{
	int decimals = 4;

	for (double bound = 10; decimals > 0 && largest >= bound; bound *= 10)
		decimals--;
	return decimals;
}

void rg_flame_scale(struct rg_cost_scale *out, const struct rg_flame *flame,
		    const struct rg_flame_graph *graph)
{
	static const double per_second[] = {
		[RG_TIME_S] = 1, [RG_TIME_MS] = 1e3, [RG_TIME_US] = 1e6, [RG_TIME_NS] = 1e9};
	double largest = 0;

	for (int side = 0; side < RG_FLAME_SIDES; side++)
		largest = fmax(largest, rg_flame_cost_of(graph, side, graph->total[side]));
	*out = (struct rg_cost_scale){
		.share = graph->per == RG_FLAME_PER_TOTAL,
		.waits = graph->waits,
		.time = graph->waits ? RG_TIME_MS : RG_TIME_S,
	};
	if (graph->per == RG_FLAME_PER_WORK) {
		out->per = rg_text_is_label(flame->work_unit) ? flame->work_unit : RG_WORK_UNIT;
		out->time = rg_time_unit_of(largest);
	}
	out->decimals = decimals_for(largest * per_second[out->time]);
}

char *rg_flame_cost(char out[RG_FIGURE_MAX], const struct rg_cost_scale *scale,
		    const struct rg_flame_graph *graph, int side, int64_t value)
{
	return rg_figure_cost_unit(out, scale, rg_flame_cost_of(graph, side, value), value);
}

char *rg_flame_growth(char out[RG_FIGURE_MAX], const struct rg_flame_graph *graph,
		      const int64_t value[RG_FLAME_SIDES])
{
	double base = rg_flame_cost_of(graph, RG_FLAME_BASE, value[RG_FLAME_BASE]);
	double canary = rg_flame_cost_of(graph, RG_FLAME_CANARY, value[RG_FLAME_CANARY]);

	*out = '\0';
	if (!rg_flame_is_differential(graph))
		return out;
	if (base > 0 && canary > 0)
		return rg_figure_growth(out, canary / base * graph->common - 1);
	if (base > 0 || canary > 0)
		snprintf(out, RG_FIGURE_MAX, "%s", base > 0 ? "gone" : "new");
	return out;
}
