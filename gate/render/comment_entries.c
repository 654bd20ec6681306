/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comment.h"

#include "layout.h"
#include "moves.h"
#include "placed.h"
#include "show.h"
#include "span.h"
#include "words.h"

enum { SHOWN_MAX = 10 };

void rg_comment_callers(struct rg_buf *out, const struct rg_verdict *verdict,
			const struct rg_cost_scale *scale)
{
	if (verdict->caller_count == 0)
		return;
	rg_buf_adds(out, "\nCallers, with all they call:\n");
	rg_comment_heading(out, verdict, RG_DIMENSION_ON_CPU);
	for (size_t i = 0; i < verdict->caller_count; i++)
		rg_comment_row(out, verdict, scale, &verdict->callers[i]);
}

static void add_entry(struct rg_buf *out, const struct rg_verdict *verdict,
		      const struct rg_entry *entry)
{
	const struct rg_row place = {.file = entry->file, .line = entry->line};
	char part[RG_FIGURE_MAX];
	struct rg_buf text;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_buf_adds(out, "- ");
	rg_entry_add_subject(&text, verdict, entry);
	if (text.len && !text.failed)
		rg_span_add(out, text.data, RG_SPAN_COLUMNS, false);
	rg_buf_adds(out, ": through ");
	rg_span_add(out, entry->function, RG_SPAN_COLUMNS, false);
	rg_buf_reset(&text);
	rg_layout_source(&text, &place);
	if (text.len && !text.failed) {
		rg_buf_adds(out, " at ");
		rg_span_add(out, text.data, RG_SPAN_COLUMNS, false);
	}
	rg_buf_addf(out, ", %s of the growth\n", rg_figure_share(part, entry->explains));
	rg_show_inherit(out, &text);
	rg_buf_done(&text);
}

static void add_renames(struct rg_buf *out, const struct rg_verdict *verdict)
{
	const char *before = "\nRenamed, and compared as one function:\n\n";

	for (size_t i = 0; i < verdict->row_count; i++) {
		const struct rg_row *row = &verdict->rows[i];

		if (!*rg_text_or_empty(row->renamed_from))
			continue;
		rg_buf_addf(out, "%s- ", before);
		rg_span_add(out, row->renamed_from, RG_SPAN_COLUMNS, false);
		rg_buf_adds(out, " \xe2\x86\x92 ");
		rg_span_add(out, rg_text_or_empty(row->function), RG_SPAN_COLUMNS, false);
		rg_commit_add_id(out, ", by ", row->renamed_by);
		rg_buf_addc(out, '\n');
		before = "";
	}
}

void rg_comment_entries(struct rg_buf *out, const struct rg_verdict *verdict)
{
	size_t shown = verdict->entry_count < SHOWN_MAX ? verdict->entry_count : SHOWN_MAX;

	if (shown)
		rg_buf_adds(out, "\nWhere the growth came in:\n\n");
	for (size_t i = 0; i < shown; i++)
		add_entry(out, verdict, &verdict->entries[i]);
	if (shown < verdict->entry_count)
		rg_buf_addf(out, "- and %zu more\n", verdict->entry_count - shown);
	add_renames(out, verdict);
	rg_comment_moves(out, verdict);
	rg_comment_placed(out, verdict);
}
