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

/* The function, as a link to its frames where the graph has any. */
static void add_function(struct rg_buf *out, const struct rg_flame_view *view,
			 const struct rg_row *row)
{
	uint32_t function = rg_flame_find(view->flame, rg_text_or_empty(row->key),
					  rg_text_or_empty(row->module));
	bool linked = function != RG_FLAME_REST && view->number[function] != RG_FLAME_REST;
	struct rg_buf text;

	if (linked)
		rg_buf_addf(out, "<a href=\"#graph\" data-kind=\"%s\" data-function=\"%u\">",
			    row->dimension == RG_DIMENSION_OFF_CPU ? "off_cpu" : "on_cpu",
			    view->number[function]);
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
	rg_buf_adds(out, "<div class=\"tops\">\n");
	block = rg_block_on_cpu(verdict);
	add_block(out, view, &block, "On-CPU, self cost");
	block = rg_block_off_cpu(verdict);
	add_block(out, view, &block, "Off-CPU, by who waits");
	rg_buf_adds(out, "</div>\n");
}
