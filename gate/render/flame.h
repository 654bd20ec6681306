/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_FLAME_H
#define RG_RENDER_FLAME_H

#include "figure.h"

#include "rg/buf.h"
#include "rg/flame.h"
#include "rg/render.h"
#include "rg/verdict.h"

/* A page while it is written: the functions that it names, numbered as they are met. */
struct rg_flame_view {
	const struct rg_flame_page *page;
	const struct rg_flame *flame;
	uint32_t *number; /* of each function; RG_FLAME_REST: it is not named */
	uint32_t *named;  /* functions by number */
	uint32_t named_count;
};

/* 0 or RG_ENOMEM. */
int rg_flame_view_open(struct rg_flame_view *view, const struct rg_flame_page *page);
void rg_flame_view_close(struct rg_flame_view *view);
/* The number of the function that it is about; RG_FLAME_REST: none that the page names. */
uint32_t rg_flame_view_row(const struct rg_flame_view *view, const struct rg_row *row);
uint32_t rg_flame_view_entry(const struct rg_flame_view *view, const struct rg_entry *entry);

/* --- Parts of the page, each appended to `out` ------------------------------------------------ */

/* The verdict and the functions that a report shows first, as links to their frames. */
void rg_flame_add_verdict(struct rg_buf *out, const struct rg_flame_view *view);
/* All that the script draws from, as JSON that may stand in a script element. */
void rg_flame_add_data(struct rg_buf *out, const struct rg_flame_view *view);
/* Provenance, losses and account of both sides. */
void rg_flame_add_details(struct rg_buf *out, const struct rg_flame_view *view);
/* The picture, within a page (that has its styles) or standing alone. */
void rg_flame_add_picture(struct rg_buf *out, const struct rg_flame_page *page, bool alone);
/* One sentence: what widths and colours mean here. */
void rg_flame_add_legend(struct rg_buf *out, const struct rg_flame_page *page,
			 enum rg_flame_kind kind);

/* --- Words and figures ------------------------------------------------------------------------ */

/* "on_cpu"; "On-CPU". */
const char *rg_flame_kind_name(enum rg_flame_kind kind);
const char *rg_flame_kind_title(enum rg_flame_kind kind);
/* The first kind that holds anything. */
enum rg_flame_kind rg_flame_first(const struct rg_flame *flame);
/* The side that widths are of: the canary, where it has anything. */
int rg_flame_side(const struct rg_flame_graph *graph);
/* Whether there is something on both sides. */
bool rg_flame_is_differential(const struct rg_flame_graph *graph);
/* A side's version, as its profiles have it, or "baseline" or "canary". Not inert. */
const char *rg_flame_version(const struct rg_flame_page *page, int side);

/* Class of a frame's colour: "g4" (grew fourfold or more) to "s4", "z" between them; "m0" to "m5", by its
 * module, where there is nothing to compare; "rest" for what is merged. */
const char *rg_flame_color(const struct rg_flame *flame, const struct rg_flame_graph *graph,
			   const struct rg_flame_node *node);
unsigned int rg_flame_tint(const char *module);

/* How the costs of a graph are shown. */
void rg_flame_scale(struct rg_cost_scale *out, const struct rg_flame *flame,
		    const struct rg_flame_graph *graph);
/* "0.2067 cores", "84.10 ms/s", "12.3 %", "31.2 µs/request". */
char *rg_flame_cost(char out[RG_FIGURE_MAX], const struct rg_cost_scale *scale,
		    const struct rg_flame_graph *graph, int side, int64_t value);
/* "+312 %", "new", "gone"; "" where there is nothing to compare. */
char *rg_flame_growth(char out[RG_FIGURE_MAX], const struct rg_flame_graph *graph,
		      const int64_t value[RG_FLAME_SIDES]);

#endif
