/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_LAYOUT_H
#define RG_RENDER_LAYOUT_H

#include "figure.h"

#include "rg/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct rg_pen;

enum rg_shape {
	RG_SHAPE_WIDE,   /* a row is one line */
	RG_SHAPE_MEDIUM, /* module, source and what could have been seen on a second line */
	RG_SHAPE_NARROW, /* the interval on a line of its own, too */
};

/* Columns kept free on a medium row's second line: "could have seen" above them is the widest. */
enum { RG_LAYOUT_SEEN_WIDTH = 15 };

/* What a table shows: the rows of one dimension. */
struct rg_block {
	const struct rg_row *rows;
	size_t count, shown, left_out; /* rows; those the table shows; those that are in no list */
	const struct rg_row *total;    /* NULL: there is none to show */
	struct rg_cost_scale scale;
	char unit[RG_FIGURE_MAX]; /* "CORES", "µs/request" */
	const char *heading;      /* "FUNCTION" */
	const char *what;         /* "function", as in "3 more functions" */
};

struct rg_block rg_block_on_cpu(const struct rg_verdict *verdict);
/* Callers that fail, with all they call. */
struct rg_block rg_block_callers(const struct rg_verdict *verdict);
/* Without rows and total when it was not measured. */
struct rg_block rg_block_off_cpu(const struct rg_verdict *verdict);

/* Where the columns of a table are: as wide as what they hold, the functions' as wide as fits. */
struct rg_layout {
	enum rg_shape shape;
	struct rg_cost_scale scale;
	bool any_seen;
	size_t function_width, module_width, source_width;
	size_t before_width, after_width, growth_width, interval_width;
	/* The first column of each; `end` is behind the last of the table. */
	size_t module, source, cost, growth, interval, end;
};

void rg_layout_of(struct rg_layout *layout, const struct rg_block *block, const struct rg_pen *pen);

/* Shares add up to one, so that their total has nothing to say. */
bool rg_layout_has_total(const struct rg_verdict *verdict);

/* Appends "pricing.c:88", not yet inert; nothing when the source is not known. */
void rg_layout_source(struct rg_buf *out, const struct rg_row *row);

#endif
