/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame.h"

#include "markup.h"
#include "show.h"

#include "rg/diff.h"
#include "rg/profile.h"

#include <string.h>

enum { VALUE_COLUMNS = 200, REPORT_COLUMNS = 110, RUNS_MAX = 20, REPORT_BYTES = 4 << 20 };

/* The report as a terminal shows it: its notes have the losses, accounts and limits in words. */
static void add_report(struct rg_buf *out, const struct rg_verdict *verdict)
{
	const struct rg_text_style style = {.columns = REPORT_COLUMNS, .unicode = true};
	struct rg_buf text;

	rg_buf_init(&text, REPORT_BYTES);
	rg_render_text(verdict, &style, &text);
	rg_buf_adds(out, "<h2>Report</h2>\n<pre>");
	if (text.len && !text.failed)
		rg_markup_add_inert(out, text.data, text.len);
	rg_buf_adds(out, "</pre>\n");
	rg_show_inherit(out, &text);
	rg_buf_done(&text);
}

static void add_run(struct rg_buf *out, const struct rg_profile *profile, const char *side,
		    size_t number)
{
	size_t count;
	const struct rg_fact *fact = rg_profile_facts(profile, &count);

	rg_buf_addf(out, "<table class=\"facts\"><caption>%s, run %zu</caption>\n<tbody>\n", side,
		    number);
	for (size_t i = 0; i < count; i++) {
		rg_buf_adds(out, "<tr><th scope=\"row\">");
		rg_markup_add(out, fact[i].key, VALUE_COLUMNS);
		rg_buf_adds(out, "</th><td>");
		rg_markup_add(out, fact[i].value, VALUE_COLUMNS);
		rg_buf_adds(out, "</td></tr>\n");
	}
	if (count == 0)
		rg_buf_adds(out,
			    "<tr><td>The profile says nothing of where it is from.</td></tr>\n");
	rg_buf_adds(out, "</tbody></table>\n");
}

static void add_runs(struct rg_buf *out, const struct rg_runs *runs, const char *side)
{
	for (size_t i = 0; i < runs->count && i < RUNS_MAX; i++)
		add_run(out, runs->run[i], side, i + 1);
	if (runs->count > RUNS_MAX)
		rg_buf_addf(out, "<p>%zu more runs of the %s.</p>\n", runs->count - RUNS_MAX, side);
}

void rg_flame_add_details(struct rg_buf *out, const struct rg_flame_view *view)
{
	if (view->page->verdict)
		add_report(out, view->page->verdict);
	rg_buf_adds(out, "<h2>Captures</h2>\n<div class=\"captures\">\n");
	add_runs(out, view->page->base, "baseline");
	add_runs(out, view->page->canary, "canary");
	rg_buf_adds(out, "</div>\n");
}
