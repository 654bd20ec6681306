/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sides.h"

#include "figure.h"
#include "notes.h"
#include "show.h"
#include "table.h"
#include "words.h"

#include <stdio.h>
#include <string.h>

enum { VERSION_MAX = 40 };

struct side_texts {
	char runs[RG_FIGURE_MAX], samples[RG_FIGURE_MAX], window[RG_FIGURE_MAX],
		busy[RG_FIGURE_MAX], work[RG_FIGURE_MAX];
};

static void describe_side(struct side_texts *out, const struct rg_verdict *verdict,
			  const struct rg_side *side)
{
	char busy[RG_FIGURE_MAX];

	rg_figure_count(out->runs, side->runs,
			verdict->paired_rounds ? "paired round"
			: verdict->concurrent  ? "concurrent run"
					       : "run");
	rg_figure_count(out->samples, (uint64_t)(side->samples > 0 ? side->samples : 0), "sample");
	*out->window = *out->busy = '\0';
	if (side->wall_ns)
		rg_figure_window(out->window, side->wall_ns);
	if (side->busy_cores > 0)
		snprintf(out->busy, sizeof(out->busy), "%.40s cores busy",
			 rg_figure_cores(busy, side->busy_cores));
	rg_figure_work(out->work, verdict, side);
}

static size_t widest(const char *a, const char *b)
{
	size_t width = strlen(a) > strlen(b) ? strlen(a) : strlen(b);

	return width ? width + 2 : 0;
}

static size_t version_width(const struct rg_pen *pen, const struct rg_verdict *verdict)
{
	size_t base = rg_show_columns(verdict->base.version, pen->unicode);
	size_t canary = rg_show_columns(verdict->canary.version, pen->unicode);
	size_t width = base > canary ? base : canary;

	return width < VERSION_MAX ? width : VERSION_MAX;
}

static void write_version(struct rg_pen *pen, const char *version, size_t width)
{
	if (*rg_text_or_empty(version))
		rg_pen_name(pen, version, width);
	else
		rg_pen_write(pen, width ? "-" : "");
}

static void write_side_figures(struct rg_pen *pen, const struct side_texts *mine,
			       const struct side_texts *other)
{
	rg_pen_right(pen, mine->runs, widest(mine->runs, other->runs) - 2);
	rg_pen_right(pen, mine->samples, widest(mine->samples, other->samples));
	if (*mine->window)
		rg_pen_right(pen, mine->window, widest(mine->window, other->window));
	if (*mine->busy)
		rg_pen_right(pen, mine->busy, widest(mine->busy, other->busy));
	if (*mine->work)
		rg_pen_right(pen, mine->work, widest(mine->work, other->work));
	rg_pen_newline(pen);
}

void rg_sides_write(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	struct side_texts base, canary;
	size_t version = version_width(pen, verdict);
	size_t figures;

	describe_side(&base, verdict, &verdict->base);
	describe_side(&canary, verdict, &verdict->canary);
	figures = widest(base.runs, canary.runs) + widest(base.samples, canary.samples) +
		  widest(base.window, canary.window) + widest(base.busy, canary.busy) +
		  widest(base.work, canary.work);
	for (int i = 0; i < 2; i++) {
		const struct rg_side *side = i ? &verdict->canary : &verdict->base;
		bool two_lines = version && RG_TABLE_BODY + version + figures > pen->columns;

		rg_note_label(pen, i ? "canary" : "baseline", RG_TONE_PLAIN);
		write_version(pen, side->version, version);
		if (two_lines)
			rg_pen_newline(pen);
		rg_pen_to(pen, RG_TABLE_BODY + (two_lines || !version ? 0 : version + 2));
		write_side_figures(pen, i ? &canary : &base, i ? &base : &canary);
	}
	rg_pen_newline(pen);
}
