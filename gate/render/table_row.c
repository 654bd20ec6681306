/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "table_row.h"

#include "name.h"
#include "show.h"
#include "table.h"
#include "words.h"

#include "rg/text.h"

#include <stdio.h>
#include <string.h>

/* A row as it is shown. */
struct entry {
	const struct rg_row *row;
	bool total;
	struct rg_buf name; /* the function; of a wait in one line what it waits in, too */
	struct rg_buf wait; /* of a wait in several lines: "[lock, pthread_mutex_lock]" */
	const char *module;
	struct rg_buf source; /* "pricing.c:88" */
	struct rg_row_figures figures;
};

static enum rg_tone status_tone(enum rg_status status)
{
	switch (status) {
	case RG_STATUS_REGRESSED:
	case RG_STATUS_NEW:
		return RG_TONE_RED;
	case RG_STATUS_SUSPECT:
	case RG_STATUS_ACCEPTED:
	case RG_STATUS_MOVED:
	case RG_STATUS_PLACED:
		return RG_TONE_YELLOW;
	case RG_STATUS_IMPROVED:
		return RG_TONE_GREEN;
	case RG_STATUS_UNKNOWN:
		return RG_TONE_QUIET;
	case RG_STATUS_UNCHANGED:
	case RG_STATUS_DISPLACED:
	case RG_STATUS_IGNORED:
	default:
		return RG_TONE_PLAIN;
	}
}

static void write_status_and_name(struct rg_pen *pen, const struct rg_layout *layout,
				  const struct entry *entry)
{
	rg_pen_to(pen, RG_TABLE_INDENT);
	rg_pen_tone(pen, status_tone(entry->row->status));
	rg_pen_write(pen, rg_row_word(entry->row));
	rg_pen_tone(pen, RG_TONE_PLAIN);
	rg_pen_to(pen, RG_TABLE_BODY);
	rg_pen_tone(pen, entry->total ? RG_TONE_STRONG : RG_TONE_PLAIN);
	pen->used += rg_name_show(pen->out,
				  entry->total      ? "total"
				  : entry->name.len ? entry->name.data
						    : "",
				  layout->function_width, pen->unicode);
	rg_pen_tone(pen, RG_TONE_PLAIN);
}

static void write_costs(struct rg_pen *pen, const struct rg_layout *layout,
			const struct rg_row_figures *figures)
{
	rg_pen_to(pen, layout->cost);
	rg_pen_right(pen, figures->before, layout->before_width);
	rg_pen_write(pen, " ");
	rg_pen_write(pen, rg_pen_arrow(pen));
	rg_pen_write(pen, " ");
	rg_pen_right(pen, figures->after, layout->after_width);
	if (!*figures->growth)
		return;
	rg_pen_to(pen, layout->growth);
	rg_pen_right(pen, figures->growth, layout->growth_width);
}

static void write_interval(struct rg_pen *pen, const struct rg_layout *layout,
			   const struct rg_row_figures *figures)
{
	if (!*figures->interval)
		return;
	rg_pen_to(pen, layout->interval);
	rg_pen_right(pen, figures->interval, layout->interval_width);
}

/* At the right edge of the table. */
static void write_last(struct rg_pen *pen, const struct rg_layout *layout, const char *text)
{
	size_t columns = rg_text_columns(text, strlen(text));

	rg_pen_to(pen, layout->end > columns ? layout->end - columns : 0);
	rg_pen_write(pen, text);
}

static void write_seen(struct rg_pen *pen, const struct rg_layout *layout, const char *lead,
		       const struct rg_row_figures *figures)
{
	char text[2 * RG_FIGURE_MAX];

	if (!*figures->seen)
		return;
	snprintf(text, sizeof(text), "%.24s%s%s%s", lead,
		 figures->seen_is_bound ? rg_pen_at_least(pen) : "",
		 figures->seen_is_bound ? " " : "", figures->seen);
	write_last(pen, layout, text);
}

static bool has_place(const struct entry *entry)
{
	return *entry->module || entry->source.len || entry->wait.len;
}

/* A module may have half of the columns where a source follows; what is waited in, what that leaves. */
static size_t first_width(const struct rg_pen *pen, const struct entry *entry, size_t width)
{
	size_t source;

	if (entry->source.len == 0)
		return width;
	source = rg_show_columns(entry->source.data, pen->unicode);
	if (entry->wait.len && source + 2 < width / 2)
		return width - source - 2;
	return width / 2 - 1;
}

/* "orders  pricing.c:88", or "[disk, fsync]  audit.c:88", in at most `width` columns. */
static void write_place(struct rg_pen *pen, const struct entry *entry, size_t width)
{
	size_t begin;

	if (!has_place(entry))
		return;
	rg_pen_to(pen, RG_TABLE_BODY);
	begin = pen->used;
	rg_pen_name(pen, entry->wait.len ? entry->wait.data : entry->module,
		    first_width(pen, entry, width));
	if (entry->source.len == 0)
		return;
	rg_pen_to(pen, pen->used > begin ? pen->used + 2 : begin);
	rg_pen_name(pen, entry->source.data, width - (pen->used - begin));
}

static void write_wide(struct rg_pen *pen, const struct rg_layout *layout,
		       const struct entry *entry)
{
	if (*entry->module && !entry->total) {
		rg_pen_to(pen, layout->module);
		rg_pen_name(pen, entry->module, layout->module_width);
	}
	if (entry->source.len) {
		rg_pen_to(pen, layout->source);
		rg_pen_name(pen, entry->source.data, layout->source_width);
	}
	write_costs(pen, layout, &entry->figures);
	write_interval(pen, layout, &entry->figures);
	write_seen(pen, layout, "", &entry->figures);
	rg_pen_newline(pen);
}

static void end_quiet_line(struct rg_pen *pen)
{
	rg_pen_tone(pen, RG_TONE_PLAIN);
	rg_pen_newline(pen);
}

static void write_medium(struct rg_pen *pen, const struct rg_layout *layout,
			 const struct entry *entry)
{
	write_costs(pen, layout, &entry->figures);
	write_interval(pen, layout, &entry->figures);
	rg_pen_newline(pen);
	if (!has_place(entry) && !*entry->figures.seen)
		return;
	rg_pen_tone(pen, RG_TONE_QUIET);
	write_place(pen, entry, layout->end - RG_TABLE_BODY - RG_LAYOUT_SEEN_WIDTH - 2);
	write_seen(pen, layout, "", &entry->figures);
	end_quiet_line(pen);
}

static void write_narrow(struct rg_pen *pen, const struct rg_layout *layout,
			 const struct entry *entry)
{
	char interval[2 * RG_FIGURE_MAX];

	write_costs(pen, layout, &entry->figures);
	rg_pen_newline(pen);
	if (has_place(entry)) {
		rg_pen_tone(pen, RG_TONE_QUIET);
		write_place(pen, entry, layout->end - RG_TABLE_BODY);
		end_quiet_line(pen);
	}
	if (*entry->figures.interval) {
		snprintf(interval, sizeof(interval), "95 %%: %s", entry->figures.interval);
		rg_pen_tone(pen, RG_TONE_QUIET);
		write_last(pen, layout, interval);
		end_quiet_line(pen);
	}
	if (*entry->figures.seen) {
		rg_pen_tone(pen, RG_TONE_QUIET);
		write_seen(pen, layout, "could have seen ", &entry->figures);
		end_quiet_line(pen);
	}
}

void rg_table_row_write(struct rg_pen *pen, const struct rg_layout *layout,
			const struct rg_row *row, bool total)
{
	struct entry entry = {.row = row, .total = total};

	entry.module = rg_text_or_empty(row->module);
	if (total)
		entry.module = layout->scale.waits ? "without idle waits" : "the whole program";
	rg_buf_init(&entry.name, RG_SHOW_SCRATCH_MAX);
	rg_buf_init(&entry.wait, RG_SHOW_SCRATCH_MAX);
	if (layout->shape == RG_SHAPE_WIDE) {
		rg_row_add_name(&entry.name, row);
	} else {
		rg_buf_adds(&entry.name, rg_text_or_empty(row->function));
		rg_row_add_wait(&entry.wait, row);
	}
	rg_buf_init(&entry.source, RG_SHOW_SCRATCH_MAX);
	rg_layout_source(&entry.source, row);
	rg_row_figures(&entry.figures, &layout->scale, row);
	write_status_and_name(pen, layout, &entry);
	switch (layout->shape) {
	case RG_SHAPE_WIDE:
		write_wide(pen, layout, &entry);
		break;
	case RG_SHAPE_MEDIUM:
		write_medium(pen, layout, &entry);
		break;
	case RG_SHAPE_NARROW:
		write_narrow(pen, layout, &entry);
		break;
	}
	rg_show_inherit(pen->out, &entry.source);
	rg_show_inherit(pen->out, &entry.name);
	rg_show_inherit(pen->out, &entry.wait);
	rg_buf_done(&entry.source);
	rg_buf_done(&entry.name);
	rg_buf_done(&entry.wait);
}
