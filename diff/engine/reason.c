/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/units.h"

#include <math.h>

enum { REASON_MAX_BYTES = 4096, FACT_COLUMNS = 40 };

static bool is_total(const struct rg_verdict *verdict, const struct rg_row *row)
{
	return row == &verdict->total;
}

static bool fails(const struct rg_row *row)
{
	return row->status == RG_STATUS_REGRESSED || row->status == RG_STATUS_NEW;
}

static void add_subject(struct rg_buf *out, const struct rg_verdict *verdict,
			const struct rg_row *row)
{
	if (is_total(verdict, row))
		rg_buf_adds(out, "the whole program");
	else
		rg_word_function(out, row);
}

/* What the growth on this basis is of. */
static const char *object(const struct rg_verdict *verdict)
{
	if (verdict->policy.rule == RG_RULE_LITERAL)
		return "larger a share of the CPU time";
	return verdict->basis == RG_BASIS_SECOND ? "more CPU per second"
						 : "more CPU relative to the rest";
}

/* --- Fail ------------------------------------------------------------------------------------- */

static void add_limit(struct rg_buf *out, double limit)
{
	rg_buf_adds(out, " (limit ");
	rg_word_percent(out, limit);
	rg_buf_addc(out, ')');
}

static void add_new(struct rg_buf *out, const struct rg_verdict *verdict, const struct rg_row *row)
{
	add_subject(out, verdict, row);
	if (verdict->policy.rule == RG_RULE_LITERAL) {
		rg_buf_addf(out, " entered the top %u with ", verdict->policy.top_k);
	} else if (row->samples_base == 0) {
		rg_buf_adds(out, " is new: ");
	} else {
		rg_buf_adds(out, " is as good as new: from ");
		rg_word_percent(out, row->share_base);
		rg_buf_adds(out, " to ");
	}
	rg_word_percent(out, row->share_canary);
	rg_buf_adds(out, " of the CPU time");
}

static void add_regressed(struct rg_buf *out, const struct rg_verdict *verdict,
			  const struct rg_row *row)
{
	add_subject(out, verdict, row);
	rg_buf_adds(out, verdict->policy.rule == RG_RULE_LITERAL ? " takes " : " uses ");
	rg_word_percent(out, row->growth);
	rg_buf_addf(out, " %s", object(verdict));
	add_limit(out, row->growth_allowed);
}

static void add_fail(struct rg_buf *out, const struct rg_story *story)
{
	const struct rg_verdict *verdict = story->verdict;
	size_t failing = 0;

	for (size_t i = 0; i < verdict->row_count; i++)
		failing += fails(&verdict->rows[i]);
	/* Failing rows come first, the one with most certain cost at their head. */
	const struct rg_row *worst = failing > 0 ? &verdict->rows[0] : &verdict->total;

	/* Below the share from which functions count as new it regressed, and has no growth to tell. */
	if (worst->status == RG_STATUS_NEW || worst->samples_base == 0)
		add_new(out, verdict, worst);
	else
		add_regressed(out, verdict, worst);
	if (failing == 0)
		rg_buf_adds(out, ", though no single function fails");
	if (failing > 1) {
		rg_buf_adds(out, "; ");
		rg_word_count(out, failing - 1, "more function fails", "more functions fail");
	}
}

/* --- Pass ------------------------------------------------------------------------------------- */

static double widest_mdg(const struct rg_story *story)
{
	double widest = 0;

	for (size_t i = 0; i < story->verdict->row_count; i++) {
		if (story->finding[i]->gated)
			widest = fmax(widest, story->verdict->rows[i].mdg);
	}
	return widest;
}

static void add_seen(struct rg_buf *out, double mdg)
{
	if (mdg >= RG_GROWTH_MAX) {
		rg_buf_adds(out, "none");
		return;
	}
	rg_buf_adds(out, "at least ");
	rg_word_percent(out, mdg);
}

/* "15 %", or what holds for single functions as well. */
static void add_allowed(struct rg_buf *out, const struct rg_verdict *verdict)
{
	rg_word_percent(out, verdict->policy.growth);
	for (size_t i = 0; i < verdict->row_count; i++) {
		const struct rg_row *row = &verdict->rows[i];

		if (!row->tested || row->growth_allowed == verdict->policy.growth)
			continue;
		rg_buf_adds(out, ", or what single functions are allowed");
		return;
	}
}

static void add_pass(struct rg_buf *out, const struct rg_story *story)
{
	const struct rg_verdict *verdict = story->verdict;
	const struct rg_policy *policy = &verdict->policy;
	double rows = widest_mdg(story);

	if (policy->rule == RG_RULE_LITERAL) {
		rg_buf_addf(out, "no function entered the top %u, and no share in it grew beyond ",
			    policy->top_k);
		add_allowed(out, verdict);
		return;
	}
	rg_buf_adds(out, "no growth beyond ");
	add_allowed(out, verdict);
	rg_buf_adds(out, "; could have seen ");
	if (rows > 0) {
		add_seen(out, rows);
		rg_buf_addf(out, " in the top %u", policy->top_k);
	}
	if (verdict->total.tested) {
		rg_buf_adds(out, rows > 0 ? " and " : "");
		add_seen(out, verdict->total.mdg);
		rg_buf_adds(out, " in total");
	}
}

/* --- Undecided -------------------------------------------------------------------------------- */

static void add_too_few(struct rg_buf *out, const struct rg_verdict *verdict)
{
	char base[RG_UNITS_TEXT_MAX], canary[RG_UNITS_TEXT_MAX], needed[RG_UNITS_TEXT_MAX];

	rg_buf_addf(out, "too few samples: baseline %s, canary %s; needed are %s on either side",
		    rg_format_count(base, (uint64_t)verdict->base.samples),
		    rg_format_count(canary, (uint64_t)verdict->canary.samples),
		    rg_format_count(needed, verdict->policy.min_samples));
}

static void add_suspect(struct rg_buf *out, const struct rg_verdict *verdict,
			const struct rg_doubt *doubt)
{
	const struct rg_row *row = doubt->row;

	add_subject(out, verdict, row);
	if (row->samples_base == 0) {
		rg_buf_adds(out, " seems to be new, at ");
		rg_word_percent(out, row->share_canary);
		rg_buf_adds(out, " of the CPU time, but that may be chance");
		return;
	}
	rg_buf_adds(out, " seems to use ");
	rg_word_percent(out, row->growth);
	/* Significant, yet not failed: its own cost did not grow, the others' shrank. */
	if (doubt->finding->rejected) {
		rg_buf_adds(out, " more CPU than the other functions' change accounts for");
		return;
	}
	rg_buf_addf(out, " %s, but that may be chance (", object(verdict));
	rg_word_percent(out, row->growth_low);
	rg_buf_adds(out, " to ");
	rg_word_percent(out, row->growth_high);
	rg_buf_addc(out, ')');
}

static void add_hidden(struct rg_buf *out, const struct rg_verdict *verdict,
		       const struct rg_doubt *doubt)
{
	add_subject(out, verdict, doubt->row);
	rg_buf_adds(out, " may use up to ");
	rg_word_percent(out, rg_growth_of_log(doubt->finding->upper));
	rg_buf_addf(out, " %s: too much to pass", object(verdict));
	add_limit(out, rg_finding_limit(doubt->finding));
}

static void add_untested(struct rg_buf *out, const struct rg_verdict *verdict)
{
	rg_buf_adds(out, verdict->ignored_count > 0 ? "no function that is not ignored reaches "
						    : "no function reaches ");
	rg_word_percent(out, verdict->policy.min_share);
	rg_buf_adds(out, " of the CPU time, and the total is not judged: nothing was tested");
}

static void add_undecided(struct rg_buf *out, const struct rg_story *story)
{
	const struct rg_verdict *verdict = story->verdict;
	struct rg_doubt doubt = rg_story_doubt(story);

	if (verdict->canary.runs == 0)
		rg_buf_adds(out, "there is no canary run");
	else if (rg_story_empty_run(story, RG_END_BASE))
		rg_buf_adds(out, "a baseline run holds no CPU samples");
	else if (rg_story_empty_run(story, RG_END_CANARY))
		rg_buf_adds(out, "a canary run holds no CPU samples");
	else if (rg_story_too_few(story))
		add_too_few(out, verdict);
	else if (!doubt.row)
		add_untested(out, verdict);
	else if (doubt.finding->broken) {
		rg_buf_adds(out, "the growth could not be computed: ");
		add_subject(out, verdict, doubt.row);
	} else if (doubt.finding->status == RG_STATUS_SUSPECT)
		add_suspect(out, verdict, &doubt);
	else
		add_hidden(out, verdict, &doubt);
}

/* --- Not comparable --------------------------------------------------------------------------- */

static void add_not_comparable(struct rg_buf *out, const struct rg_verdict *verdict)
{
	const struct rg_issue *first = NULL;
	size_t blocking = 0;

	for (size_t i = 0; i < verdict->issue_count; i++) {
		if (!verdict->issues[i].blocking)
			continue;
		first = first ? first : &verdict->issues[i];
		blocking++;
	}
	if (!first)
		return;
	rg_buf_addf(out, "%s: baseline ", first->what);
	rg_word_quoted(out, first->base, FACT_COLUMNS);
	rg_buf_adds(out, ", canary ");
	rg_word_quoted(out, first->canary, FACT_COLUMNS);
	rg_buf_addf(out, " (%s)", first->limit);
	if (blocking > 1) {
		rg_buf_adds(out, "; ");
		rg_word_count(out, blocking - 1, "more difference", "more differences");
	}
}

static void add_reason(struct rg_buf *out, const struct rg_story *story)
{
	switch (story->verdict->outcome) {
	case RG_OUTCOME_PASS:
		add_pass(out, story);
		break;
	case RG_OUTCOME_FAIL:
		add_fail(out, story);
		break;
	case RG_OUTCOME_UNDECIDED:
		add_undecided(out, story);
		break;
	case RG_OUTCOME_NOT_COMPARABLE:
		add_not_comparable(out, story->verdict);
		break;
	case RG_OUTCOME_NO_BASELINE:
		rg_buf_adds(out, "there is no baseline run to compare with");
		break;
	}
}

const char *rg_report_reason(const struct rg_story *story)
{
	const char *reason = NULL;
	struct rg_buf out;

	rg_buf_init(&out, REASON_MAX_BYTES);
	add_reason(&out, story);
	if (!out.failed && out.len > 0)
		reason = rg_arena_strdup(story->verdict->arena, out.data);
	rg_buf_done(&out);
	return reason;
}
