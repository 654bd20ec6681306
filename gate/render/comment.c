/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comment.h"

#include "layout.h"
#include "show.h"
#include "span.h"
#include "words.h"

#include <string.h>

#define ARROW    "\xe2\x86\x92"
#define AT_LEAST "\xe2\x89\xa5"
#define ABOUT    "\xe2\x89\x88"

void rg_comment_headline(struct rg_buf *out, const struct rg_verdict *verdict)
{
	const char *rule = rg_fired_rule(verdict);
	const char *reason = rg_text_or_empty(verdict->reason);

	rg_buf_addf(out, "**%s**", rg_outcome_word(verdict->outcome));
	if (*rule)
		rg_buf_addf(out, " (rule: %s)", rule);
	if (*reason) {
		rg_buf_adds(out, ": ");
		rg_span_add_sentence(out, reason, rg_verdict_deciding(verdict));
	}
	rg_buf_addc(out, '\n');
}

static void add_version(struct rg_buf *out, const struct rg_side *side, const char *otherwise)
{
	if (*rg_text_or_empty(side->version))
		rg_span_add(out, side->version, RG_SPAN_COLUMNS, false);
	else
		rg_buf_adds(out, otherwise);
}

static void add_total(struct rg_buf *out, const struct rg_verdict *verdict,
		      const struct rg_cost_scale *scale)
{
	struct rg_row_figures figures;
	char after[RG_FIGURE_MAX];
	const struct rg_row *total = &verdict->total;

	if (!rg_layout_has_total(verdict))
		return;
	rg_row_figures(&figures, scale, total);
	rg_figure_cost_unit(after, scale, total->cost_canary, total->samples_canary);
	rg_buf_addf(out, " Total CPU per %s: %s " ARROW " %s", rg_per_word(verdict), figures.before,
		    after);
	if (*figures.growth)
		rg_buf_addf(out, ", **%s**", figures.growth);
	if (*figures.interval)
		rg_buf_addf(out, " (%s)", figures.interval);
	rg_buf_addf(out, ", %s", rg_row_word(total));
	if (*figures.seen)
		rg_buf_addf(out, "; could have seen %s%s",
			    figures.seen_is_bound ? AT_LEAST " " : "", figures.seen);
	rg_buf_addc(out, '.');
}

void rg_comment_summary(struct rg_buf *out, const struct rg_verdict *verdict,
			const struct rg_cost_scale *scale)
{
	rg_buf_adds(out, "\nBaseline ");
	add_version(out, &verdict->base, "without a version");
	rg_buf_adds(out, " " ARROW " canary ");
	add_version(out, &verdict->canary, "without a version");
	if (*rg_text_or_empty(verdict->scenario)) {
		rg_buf_adds(out, ", scenario ");
		rg_span_add(out, verdict->scenario, RG_SPAN_COLUMNS, false);
	}
	rg_buf_addc(out, '.');
	add_total(out, verdict, scale);
	rg_buf_addc(out, '\n');
	if (!*rg_text_or_empty(verdict->baseline_note))
		return;
	rg_buf_adds(out, "\nBaseline: ");
	rg_span_add_sentence(out, verdict->baseline_note, verdict);
	rg_buf_adds(out, ".\n");
}

static void add_issue(struct rg_buf *out, const struct rg_issue *issue,
		      const struct rg_verdict *verdict)
{
	const char *base = rg_text_or_empty(issue->base);
	const char *canary = rg_text_or_empty(issue->canary);

	rg_buf_adds(out, issue->blocking ? "- **differs:** " : "- caution: ");
	rg_span_add_sentence(out, rg_text_or_empty(issue->what), verdict);
	if (*base || *canary) {
		rg_buf_adds(out, ": ");
		rg_span_add(out, *base ? base : "not known", RG_SPAN_COLUMNS, false);
	}
	if (strcmp(base, canary) != 0) {
		rg_buf_adds(out, " " ARROW " ");
		rg_span_add(out, *canary ? canary : "not known", RG_SPAN_COLUMNS, false);
	}
	if (*rg_text_or_empty(issue->limit)) {
		rg_buf_adds(out, " (");
		rg_span_add_sentence(out, issue->limit, verdict);
		rg_buf_addc(out, ')');
	}
	rg_buf_addc(out, '\n');
}

void rg_comment_notes(struct rg_buf *out, const struct rg_verdict *verdict)
{
	bool captured = verdict->base.runs && verdict->canary.runs;

	if (rg_growth_is_adjusted(verdict))
		rg_buf_adds(out, "\nGrowth is beyond what all functions have in common, which is "
				 "divided out.\n");
	rg_comment_exceptions(out, verdict);
	if (verdict->issue_count)
		rg_buf_adds(out, "\nComparability:\n\n");
	else if (captured)
		rg_buf_adds(out, "\nComparability: no difference beyond the limits.\n");
	for (size_t i = 0; i < verdict->issue_count; i++)
		add_issue(out, &verdict->issues[i], verdict);
	if (!*rg_text_or_empty(verdict->advice))
		return;
	rg_buf_adds(out, "\nNext: ");
	rg_span_add_sentence(out, verdict->advice, verdict);
	rg_buf_addc(out, '\n');
}

/* --- Tables --------------------------------------------------------------------------------- */

void rg_comment_source(struct rg_buf *out, const char *before, const struct rg_row *row)
{
	struct rg_buf source;

	rg_buf_init(&source, RG_SHOW_SCRATCH_MAX);
	rg_layout_source(&source, row);
	if (source.len && !source.failed) {
		rg_buf_adds(out, before);
		rg_span_add(out, source.data, RG_SPAN_COLUMNS, true);
	}
	rg_show_inherit(out, &source);
	rg_buf_done(&source);
}

void rg_comment_status(struct rg_buf *out, const struct rg_row *row)
{
	const char *strong = rg_row_fails(row) || row->status == RG_STATUS_SUSPECT ? "**" : "";

	rg_buf_addf(out, "| %s%s%s | ", strong, rg_row_word(row), strong);
}

void rg_comment_heading(struct rg_buf *out, const struct rg_verdict *verdict,
			enum rg_dimension dimension)
{
	const struct rg_cost_scale scale = rg_cost_scale_of(verdict);
	char unit[RG_FIGURE_MAX];

	rg_buf_addf(out,
		    "\n| %s | function | module | %s before " ARROW
		    " after | growth (95 %% interval) | at this load | could have seen |\n"
		    "| :-- | :-- | :-- | --: | --: | --: | --: |\n",
		    rg_dimension_word(dimension), rg_figure_unit(unit, &scale));
}

void rg_comment_row(struct rg_buf *out, const struct rg_verdict *verdict,
		    const struct rg_cost_scale *scale, const struct rg_row *row)
{
	struct rg_row_figures figures;
	char load[RG_FIGURE_MAX];

	rg_row_figures(&figures, scale, row);
	rg_figure_load(load, verdict, row);
	rg_comment_status(out, row);
	rg_span_add(out, row->function, RG_SPAN_COLUMNS, true);
	rg_comment_source(out, "<br>", row);
	rg_buf_adds(out, " | ");
	rg_span_add(out, row->module, RG_SPAN_COLUMNS, true);
	rg_buf_addf(out, " | %s " ARROW " %s | %s", figures.before, figures.after, figures.growth);
	if (*figures.interval)
		rg_buf_addf(out, " (%s)", figures.interval);
	rg_buf_addf(out, " | %s%s | %s%s |\n", *load ? ABOUT " " : "", load,
		    figures.seen_is_bound ? AT_LEAST " " : "", figures.seen);
}

void rg_comment_full_heading(struct rg_buf *out, const struct rg_verdict *verdict)
{
	const struct rg_cost_scale scale = rg_cost_scale_of(verdict);
	char unit[RG_FIGURE_MAX];

	rg_figure_unit(unit, &scale);
	rg_buf_addf(
		out,
		"\n| status | function | module | source | %s before | %s after | growth | 95 %% "
		"interval | could have seen | samples before | samples after |\n"
		"| :-- | :-- | :-- | :-- | --: | --: | --: | --: | --: | --: | --: |\n",
		unit, unit);
}

void rg_comment_full_row(struct rg_buf *out, const struct rg_verdict *verdict,
			 const struct rg_cost_scale *scale, const struct rg_row *row)
{
	char base[RG_FIGURE_MAX], canary[RG_FIGURE_MAX];
	struct rg_row_figures figures;

	(void)verdict;
	rg_row_figures(&figures, scale, row);
	rg_comment_status(out, row);
	rg_span_add(out, row->function, RG_SPAN_COLUMNS, true);
	rg_buf_adds(out, " | ");
	rg_span_add(out, row->module, RG_SPAN_COLUMNS, true);
	rg_buf_adds(out, " | ");
	rg_comment_source(out, "", row);
	rg_buf_addf(out, " | %s | %s | %s | %s | %s%s | %s | %s |\n", figures.before, figures.after,
		    figures.growth, figures.interval, figures.seen_is_bound ? AT_LEAST " " : "",
		    figures.seen, rg_figure_fixed(base, (double)row->samples_base, 0),
		    rg_figure_fixed(canary, (double)row->samples_canary, 0));
}
