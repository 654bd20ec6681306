/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pinned.h"

#include "figure.h"
#include "layout.h"
#include "line.h"
#include "notes.h"
#include "show.h"
#include "span.h"
#include "words.h"

#include <string.h>

#define ARROW "\xe2\x86\x92"

enum { ROWS_SHOWN = 5 };

/* The first rows of both dimensions that fail or may. */
struct grown {
	const struct rg_row *rows[ROWS_SHOWN];
	size_t shown, count;
};

static void gather(struct grown *grown, const struct rg_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!rg_row_fails(&rows[i]) && rows[i].status != RG_STATUS_SUSPECT)
			continue;
		if (grown->shown < ROWS_SHOWN)
			grown->rows[grown->shown++] = &rows[i];
		grown->count++;
	}
}

static struct grown grown_of(const struct rg_verdict *pinned)
{
	struct grown grown = {.count = 0};

	gather(&grown, &pinned->total, 1);
	gather(&grown, pinned->rows, pinned->row_count);
	gather(&grown, &pinned->off_cpu.total, 1);
	gather(&grown, pinned->off_cpu.rows, pinned->off_cpu.row_count);
	return grown;
}

/* --- On a terminal -------------------------------------------------------------------------- */

static void write_outcome(struct rg_pen *pen, const struct rg_verdict *pinned)
{
	char runs[RG_FIGURE_MAX];
	struct rg_buf text;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	if (*rg_text_or_empty(pinned->base.version)) {
		rg_note_add_text(&text, pinned->base.version, pen);
		rg_buf_adds(&text, ", ");
	}
	rg_buf_addf(&text, "%s: %s: %s", rg_figure_count(runs, pinned->base.runs, "run"),
		    rg_outcome_word(pinned->outcome), rg_text_or_empty(pinned->reason));
	rg_note_finish(pen, "pinned",
		       pinned->outcome == RG_OUTCOME_PASS ? RG_TONE_PLAIN : RG_TONE_YELLOW, &text);
}

void rg_pinned_write(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	const struct rg_verdict *pinned = verdict->pinned;
	struct grown grown;
	struct rg_buf text;

	if (!pinned)
		return;
	grown = grown_of(pinned);
	write_outcome(pen, pinned);
	for (size_t i = 0; i < grown.shown; i++) {
		rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
		rg_line_add_row(&text, pinned, grown.rows[i], rg_pen_arrow(pen));
		rg_note_finish(pen, "", RG_TONE_PLAIN, &text);
	}
	if (grown.shown == grown.count)
		return;
	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_buf_addf(&text, "and %zu more", grown.count - grown.shown);
	rg_note_finish(pen, "", RG_TONE_PLAIN, &text);
}

/* --- In a comment --------------------------------------------------------------------------- */

static void add_name(struct rg_buf *out, const struct rg_row *row)
{
	struct rg_buf name;

	if (!*rg_text_or_empty(row->function)) {
		rg_buf_adds(out, row->dimension == RG_DIMENSION_OFF_CPU ? "all waits" : "total");
		return;
	}
	rg_buf_init(&name, RG_SHOW_SCRATCH_MAX);
	rg_row_add_name(&name, row);
	if (name.len && !name.failed)
		rg_span_add(out, name.data, RG_SPAN_COLUMNS, false);
	rg_show_inherit(out, &name);
	rg_buf_done(&name);
}

static void add_row(struct rg_buf *out, const struct rg_verdict *pinned, const struct rg_row *row)
{
	const struct rg_cost_scale scale = row->dimension == RG_DIMENSION_OFF_CPU
						   ? rg_cost_scale_of_waits(pinned)
						   : rg_cost_scale_of(pinned);
	struct rg_row_figures figures;
	char after[RG_FIGURE_MAX];

	rg_row_figures(&figures, &scale, row);
	rg_figure_cost_unit(after, &scale, row->cost_canary, row->samples_canary);
	rg_buf_addf(out, "- **%s** ", rg_row_word(row));
	add_name(out, row);
	rg_buf_addf(out, ": %s " ARROW " %s", figures.before, after);
	if (*figures.growth)
		rg_buf_addf(out, ", %s", figures.growth);
	if (*figures.interval)
		rg_buf_addf(out, " (%s)", figures.interval);
	rg_buf_addc(out, '\n');
}

void rg_pinned_add(struct rg_buf *out, const struct rg_verdict *verdict)
{
	const struct rg_verdict *pinned = verdict->pinned;
	struct grown grown;
	char runs[RG_FIGURE_MAX];

	if (!pinned)
		return;
	grown = grown_of(pinned);
	rg_buf_adds(out, "\nSince the pinned ");
	if (*rg_text_or_empty(pinned->base.version))
		rg_span_add(out, pinned->base.version, RG_SPAN_COLUMNS, false);
	else
		rg_buf_adds(out, "version");
	rg_buf_addf(out, " (%s): **%s**: ", rg_figure_count(runs, pinned->base.runs, "run"),
		    rg_outcome_word(pinned->outcome));
	rg_span_add_sentence(out, rg_text_or_empty(pinned->reason), pinned);
	rg_buf_adds(out, grown.shown ? "\n\n" : "\n");
	for (size_t i = 0; i < grown.shown; i++)
		add_row(out, pinned, grown.rows[i]);
	if (grown.shown < grown.count)
		rg_buf_addf(out, "- and %zu more\n", grown.count - grown.shown);
}
