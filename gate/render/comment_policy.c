/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comment.h"
#include "looks.h"

#include "accepted.h"
#include "policy.h"
#include "show.h"
#include "span.h"
#include "words.h"

#include "rg/units.h"

#include <inttypes.h>

#define ARROW "\xe2\x86\x92"

/* --- Above the table ------------------------------------------------------------------------ */

void rg_comment_changes(struct rg_buf *out, const struct rg_verdict *verdict)
{
	const size_t count = verdict->policy_change_count;
	const size_t shown = count < RG_POLICY_CHANGES_SHOWN ? count : RG_POLICY_CHANGES_SHOWN;

	if (count == 0)
		return;
	rg_buf_adds(out, "\n**The policy of ");
	rg_span_add(out, verdict->policy_from, RG_SPAN_COLUMNS, false);
	rg_buf_adds(out, " holds. This branch's differs, and is not applied:**\n\n");
	for (size_t i = 0; i < shown; i++) {
		const struct rg_policy_change *change = &verdict->policy_changes[i];

		rg_buf_adds(out, "- ");
		rg_span_add(out, change->what, RG_SPAN_COLUMNS, false);
		rg_buf_adds(out, ": ");
		rg_span_add(out, change->applied, RG_SPAN_COLUMNS, false);
		rg_buf_adds(out, " " ARROW " ");
		rg_span_add(out, change->proposed, RG_SPAN_COLUMNS, false);
		rg_buf_addc(out, '\n');
	}
	if (shown < count)
		rg_buf_addf(out, "- and %zu more\n", count - shown);
}

/* --- Below it ------------------------------------------------------------------------------- */

static void add_own_limits(struct rg_buf *out, const struct rg_verdict *verdict)
{
	char limit[RG_FIGURE_MAX];
	size_t count = 0;

	for (size_t i = 0; i < verdict->row_count; i++) {
		const struct rg_row *row = &verdict->rows[i];

		if (!rg_row_has_own_limit(row))
			continue;
		if (count++ < RG_POLICY_NAMES_SHOWN) {
			rg_buf_adds(out, count == 1 ? "\nLimits of their own: " : ", ");
			rg_span_add(out, row->function, RG_SPAN_COLUMNS, false);
			rg_buf_addf(out, " %s", rg_figure_limit(limit, row->growth_allowed));
		}
	}
	if (count > RG_POLICY_NAMES_SHOWN)
		rg_buf_addf(out, " and %zu more", count - RG_POLICY_NAMES_SHOWN);
	rg_buf_adds(out, count ? ".\n" : "");
}

static void add_ignored(struct rg_buf *out, const struct rg_verdict *verdict)
{
	char count[RG_FIGURE_MAX], base[RG_FIGURE_MAX], canary[RG_FIGURE_MAX];
	size_t named = 0;

	if (verdict->ignored_count == 0)
		return;
	rg_buf_addf(out, "\nIgnored by the policy: %s with %s " ARROW " %s of the CPU",
		    rg_figure_count(count, verdict->ignored_count, "function"),
		    rg_figure_share(base, verdict->ignored_share_base),
		    rg_figure_share(canary, verdict->ignored_share_canary));
	for (size_t i = 0; i < verdict->row_count && named < RG_POLICY_NAMES_SHOWN; i++) {
		if (verdict->rows[i].status != RG_STATUS_IGNORED)
			continue;
		rg_buf_adds(out, named++ ? ", " : ": ");
		rg_span_add(out, verdict->rows[i].function, RG_SPAN_COLUMNS, false);
	}
	rg_buf_adds(out, named && named < verdict->ignored_count ? " and others.\n" : ".\n");
}

static void add_accepted_row(struct rg_buf *out, const struct rg_verdict *verdict,
			     const struct rg_row *row)
{
	const char *strong = row->accept.found == RG_ACCEPTANCE_HOLDS ? "" : "**";
	struct rg_buf subject;

	rg_buf_init(&subject, RG_SHOW_SCRATCH_MAX);
	rg_accepted_add_subject(&subject, verdict, row);
	rg_buf_addf(out, "- %s%s%s: ", strong, rg_accepted_word(row), strong);
	if (subject.len && !subject.failed)
		rg_span_add(out, subject.data, RG_SPAN_COLUMNS, false);
	rg_buf_addc(out, ' ');
	rg_accepted_add_limits(out, verdict, row);
	rg_buf_adds(out, ", by ");
	rg_span_add(out, row->accept.owner, RG_SPAN_COLUMNS, false);
	rg_buf_adds(out, ": ");
	rg_span_add(out, row->accept.reason, RG_SPAN_COLUMNS, false);
	rg_buf_addc(out, '\n');
	rg_show_inherit(out, &subject);
	rg_buf_done(&subject);
}

static void add_accepted(struct rg_buf *out, const struct rg_verdict *verdict)
{
	const struct rg_row *rows[RG_ACCEPTED_SHOWN];
	const size_t count = rg_accepted_rows(verdict, rows, RG_ACCEPTED_SHOWN);

	if (count)
		rg_buf_adds(out, "\nAccepted by the policy:\n\n");
	for (size_t i = 0; i < count && i < RG_ACCEPTED_SHOWN; i++)
		add_accepted_row(out, verdict, rows[i]);
	if (count > RG_ACCEPTED_SHOWN)
		rg_buf_addf(out, "- and %zu more\n", count - RG_ACCEPTED_SHOWN);
}

void rg_comment_exceptions(struct rg_buf *out, const struct rg_verdict *verdict)
{
	add_accepted(out, verdict);
	add_own_limits(out, verdict);
	add_ignored(out, verdict);
}

/* --- Within the details --------------------------------------------------------------------- */

static void add_limit(struct rg_buf *out, const char *title, double share)
{
	char text[RG_FIGURE_MAX];

	rg_buf_addf(out, "- %s: %s\n", title, rg_figure_limit(text, share));
}

static void add_own(struct rg_buf *out, const char *title, double value)
{
	char text[RG_FIGURE_MAX];

	if (value != RG_POLICY_INHERIT)
		rg_buf_addf(out, ", %s %s", title, rg_figure_limit(text, value));
}

static void add_function(struct rg_buf *out, const struct rg_policy_function *function)
{
	rg_buf_adds(out, "- functions ");
	rg_span_add(out, function->match, RG_SPAN_COLUMNS, false);
	if (*rg_text_or_empty(function->module)) {
		rg_buf_adds(out, " of ");
		rg_span_add(out, function->module, RG_SPAN_COLUMNS, false);
	}
	add_own(out, "growth", function->growth);
	add_own(out, "limit", function->limit);
	add_own(out, "from a share of", function->min_share);
	rg_buf_addc(out, '\n');
}

static void add_accept(struct rg_buf *out, const struct rg_policy_accept *accept)
{
	char growth[RG_FIGURE_MAX], date[RG_UNITS_TEXT_MAX];

	rg_buf_adds(out, "- accepted: ");
	rg_span_add(out, accept->match, RG_SPAN_COLUMNS, false);
	if (*rg_text_or_empty(accept->module)) {
		rg_buf_adds(out, " of ");
		rg_span_add(out, accept->module, RG_SPAN_COLUMNS, false);
	}
	rg_buf_addf(out, " up to %s until %s\n", rg_figure_limit(growth, accept->growth),
		    rg_format_date(date, accept->expires));
}

static void add_looks(struct rg_buf *out, const struct rg_verdict *verdict)
{
	if (verdict->policy.look.of < 2)
		return;
	rg_buf_adds(out, "- ");
	rg_looks_add(out, verdict);
	rg_buf_addc(out, '\n');
}

void rg_comment_policy(struct rg_buf *out, const struct rg_verdict *verdict)
{
	const struct rg_policy *policy = &verdict->policy;
	char low[RG_FIGURE_MAX], high[RG_FIGURE_MAX];

	rg_buf_addf(out, "\nPolicy, rule %s, basis %s", rg_rule_name(policy->rule),
		    rg_basis_name(verdict->basis));
	if (*rg_text_or_empty(verdict->policy_from)) {
		rg_buf_adds(out, ", of ");
		rg_span_add(out, verdict->policy_from, RG_SPAN_COLUMNS, false);
	}
	rg_buf_adds(out, ":\n\n");
	add_limit(out, "growth a function may have", policy->growth);
	add_limit(out, "growth the total may have", policy->total_growth);
	add_limit(out, "growth the intervals of a pass may contain", policy->limit);
	add_limit(out, "share of the cost from which functions gate", policy->min_share);
	add_limit(out, "false discovery rate", policy->q);
	add_looks(out, verdict);
	add_limit(out, "run-to-run variation assumed", policy->prior_cv);
	add_limit(out, "samples that may be lost or damaged", policy->max_lost);
	add_limit(out, "difference of the named shares allowed", policy->max_unnamed_gap);
	rg_buf_addf(out, "- top %" PRIu32 "; at least %" PRIu64 " samples a side\n", policy->top_k,
		    policy->min_samples);
	rg_buf_addf(out, "- ratio of busy cores allowed: %s to %s\n",
		    rg_figure_fixed(low, policy->load_low, 2),
		    rg_figure_fixed(high, policy->load_high, 2));
	for (size_t i = 0; i < policy->function_count; i++)
		add_function(out, &policy->functions[i]);
	for (size_t i = 0; i < policy->accept_count; i++)
		add_accept(out, &policy->accept[i]);
	for (size_t i = 0; i < policy->ignore_count; i++) {
		rg_buf_adds(out, "- ignored: ");
		rg_span_add(out, policy->ignore[i], RG_SPAN_COLUMNS, false);
		rg_buf_addc(out, '\n');
	}
}
