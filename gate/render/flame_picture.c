/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame.h"

#include "markup.h"
#include "show.h"

#include "flame_assets.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * The first view as an SVG picture: from the roots down, as wide as the canary. Frames that would be too narrow
 * are drawn as one with their neighbours. It says what it shows by itself: titles for pointers, and
 * fills that need no style sheet.
 */

enum {
	WIDTH = 1200, /* of the picture, in its own units */
	ROW = 17,
	FONT = 11,
	HEAD = 40, /* room for two lines above a picture that stands alone */
	DEPTH_MAX = 96,
	FRAMES_MAX = 2500, /* a picture of more is slow to show */
	LINE_BYTES = 400,
};

/* An em of a monospaced font is five thirds of a character, near enough in all of them. */
#define CHARACTER_WIDTH (FONT * 0.6 + 0.05)

/* Where the next frame of a depth begins, and what is too narrow and waits to be drawn as one. */
struct level {
	double x, narrow_x, narrow;
};

struct picture {
	struct rg_buf *out;
	const struct rg_flame *flame;
	const struct rg_flame_graph *graph;
	const struct rg_flame_tree *tree;
	struct rg_cost_scale scale;
	int side;
	double top, narrowest;
	struct level level[DEPTH_MAX + 2];
	uint32_t deepest; /* level with something that waits */
};

static double width_of(const struct picture *p, const struct rg_flame_node *node)
{
	return WIDTH * (double)node->value[p->side] / (double)p->graph->total[p->side];
}

/* --- How much of it ----------------------------------------------------------------------------- */

static size_t count_wider(const struct picture *p, double width)
{
	size_t count = 0;

	for (size_t i = 0; i < p->tree->count; i++)
		count += p->tree->nodes[i].depth < DEPTH_MAX &&
			 width_of(p, &p->tree->nodes[i]) >= width;
	return count;
}

static uint32_t deepest_drawn(const struct picture *p)
{
	uint32_t deepest = 0;

	for (size_t i = 0; i < p->tree->count; i++) {
		uint32_t depth = p->tree->nodes[i].depth;

		if (depth > deepest && depth < DEPTH_MAX &&
		    width_of(p, &p->tree->nodes[i]) >= p->narrowest)
			deepest = depth;
	}
	return deepest;
}

/* --- Frames ------------------------------------------------------------------------------------- */

/* Fills as the page's light colours are, for viewers without style sheets: in the order of the classes. */
static const char *fill_of(const char *color)
{
	static const char *const fills[][2] = {
		{"s4", "#2f6fb5"}, {"s3", "#5a9fd0"}, {"s2", "#9ec8e2"}, {"s1", "#d3e5f0"},
		{"g1", "#fbdccb"}, {"g2", "#f2ab8c"}, {"g3", "#dd7257"}, {"g4", "#bb2b35"},
		{"m0", "#f6d9a4"}, {"m1", "#f3c6a0"}, {"m2", "#e9d8b4"}, {"m3", "#d8dfae"},
		{"m4", "#c9dfc4"}, {"m5", "#dcd3e8"},
	};

	for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++)
		if (strcmp(fills[i][0], color) == 0)
			return fills[i][1];
	return "#ececec";
}

static void add_label(struct picture *p, const char *name, const char *growth, double x, double y,
		      double width)
{
	size_t columns = width > 6 ? (size_t)((width - 6) / CHARACTER_WIDTH) : 0;
	size_t used = rg_show_columns(name, true);

	if (columns < 3)
		return;
	rg_buf_addf(p->out, "<text x=\"%.1f\" y=\"%.0f\">", x + 3, y + ROW - 5);
	rg_markup_add(p->out, name, columns);
	if (*growth && used + 2 + strlen(growth) <= columns)
		rg_buf_addf(p->out, "  %s", growth);
	rg_buf_adds(p->out, "</text>");
}

static void add_title(struct picture *p, const struct rg_flame_node *node, const char *growth)
{
	const struct rg_flame_function *function = &p->flame->functions[node->function];
	char base[RG_FIGURE_MAX], canary[RG_FIGURE_MAX];

	rg_buf_adds(p->out, "<title>");
	rg_markup_add(p->out, function->name, LINE_BYTES);
	if (*function->module)
		rg_buf_adds(p->out, " in ");
	rg_markup_add(p->out, function->module, LINE_BYTES);
	rg_buf_adds(p->out, ": ");
	if (rg_flame_is_differential(p->graph))
		rg_buf_addf(p->out, "%s \xe2\x86\x92 ",
			    rg_flame_cost(base, &p->scale, p->graph, RG_FLAME_BASE,
					  node->value[RG_FLAME_BASE]));
	rg_buf_addf(p->out, "%s%s%s</title>",
		    rg_flame_cost(canary, &p->scale, p->graph, p->side, node->value[p->side]),
		    *growth ? ", " : "", growth);
}

static void add_frame(struct picture *p, const struct rg_flame_node *node, double x, double width)
{
	const char *color = rg_flame_color(p->flame, p->graph, node);
	double y = p->top + (node->depth + 1) * ROW;
	char growth[RG_FIGURE_MAX] = "";
	char merged[64];

	rg_buf_addf(p->out,
		    "<g class=\"%s\"><rect x=\"%.1f\" y=\"%.0f\" width=\"%.1f\" height=\"%d\" "
		    "fill=\"%s\"/>",
		    color, x, y, width > 1 ? width - 0.5 : width, ROW - 1, fill_of(color));
	if (node->function == RG_FLAME_REST) {
		snprintf(merged, sizeof(merged), "%" PRIu32 " smaller", node->merged);
		add_label(p, merged, "", x, y, width);
	} else {
		rg_flame_growth(growth, p->graph, node->value);
		add_title(p, node, growth);
		add_label(p, p->flame->functions[node->function].name,
			  strcmp(color, "z") == 0 ? "" : growth, x, y, width);
	}
	rg_buf_adds(p->out, "</g>\n");
}

/* --- The tree ----------------------------------------------------------------------------------- */

/* Draws what waits at a depth and below. */
static void flush(struct picture *p, uint32_t depth)
{
	for (uint32_t at = depth; at <= p->deepest; at++) {
		struct level *level = &p->level[at];

		if (level->narrow >= 1)
			rg_buf_addf(p->out,
				    "<rect class=\"rest\" x=\"%.1f\" y=\"%.0f\" width=\"%.1f\" "
				    "height=\"%d\" fill=\"#ececec\"/>\n",
				    level->narrow_x, p->top + (at + 1) * ROW, level->narrow,
				    ROW - 1);
		level->narrow = 0;
	}
	if (p->deepest >= depth)
		p->deepest = depth ? depth - 1 : 0;
}

/* Whether it was wide enough to draw; then what it calls is looked at, too. */
static bool place(struct picture *p, const struct rg_flame_node *node)
{
	struct level *level = &p->level[node->depth];
	double width = width_of(p, node), x = level->x;

	level->x += width;
	if (width >= p->narrowest) {
		flush(p, node->depth);
		add_frame(p, node, x, width);
		level[1].x = x;
		return true;
	}
	flush(p, node->depth + 1);
	if (level->narrow == 0)
		level->narrow_x = x;
	level->narrow += width;
	if (p->deepest < node->depth)
		p->deepest = node->depth;
	return false;
}

static void add_frames(struct picture *p)
{
	uint32_t limit = DEPTH_MAX; /* deeper ones belong to a frame that was not drawn */

	for (size_t i = 0; i < p->tree->count; i++) {
		const struct rg_flame_node *node = &p->tree->nodes[i];

		if (node->depth > limit || node->depth >= DEPTH_MAX)
			continue;
		limit = place(p, node) ? DEPTH_MAX : node->depth;
	}
	flush(p, 0);
}

static void add_all(struct picture *p)
{
	char cost[RG_FIGURE_MAX], growth[RG_FIGURE_MAX], text[2 * RG_FIGURE_MAX + 8];

	rg_flame_cost(cost, &p->scale, p->graph, p->side, p->graph->total[p->side]);
	rg_flame_growth(growth, p->graph, p->graph->total);
	snprintf(text, sizeof(text), "all: %s", cost);
	/* A total's share of the total tells nothing. */
	if (p->graph->per == RG_FLAME_PER_TOTAL)
		*growth = '\0';
	rg_buf_addf(p->out,
		    "<g class=\"z\"><rect x=\"0\" y=\"%.0f\" width=\"%d\" height=\"%d\" "
		    "fill=\"#ececec\"/>",
		    p->top, WIDTH, ROW - 1);
	add_label(p, text, growth, 0, p->top, WIDTH);
	rg_buf_adds(p->out, "</g>\n");
}

/* --- The whole ---------------------------------------------------------------------------------- */

/* Above a picture that stands alone: the verdict, or the versions, and the legend. */
static void add_head(struct picture *p, const struct rg_flame_page *page, enum rg_flame_kind kind)
{
	struct rg_buf line;

	rg_buf_init(&line, RG_SHOW_SCRATCH_MAX);
	if (page->verdict)
		rg_render_line(page->verdict, LINE_BYTES, &line);
	else
		rg_buf_adds(&line, rg_flame_version(page, p->side));
	rg_buf_adds(p->out, "<text class=\"head\" x=\"3\" y=\"14\">");
	rg_markup_add(p->out, line.len ? line.data : "", WIDTH / 7);
	rg_buf_addf(p->out, "</text>\n<text x=\"3\" y=\"31\">%s. ", rg_flame_kind_title(kind));
	rg_flame_add_legend(p->out, page, kind);
	rg_buf_adds(p->out, "</text>\n");
	rg_show_inherit(p->out, &line);
	rg_buf_done(&line);
}

/* What is drawn of the first view, and how much of it. */
static struct picture picture_of(struct rg_buf *out, const struct rg_flame_page *page, bool alone)
{
	const struct rg_flame_graph *graph = &page->flame->graph[rg_flame_first(page->flame)];
	struct picture p = {
		.out = out,
		.flame = page->flame,
		.graph = graph,
		.tree = &graph->tree[RG_FLAME_CALLEES],
		.side = rg_flame_side(graph),
		.top = alone ? HEAD : 0,
		.narrowest = 1,
	};

	rg_flame_scale(&p.scale, page->flame, graph);
	while (graph->total[p.side] > 0 && count_wider(&p, p.narrowest) > FRAMES_MAX)
		p.narrowest *= 2;
	return p;
}

void rg_flame_add_picture(struct rg_buf *out, const struct rg_flame_page *page, bool alone)
{
	struct picture p = picture_of(out, page, alone);
	bool any = p.graph->total[p.side] > 0;

	rg_buf_addf(out,
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"flame\" role=\"img\" "
		    "aria-label=\"Flame graph\" viewBox=\"0 0 %d %.0f\" font-size=\"%d\" "
		    "font-family=\"ui-monospace, monospace\">\n",
		    WIDTH, p.top + ((any ? deepest_drawn(&p) : 0) + 2) * ROW, FONT);
	if (alone) {
		rg_buf_addf(out,
			    "<style>%s</style>\n<rect class=\"page\" width=\"100%%\" "
			    "height=\"100%%\" fill=\"#fff\"/>\n",
			    rg_flame_colors);
		add_head(&p, page, rg_flame_first(page->flame));
	}
	add_all(&p);
	if (any)
		add_frames(&p);
	rg_buf_adds(out, "</svg>\n");
}
