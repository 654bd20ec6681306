/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout.h"

#include "pen.h"
#include "show.h"
#include "table.h"
#include "words.h"

#include <string.h>

enum {
	GAP = 2,
	MODULE_MAX = 20,
	SOURCE_MAX = 28,
	/* A function's name cut shorter than this is not worth the one line: take another shape. */
	FUNCTION_WIDE_MIN = 32,
	FUNCTION_MEDIUM_MIN = 20,
	FUNCTION_MIN = 8,
};

/* What the columns would like to have. */
struct wishes {
	size_t function, module, source;
	size_t before;  /* the figures alone */
	size_t heading; /* of the costs */
};

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

bool rg_layout_has_total(const struct rg_verdict *verdict)
{
	const struct rg_row *total = &verdict->total;

	if (verdict->basis == RG_BASIS_SHARE && !total->tested)
		return false;
	return total->samples_base > 0 || total->samples_canary > 0;
}

void rg_layout_source(struct rg_buf *out, const struct rg_row *row)
{
	if (!*rg_text_or_empty(row->file))
		return;
	rg_buf_adds(out, row->file);
	if (row->line)
		rg_buf_addf(out, ":%u", row->line);
}

/* Columns of a text, at most `most`. */
static size_t room_of(const struct rg_buf *text, bool unicode, size_t most)
{
	return text->len ? smaller(rg_show_columns(text->data, unicode), most) : 0;
}

static void measure_figures(struct rg_layout *layout, const struct rg_row *row)
{
	struct rg_row_figures figures;

	rg_row_figures(&figures, &layout->scale, row);
	layout->before_width = larger(layout->before_width, strlen(figures.before));
	layout->after_width = larger(layout->after_width, strlen(figures.after));
	layout->growth_width = larger(layout->growth_width, strlen(figures.growth));
	layout->interval_width = larger(layout->interval_width, strlen(figures.interval));
	layout->any_seen |= *figures.seen != '\0';
}

static size_t name_columns(const struct rg_row *row, bool unicode)
{
	struct rg_buf name;
	size_t columns;

	rg_buf_init(&name, RG_SHOW_SCRATCH_MAX);
	rg_row_add_name(&name, row);
	columns = name.len ? rg_show_columns(name.data, unicode) : 0;
	rg_buf_done(&name);
	return columns;
}

static void measure_names(struct wishes *wishes, const struct rg_row *row, bool unicode)
{
	struct rg_buf source;
	size_t function = name_columns(row, unicode);
	size_t module = rg_show_columns(row->module, unicode);

	rg_buf_init(&source, RG_SHOW_SCRATCH_MAX);
	rg_layout_source(&source, row);
	wishes->function = larger(wishes->function, function);
	wishes->module = larger(wishes->module, smaller(module, MODULE_MAX));
	wishes->source = larger(wishes->source, room_of(&source, unicode, SOURCE_MAX));
	rg_buf_done(&source);
}

static void measure(struct rg_layout *layout, struct wishes *wishes, const struct rg_block *block,
		    bool unicode)
{
	for (size_t i = 0; i < block->shown; i++) {
		measure_figures(layout, &block->rows[i]);
		measure_names(wishes, &block->rows[i], unicode);
	}
	if (block->total)
		measure_figures(layout, block->total);
	if (layout->interval_width)
		layout->interval_width = larger(layout->interval_width, strlen("95 % INTERVAL"));
	layout->growth_width = larger(layout->growth_width, strlen("GROWTH"));
	if (wishes->module)
		wishes->module = larger(wishes->module, strlen("MODULE"));
	if (wishes->source)
		wishes->source = larger(wishes->source, strlen("SOURCE"));
	wishes->before = layout->before_width;
	/* "CORES" takes no more than the figures and what is free before them. */
	if (block->scale.per)
		wishes->heading = rg_show_columns(block->unit, unicode) +
				  strlen(unicode ? " BEFORE > AFTER" : " BEFORE -> AFTER");
	/* The heading of the costs reaches into the functions' column. */
	wishes->function =
		larger(wishes->function, strlen(block->heading) + GAP + strlen("BEFORE"));
}

static size_t cost_width(const struct rg_layout *layout, bool unicode)
{
	return layout->before_width + (unicode ? 3 : 4) + layout->after_width;
}

static size_t optional(size_t width)
{
	return width ? GAP + width : 0;
}

/* Columns of everything but the function, module and source. */
static size_t fixed_width(const struct rg_layout *layout, bool unicode)
{
	size_t width =
		RG_TABLE_BODY + GAP + cost_width(layout, unicode) + GAP + layout->growth_width;

	if (layout->shape != RG_SHAPE_NARROW)
		width += optional(layout->interval_width);
	if (layout->shape == RG_SHAPE_WIDE && layout->any_seen)
		width += GAP + RG_LAYOUT_SEEN_WIDTH;
	return width;
}

/* Whether the shape leaves the functions `least` columns, or all they wish for. */
static bool fits(struct rg_layout *layout, enum rg_shape shape, const struct wishes *wishes,
		 size_t least, const struct rg_pen *pen)
{
	size_t taken;

	layout->shape = shape;
	layout->before_width = wishes->before;
	/* Where other headings stand before it, that of the costs needs a place of its own. */
	if (shape == RG_SHAPE_WIDE && (wishes->module || wishes->source) &&
	    cost_width(layout, pen->unicode) < wishes->heading)
		layout->before_width += wishes->heading - cost_width(layout, pen->unicode);
	layout->module_width = shape == RG_SHAPE_WIDE ? wishes->module : 0;
	layout->source_width = shape == RG_SHAPE_WIDE ? wishes->source : 0;
	taken = fixed_width(layout, pen->unicode) + optional(layout->module_width) +
		optional(layout->source_width);
	if (pen->columns < taken + FUNCTION_MIN) {
		layout->function_width = FUNCTION_MIN;
		return false;
	}
	layout->function_width = smaller(wishes->function, pen->columns - taken);
	return layout->function_width >= smaller(wishes->function, least);
}

static void place(struct rg_layout *layout, bool unicode)
{
	layout->module = RG_TABLE_BODY + layout->function_width + GAP;
	layout->source = layout->module + (layout->module_width ? layout->module_width + GAP : 0);
	layout->cost = layout->source + (layout->source_width ? layout->source_width + GAP : 0);
	layout->growth = layout->cost + cost_width(layout, unicode) + GAP;
	layout->interval = layout->growth + layout->growth_width + GAP;
	layout->end = fixed_width(layout, unicode) + layout->function_width +
		      optional(layout->module_width) + optional(layout->source_width);
}

/* In capitals, as the other headings are; a unit of work is as it was given. */
static void set_unit(struct rg_block *block)
{
	rg_figure_unit(block->unit, &block->scale);
	for (char *c = block->unit; !block->scale.per && *c; c++) {
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - ('a' - 'A'));
	}
}

struct rg_block rg_block_on_cpu(const struct rg_verdict *verdict)
{
	struct rg_block block = {
		.rows = verdict->rows,
		.count = verdict->row_count,
		.shown = rg_rows_shown(verdict),
		.left_out = verdict->rows_left_out,
		.total = rg_layout_has_total(verdict) ? &verdict->total : NULL,
		.scale = rg_cost_scale_of(verdict),
		.heading = "FUNCTION",
		.what = "more function",
	};

	set_unit(&block);
	return block;
}

struct rg_block rg_block_callers(const struct rg_verdict *verdict)
{
	struct rg_block block = {
		.rows = verdict->callers,
		.count = verdict->caller_count,
		.shown = verdict->caller_count,
		.scale = rg_cost_scale_of(verdict),
		.heading = "WITH ALL IT CALLS",
		.what = "more caller",
	};

	set_unit(&block);
	return block;
}

struct rg_block rg_block_off_cpu(const struct rg_verdict *verdict)
{
	const struct rg_off_cpu *off_cpu = &verdict->off_cpu;
	bool any = off_cpu->total.samples_base > 0 || off_cpu->total.samples_canary > 0;
	struct rg_block block = {
		.rows = off_cpu->rows,
		.count = off_cpu->row_count,
		.shown = rg_waits_shown(verdict),
		.left_out = off_cpu->rows_left_out,
		.total = off_cpu->measured && any ? &off_cpu->total : NULL,
		.scale = rg_cost_scale_of_waits(verdict),
		.heading = "WAITING IN",
		.what = "more wait",
	};

	set_unit(&block);
	return block;
}

void rg_layout_of(struct rg_layout *layout, const struct rg_block *block, const struct rg_pen *pen)
{
	struct wishes wishes = {0};

	*layout = (struct rg_layout){.scale = block->scale};
	measure(layout, &wishes, block, pen->unicode);
	if (!fits(layout, RG_SHAPE_WIDE, &wishes, FUNCTION_WIDE_MIN, pen) &&
	    !fits(layout, RG_SHAPE_MEDIUM, &wishes, FUNCTION_MEDIUM_MIN, pen))
		fits(layout, RG_SHAPE_NARROW, &wishes, FUNCTION_MIN, pen);
	place(layout, pen->unicode);
}
