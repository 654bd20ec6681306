/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "table.h"

#include "layout.h"
#include "show.h"
#include "table_row.h"
#include "words.h"

#include "rg/text.h"

#include <stdio.h>
#include <string.h>

static void write_heading_at(struct rg_pen *pen, size_t column, const char *text)
{
	rg_pen_to(pen, column);
	rg_pen_write(pen, text);
}

/*
 * Ends with the column of what comes after, reaching into the functions' column: where that has a long heading of its own, which
 * ends at `taken`, without the unit, which the first table says.
 */
static void write_cost_heading(struct rg_pen *pen, const struct rg_layout *layout, const char *unit,
			       size_t taken)
{
	char whole[RG_FIGURE_MAX + 32];
	const char *text = whole;
	size_t columns;

	snprintf(whole, sizeof(whole), "%s BEFORE \xe2\x86\x92 AFTER", unit);
	columns = rg_show_columns(text, pen->unicode);
	if (layout->growth < taken + 1 + columns + 2) {
		text += strlen(unit) + 1;
		columns = rg_show_columns(text, pen->unicode);
	}
	if (layout->growth > columns + 2)
		rg_pen_to(pen, layout->growth - 2 - columns);
	rg_pen_name(pen, text, columns);
	rg_pen_to(pen, layout->growth);
	rg_pen_right(pen, "GROWTH", layout->growth_width);
}

static void write_first_heading(struct rg_pen *pen, const struct rg_layout *layout,
				const struct rg_block *block)
{
	bool wide = layout->shape == RG_SHAPE_WIDE;
	bool others = wide && (layout->module_width || layout->source_width);

	write_heading_at(pen, RG_TABLE_INDENT, "STATUS");
	write_heading_at(pen, RG_TABLE_BODY, block->heading);
	if (wide && layout->module_width)
		write_heading_at(pen, layout->module, "MODULE");
	if (wide && layout->source_width)
		write_heading_at(pen, layout->source, "SOURCE");
	write_cost_heading(pen, layout, block->unit,
			   others ? 0 : RG_TABLE_BODY + strlen(block->heading));
	if (layout->interval_width && layout->shape != RG_SHAPE_NARROW) {
		rg_pen_to(pen, layout->interval);
		rg_pen_right(pen, "95 % INTERVAL", layout->interval_width);
	}
	if (wide && layout->any_seen)
		write_heading_at(pen, layout->end - strlen("COULD HAVE SEEN"), "COULD HAVE SEEN");
}

static void write_second_heading(struct rg_pen *pen, const struct rg_layout *layout)
{
	write_heading_at(pen, RG_TABLE_BODY,
			 layout->scale.waits ? "for what, source" : "module, source");
	if (layout->any_seen)
		write_heading_at(pen, layout->end - strlen("could have seen"), "could have seen");
}

static void write_heading(struct rg_pen *pen, const struct rg_layout *layout,
			  const struct rg_block *block)
{
	rg_pen_tone(pen, RG_TONE_QUIET);
	write_first_heading(pen, layout, block);
	rg_pen_tone(pen, RG_TONE_PLAIN);
	rg_pen_newline(pen);
	if (layout->shape != RG_SHAPE_MEDIUM)
		return;
	rg_pen_tone(pen, RG_TONE_QUIET);
	write_second_heading(pen, layout);
	rg_pen_tone(pen, RG_TONE_PLAIN);
	rg_pen_newline(pen);
}

static void write_more(struct rg_pen *pen, const struct rg_block *block)
{
	size_t more = block->count - block->shown + block->left_out;
	char count[RG_FIGURE_MAX];

	if (more == 0)
		return;
	rg_pen_to(pen, RG_TABLE_BODY);
	rg_pen_tone(pen, RG_TONE_QUIET);
	rg_pen_write(pen, rg_figure_count(count, more, block->what));
	rg_pen_write(pen, " not shown");
	rg_pen_tone(pen, RG_TONE_PLAIN);
	rg_pen_newline(pen);
}

static void write_block(struct rg_pen *pen, const struct rg_block *block)
{
	struct rg_layout layout;

	if (block->shown == 0 && !block->total)
		return;
	rg_layout_of(&layout, block, pen);
	write_heading(pen, &layout, block);
	for (size_t i = 0; i < block->shown; i++)
		rg_table_row_write(pen, &layout, &block->rows[i], false);
	if (block->total)
		rg_table_row_write(pen, &layout, block->total, true);
	write_more(pen, block);
	rg_pen_newline(pen);
}

void rg_table_write(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	const struct rg_block on_cpu = rg_block_on_cpu(verdict);
	const struct rg_block callers = rg_block_callers(verdict);
	const struct rg_block off_cpu = rg_block_off_cpu(verdict);

	write_block(pen, &on_cpu);
	write_block(pen, &callers);
	write_block(pen, &off_cpu);
}
