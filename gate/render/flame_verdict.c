/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame.h"

#include "layout.h"
#include "markup.h"
#include "show.h"
#include "words.h"

#include "rg/verdict.h"

enum { REASON_COLUMNS = 1000, NAME_COLUMNS = 120, ROWS_MAX = 12 };

static const char *class_of(const struct rg_row *row)
{
	return rg_row_fails(row) ? "fails" : rg_status_name(row->status);
}

static void add_buffer(struct rg_buf *out, struct rg_buf *text)
{
	if (text->len && !text->failed)
		rg_markup_add(out, text->data, NAME_COLUMNS);
	rg_show_inherit(out, text);
	rg_buf_done(text);
}

/* What opens a link to a function's frames. False, and nothing, where the graph has none. */
static bool open_link(struct rg_buf *out, enum rg_dimension dimension, uint32_t function)
{
	if (function == RG_FLAME_REST)
		return false;
	rg_buf_addf(out, "<a href=\"#graph\" data-kind=\"%s\" data-function=\"%u\">",
		    rg_dimension_name(dimension), function);
	return true;
}

static void add_function(struct rg_buf *out, const struct rg_flame_view *view,
			 const struct rg_row *row)
{
	bool linked = open_link(out, row->dimension, rg_flame_view_row(view, row));
	struct rg_buf text;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_row_add_name(&text, row);
	add_buffer(out, &text);
	rg_buf_adds(out, linked ? "</a><small>" : "<small>");
	rg_markup_add(out, row->module, NAME_COLUMNS);
	rg_buf_addc(out, ' ');
	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_layout_source(&text, row);
	add_buffer(out, &text);
	rg_buf_adds(out, "</small>");
}

static void add_row(struct rg_buf *out, const struct rg_flame_view *view,
		    const struct rg_cost_scale *scale, const struct rg_row *row)
{
	struct rg_row_figures figures;

	rg_row_figures(&figures, scale, row);
	rg_buf_addf(out, "<tr class=\"%s\"><td>%s</td><td>", class_of(row), rg_row_word(row));
	add_function(out, view, row);
	rg_buf_addf(out,
		    "</td><td class=\"figure\">%s \xe2\x86\x92 %s</td><td class=\"figure\">%s"
		    "<small>%s</small></td></tr>\n",
		    figures.before, figures.after, figures.growth, figures.interval);
}

static void add_block(struct rg_buf *out, const struct rg_flame_view *view,
		      const struct rg_block *block, const char *title)
{
	size_t shown = block->shown < ROWS_MAX ? block->shown : ROWS_MAX;
	char unit[RG_FIGURE_MAX];

	if (shown == 0)
		return;
	rg_buf_addf(out,
		    "<table class=\"top\"><caption>%s</caption>\n<thead><tr><th "
		    "scope=\"col\">status</th><th scope=\"col\">function</th><th scope=\"col\" "
		    "class=\"figure\">%s before \xe2\x86\x92 after</th><th scope=\"col\" "
		    "class=\"figure\">growth</th></tr></thead>\n<tbody>\n",
		    title, rg_figure_unit(unit, &block->scale));
	for (size_t i = 0; i < shown; i++)
		add_row(out, view, &block->scale, &block->rows[i]);
	rg_buf_adds(out, "</tbody></table>\n");
}

/* --- Where growth came in --------------------------------------------------------------------- */

static const struct rg_row *row_of(const struct rg_verdict *verdict, const struct rg_entry *entry)
{
	bool waits = entry->dimension == RG_DIMENSION_OFF_CPU;
	const struct rg_row *rows = waits ? verdict->off_cpu.rows : verdict->rows;
	size_t count = waits ? verdict->off_cpu.row_count : verdict->row_count;

	if (entry->of == RG_GROWTH_OF_TOTAL)
		return NULL;
	if (entry->of == RG_GROWTH_OF_CALLER) {
		rows = verdict->callers;
		count = verdict->caller_count;
	}
	return entry->row < count ? &rows[entry->row] : NULL;
}

static void add_entry(struct rg_buf *out, const struct rg_flame_view *view,
		      const struct rg_entry *entry)
{
	const struct rg_row *row = row_of(view->page->verdict, entry);
	char part[RG_FIGURE_MAX];
	struct rg_buf name;
	bool linked;

	rg_buf_adds(out, "<p class=\"entered\">The growth of ");
	rg_buf_init(&name, RG_SHOW_SCRATCH_MAX);
	if (row)
		rg_row_add_name(&name, row);
	else
		rg_buf_adds(&name,
			    entry->dimension == RG_DIMENSION_OFF_CPU ? "all waiting" : "the total");
	add_buffer(out, &name);
	rg_buf_adds(out, " came in at ");
	linked = open_link(out, entry->dimension, rg_flame_view_entry(view, entry));
	rg_markup_add(out, entry->function, NAME_COLUMNS);
	rg_buf_addf(out, "%s, which accounts for %s of it.</p>\n", linked ? "</a>" : "",
		    rg_figure_share(part, entry->explains));
}

static void add_entries(struct rg_buf *out, const struct rg_flame_view *view)
{
	const struct rg_verdict *verdict = view->page->verdict;

	for (size_t i = 0; i < verdict->entry_count && i < ROWS_MAX; i++)
		if (*rg_text_or_empty(verdict->entries[i].function))
			add_entry(out, view, &verdict->entries[i]);
}

/* --- All of it -------------------------------------------------------------------------------- */

static const char *tone_of(enum rg_outcome outcome)
{
	if (outcome == RG_OUTCOME_PASS)
		return "pass";
	return outcome == RG_OUTCOME_FAIL ? "fail" : "open";
}

static void add_versions(struct rg_buf *out, const struct rg_flame_page *page)
{
	rg_buf_adds(out, "<p class=\"versions\">");
	for (int side = 0; side < RG_FLAME_SIDES; side++) {
		if (page->flame->runs[side] == 0)
			continue;
		rg_buf_adds(out, side == RG_FLAME_BASE ? "baseline <b>" : "canary <b>");
		rg_markup_add(out, rg_flame_version(page, side), NAME_COLUMNS);
		rg_buf_addf(out, "</b>%s",
			    side == RG_FLAME_BASE && page->flame->runs[RG_FLAME_CANARY]
				    ? " \xe2\x86\x92 "
				    : "");
	}
	rg_buf_adds(out, "</p>\n");
}

void rg_flame_add_verdict(struct rg_buf *out, const struct rg_flame_view *view)
{
	const struct rg_verdict *verdict = view->page->verdict;
	struct rg_block block;

	if (!verdict) {
		rg_buf_adds(out, "<h1>Flame graph</h1>\n");
		add_versions(out, view->page);
		return;
	}
	rg_buf_addf(out, "<h1 class=\"%s\"><b>%s</b> ", tone_of(verdict->outcome),
		    rg_outcome_word(verdict->outcome));
	rg_markup_add(out, rg_text_or_empty(verdict->reason), REASON_COLUMNS);
	rg_buf_adds(out, "</h1>\n");
	add_versions(out, view->page);
	add_entries(out, view);
	rg_buf_adds(out, "<div class=\"tops\">\n");
	block = rg_block_on_cpu(verdict);
	add_block(out, view, &block, "On-CPU, self cost");
	block = rg_block_off_cpu(verdict);
	add_block(out, view, &block, "Off-CPU, by who waits");
	rg_buf_adds(out, "</div>\n");
}
