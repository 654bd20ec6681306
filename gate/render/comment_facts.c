/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comment.h"

#include "span.h"
#include "words.h"

static void add_span_row(struct rg_buf *out, const char *title, const char *base,
			 const char *canary)
{
	if (!*rg_text_or_empty(base) && !*rg_text_or_empty(canary))
		return;
	rg_buf_addf(out, "| %s | ", title);
	rg_span_add(out, base, RG_SPAN_COLUMNS, true);
	rg_buf_adds(out, " | ");
	rg_span_add(out, canary, RG_SPAN_COLUMNS, true);
	rg_buf_adds(out, " |\n");
}

/* Of a verdict that was read its names are texts from outside, too. */
static void add_condition(struct rg_buf *out, const struct rg_condition *condition)
{
	const char *const cells[] = {condition->what, condition->base, condition->canary};

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		rg_buf_adds(out, "| ");
		rg_span_add(out, cells[i], RG_SPAN_COLUMNS, true);
		rg_buf_addc(out, ' ');
	}
	rg_buf_adds(out, "|\n");
}

static void add_row(struct rg_buf *out, const char *title, const char *base, const char *canary)
{
	rg_buf_addf(out, "| %s | %s | %s |\n", title, base, canary);
}

static const char *window(char out[RG_FIGURE_MAX], const struct rg_side *side)
{
	return side->wall_ns ? rg_figure_window(out, side->wall_ns) : "not known";
}

static const char *busy(char out[RG_FIGURE_MAX], const struct rg_side *side)
{
	return side->wall_ns ? rg_figure_cores(out, side->busy_cores) : "not known";
}

static const char *work(char out[RG_FIGURE_MAX], const struct rg_verdict *verdict,
			const struct rg_side *side)
{
	return side->work > 0 ? rg_figure_work(out, verdict, side) : "not counted";
}

static const char *named(char out[RG_FIGURE_MAX], const struct rg_side *side)
{
	return side->samples > 0 ? rg_figure_share(out, side->named_share) : "-";
}

static void add_losses(struct rg_buf *out, const char *name, const struct rg_side *side)
{
	char count[RG_FIGURE_MAX];

	rg_buf_addf(out, "- losses of the %s:", name);
	if (side->loss_count == 0)
		rg_buf_adds(out, rg_losses_known(side) ? " none" : " not known");
	for (size_t i = 0; i < side->loss_count; i++) {
		const char *word = rg_loss_word(side->losses[i].key);

		rg_buf_adds(out, i ? ", " : " ");
		if (word)
			rg_buf_adds(out, word);
		else
			rg_span_add(out, side->losses[i].key, RG_SPAN_COLUMNS, false);
		rg_buf_addf(out, " %s", rg_figure_fixed(count, (double)side->losses[i].count, 0));
	}
	rg_buf_adds(out, side->interrupted ? "; its window was cut short by a signal\n" : "\n");
}

void rg_comment_captures(struct rg_buf *out, const struct rg_verdict *verdict)
{
	const struct rg_side *base = &verdict->base, *canary = &verdict->canary;
	char a[RG_FIGURE_MAX], b[RG_FIGURE_MAX];

	rg_buf_adds(out, "\n| capture | baseline | canary |\n| :-- | :-- | :-- |\n");
	add_span_row(out, "version", base->version, canary->version);
	add_span_row(out, "commit", base->commit, canary->commit);
	add_span_row(out, "host", base->host, canary->host);
	add_span_row(out, "tool", base->tool, canary->tool);
	add_row(out,
		verdict->paired_rounds ? "paired rounds"
		: verdict->concurrent  ? "concurrent runs"
				       : "runs",
		rg_figure_fixed(a, (double)base->runs, 0),
		rg_figure_fixed(b, (double)canary->runs, 0));
	add_row(out, "samples", rg_figure_fixed(a, (double)base->samples, 0),
		rg_figure_fixed(b, (double)canary->samples, 0));
	add_row(out, "window, all runs", window(a, base), window(b, canary));
	if (base->work > 0 || canary->work > 0)
		add_row(out, "work", work(a, verdict, base), work(b, verdict, canary));
	add_row(out, "busy cores", busy(a, base), busy(b, canary));
	add_row(out, "samples with a name", named(a, base), named(b, canary));
	for (size_t i = 0; i < verdict->condition_count; i++)
		add_condition(out, &verdict->conditions[i]);
	rg_buf_addc(out, '\n');
	if (base->runs)
		add_losses(out, "baseline", base);
	if (canary->runs)
		add_losses(out, "canary", canary);
	rg_comment_account(out, "baseline", base);
	rg_comment_account(out, "canary", canary);
}
