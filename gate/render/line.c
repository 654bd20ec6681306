/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/render.h"

#include "line.h"

#include "accepted.h"
#include "comment.h"
#include "figure.h"
#include "layout.h"
#include "moves.h"
#include "show.h"
#include "words.h"

#include "rg/buf.h"

#include <string.h>

#define ARROW "\xe2\x86\x92"

enum { NAME_COLUMNS = 120, MODULE_COLUMNS = 60 };

void rg_render_headline(const struct rg_verdict *verdict, struct rg_buf *out)
{
	rg_comment_headline(out, verdict);
}

/* Cut in the middle until it fits; a column may take several bytes. */
static void add_within(struct rg_buf *out, const struct rg_buf *text, size_t max_bytes)
{
	size_t columns = max_bytes, before = out->len;

	if (text->failed || text->len == 0)
		return;
	do {
		rg_buf_cut(out, before);
		rg_show_cut(out, text->data, columns, true);
		columns -= columns / 8 + 1;
	} while (!out->failed && out->len - before > max_bytes && columns > 8);
}

/* What a verdict says after its first clause is for where there is room; "; " stands between them. */
static void leave_out_clauses(struct rg_buf *text, size_t max_bytes)
{
	static const char rest[] = "; …";

	while (!text->failed && text->len > max_bytes) {
		size_t at = text->len - (text->len > strlen(rest) ? strlen(rest) : 0);

		while (at > 1 && !(text->data[at - 1] == ';' && text->data[at] == ' '))
			at--;
		if (at <= 1)
			return;
		rg_buf_cut(text, at - 1);
		rg_buf_adds(text, rest);
	}
}

static void finish(struct rg_buf *out, struct rg_buf *text, size_t max_bytes)
{
	add_within(out, text, max_bytes);
	rg_show_inherit(out, text);
	rg_buf_done(text);
}

void rg_render_line(const struct rg_verdict *verdict, size_t max_bytes, struct rg_buf *out)
{
	const char *reason = rg_text_or_empty(verdict->reason);
	struct rg_buf text;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_buf_addf(&text, "%s%s%s", rg_outcome_word(verdict->outcome), *reason ? ": " : "",
		    reason);
	leave_out_clauses(&text, max_bytes);
	finish(out, &text, max_bytes);
}

static const char *verb_of_wait(const struct rg_row *row)
{
	switch (row->status) {
	case RG_STATUS_REGRESSED:
		return "waits longer";
	case RG_STATUS_NEW:
		return "is new among the longest waits";
	case RG_STATUS_SUSPECT:
		return "may wait longer, which is not certain";
	case RG_STATUS_IMPROVED:
		return "waits less";
	case RG_STATUS_UNKNOWN:
	case RG_STATUS_UNCHANGED:
	case RG_STATUS_DISPLACED:
	case RG_STATUS_IGNORED:
	case RG_STATUS_ACCEPTED:
	case RG_STATUS_PLACED:
		break;
	case RG_STATUS_MOVED:
		return "waits where others waited";
	}
	return rg_row_word(row);
}

static const char *verb_of(const struct rg_row *row)
{
	if (row->dimension == RG_DIMENSION_OFF_CPU)
		return verb_of_wait(row);
	switch (row->status) {
	case RG_STATUS_REGRESSED:
		return "uses more CPU";
	case RG_STATUS_NEW:
		return "is new among the most expensive functions";
	case RG_STATUS_SUSPECT:
		return "may use more CPU, which is not certain";
	case RG_STATUS_IMPROVED:
		return "uses less CPU";
	case RG_STATUS_UNKNOWN:
	case RG_STATUS_UNCHANGED:
	case RG_STATUS_DISPLACED:
	case RG_STATUS_IGNORED:
	case RG_STATUS_ACCEPTED:
		break;
	case RG_STATUS_MOVED:
		return "holds code that was elsewhere";
	case RG_STATUS_PLACED:
		return "is the same machine code, placed elsewhere, and uses more CPU";
	}
	return rg_row_word(row);
}

static void add_name(struct rg_buf *text, const struct rg_row *row)
{
	struct rg_buf name;

	if (!*rg_text_or_empty(row->function)) {
		rg_buf_adds(text, row->dimension == RG_DIMENSION_OFF_CPU
					  ? "the whole program, idle waits aside,"
					  : "the whole program");
		return;
	}
	rg_buf_init(&name, RG_SHOW_SCRATCH_MAX);
	rg_row_add_name(&name, row);
	if (name.len && !name.failed)
		rg_show_cut(text, name.data, NAME_COLUMNS, true);
	rg_show_inherit(text, &name);
	rg_buf_done(&name);
	if (!*rg_text_or_empty(row->module))
		return;
	rg_buf_adds(text, " (");
	rg_show_cut(text, row->module, MODULE_COLUMNS, true);
	rg_buf_addc(text, ')');
}

/* "; accepted up to 40 % until 2026-03-31 by ada: new checks" */
static void add_acceptance(struct rg_buf *text, const struct rg_verdict *verdict,
			   const struct rg_row *row)
{
	if (row->accept.found == RG_ACCEPTANCE_NONE)
		return;
	rg_buf_adds(text, "; accepted ");
	rg_accepted_add_limits(text, verdict, row);
	rg_buf_adds(text, " by ");
	rg_show_cut(text, rg_text_or_empty(row->accept.owner), MODULE_COLUMNS, true);
	if (row->accept.found == RG_ACCEPTANCE_HOLDS) {
		rg_buf_adds(text, ": ");
		rg_show_cut(text, rg_text_or_empty(row->accept.reason), NAME_COLUMNS, true);
	} else {
		rg_buf_adds(text, row->accept.found == RG_ACCEPTANCE_EXPIRED
					  ? ", which has expired"
					  : ", which it exceeds");
	}
}

void rg_line_add_row(struct rg_buf *text, const struct rg_verdict *verdict,
		     const struct rg_row *row, const char *arrow)
{
	struct rg_cost_scale scale = row->dimension == RG_DIMENSION_OFF_CPU
					     ? rg_cost_scale_of_waits(verdict)
					     : rg_cost_scale_of(verdict);
	struct rg_row_figures figures;
	char after[RG_FIGURE_MAX];

	rg_row_figures(&figures, &scale, row);
	rg_figure_cost_unit(after, &scale, row->cost_canary, row->samples_canary);
	add_name(text, row);
	if (rg_row_is_caller(verdict, row))
		rg_buf_adds(text, " with all it calls");
	rg_buf_addf(text, " %s: %s %s %s", verb_of(row), figures.before, arrow, after);
	if (*figures.growth)
		rg_buf_addf(text, ", %s", figures.growth);
	if (*figures.interval)
		rg_buf_addf(text, " (%s)", figures.interval);
	add_acceptance(text, verdict, row);
	rg_line_add_moves(text, verdict, row);
}

void rg_render_row_line(const struct rg_verdict *verdict, const struct rg_row *row,
			size_t max_bytes, struct rg_buf *out)
{
	struct rg_buf text;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_line_add_row(&text, verdict, row, ARROW);
	finish(out, &text, max_bytes);
}
