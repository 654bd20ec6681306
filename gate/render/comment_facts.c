/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comment.h"

#include "span.h"
#include "words.h"

#include <inttypes.h>

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
	add_row(out, "runs", rg_figure_fixed(a, (double)base->runs, 0),
		rg_figure_fixed(b, (double)canary->runs, 0));
	add_row(out, "samples", rg_figure_fixed(a, (double)base->samples, 0),
		rg_figure_fixed(b, (double)canary->samples, 0));
	add_row(out, "window, all runs", window(a, base), window(b, canary));
	add_row(out, "busy cores", busy(a, base), busy(b, canary));
	add_row(out, "samples with a name", named(a, base), named(b, canary));
	rg_buf_addc(out, '\n');
	if (base->runs)
		add_losses(out, "baseline", base);
	if (canary->runs)
		add_losses(out, "canary", canary);
}

static void add_limit(struct rg_buf *out, const char *title, double share)
{
	char text[RG_FIGURE_MAX];

	rg_buf_addf(out, "- %s: %s\n", title, rg_figure_limit(text, share));
}

void rg_comment_policy(struct rg_buf *out, const struct rg_verdict *verdict)
{
	const struct rg_policy *policy = &verdict->policy;
	char low[RG_FIGURE_MAX], high[RG_FIGURE_MAX];

	rg_buf_addf(out, "\nPolicy, rule %s, basis %s:\n\n", rg_rule_name(policy->rule),
		    rg_basis_name(verdict->basis));
	add_limit(out, "growth a function may have", policy->growth);
	add_limit(out, "growth the total may have", policy->total_growth);
	add_limit(out, "growth the intervals of a pass may contain", policy->limit);
	add_limit(out, "share of the canary from which functions gate", policy->min_share);
	add_limit(out, "false discovery rate", policy->q);
	add_limit(out, "run-to-run variation assumed", policy->prior_cv);
	add_limit(out, "samples that may be lost or damaged", policy->max_lost);
	add_limit(out, "difference of the named shares allowed", policy->max_unnamed_gap);
	rg_buf_addf(out, "- top %" PRIu32 "; at least %" PRIu64 " samples a side\n", policy->top_k,
		    policy->min_samples);
	rg_buf_addf(out, "- ratio of busy cores allowed: %s to %s\n",
		    rg_figure_fixed(low, policy->load_low, 2),
		    rg_figure_fixed(high, policy->load_high, 2));
}
