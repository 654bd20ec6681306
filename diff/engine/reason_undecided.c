/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reason.h"

#include "rg/buf.h"
#include "rg/units.h"

static void add_too_few(struct rg_buf *out, const struct rg_verdict *verdict)
{
	char base[RG_UNITS_TEXT_MAX], canary[RG_UNITS_TEXT_MAX], needed[RG_UNITS_TEXT_MAX];

	rg_buf_addf(out, "too few samples: baseline %s, canary %s; needed are %s on either side",
		    rg_format_count(base, (uint64_t)verdict->base.samples),
		    rg_format_count(canary, (uint64_t)verdict->canary.samples),
		    rg_format_count(needed, verdict->policy.min_samples));
}

/* In rounds the growth may be certain, of these two builds, and still be what placing functions anew does. */
static void add_chance(struct rg_buf *out, const struct rg_doubt *doubt)
{
	const struct rg_row *row = doubt->row;

	if (doubt->finding->estimate.versions > 0 && doubt->finding->low > 0) {
		rg_buf_adds(out,
			    ", but many functions differ between these builds: that may be chance");
		return;
	}
	rg_buf_adds(out, ", but that may be chance (");
	rg_word_percent(out, row->growth_low);
	rg_buf_adds(out, " to ");
	rg_word_percent(out, row->growth_high);
	rg_buf_addc(out, ')');
}

static void add_suspect_wait(struct rg_buf *out, const struct rg_verdict *verdict,
			     const struct rg_doubt *doubt)
{
	const struct rg_row *row = doubt->row;

	rg_buf_adds(out, "seems to wait ");
	if (row->samples_base == 0) {
		rg_buf_adds(out, "in ");
		rg_reason_add_subject(out, verdict, row);
		rg_buf_adds(out, ", which is new, for ");
		rg_reason_add_waiting(out, verdict, row->cost_canary);
		rg_reason_add_per(out, verdict);
		rg_buf_adds(out, ", but that may be chance");
		return;
	}
	rg_reason_add_more_waiting(out, verdict, row, row->growth);
	if (doubt->finding->rejected)
		rg_buf_adds(out, " than the other waits' change accounts for");
	else
		add_chance(out, doubt);
}

static void add_suspect(struct rg_buf *out, const struct rg_verdict *verdict,
			const struct rg_doubt *doubt)
{
	const struct rg_row *row = doubt->row;

	if (rg_reason_is_wait(row)) {
		add_suspect_wait(out, verdict, doubt);
		return;
	}
	rg_reason_add_subject(out, verdict, row);
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
	rg_reason_add_object(out, verdict);
	add_chance(out, doubt);
}

static void add_placed(struct rg_buf *out, const struct rg_verdict *verdict,
		       const struct rg_doubt *doubt)
{
	rg_reason_add_subject(out, verdict, doubt->row);
	rg_buf_adds(out, " uses ");
	rg_word_percent(out, doubt->row->growth);
	rg_reason_add_object(out, verdict);
	rg_buf_adds(
		out,
		", and its machine code is the same: it is placed elsewhere, or has more to do");
}

static void add_hidden(struct rg_buf *out, const struct rg_verdict *verdict,
		       const struct rg_doubt *doubt)
{
	if (rg_reason_is_wait(doubt->row)) {
		rg_buf_adds(out, "may wait up to ");
		rg_reason_add_more_waiting(out, verdict, doubt->row,
					   rg_growth_of_log(doubt->finding->upper));
		rg_buf_adds(out, ": too much to pass");
		rg_reason_add_limit(out, rg_finding_limit(doubt->finding));
		return;
	}
	rg_reason_add_subject(out, verdict, doubt->row);
	if (doubt->row->status == RG_STATUS_MOVED)
		rg_buf_adds(out, " and what its code came from");
	rg_buf_adds(out, " may use up to ");
	rg_word_percent(out, rg_growth_of_log(doubt->finding->upper));
	rg_reason_add_object(out, verdict);
	rg_buf_adds(out, ": too much to pass");
	rg_reason_add_limit(out, rg_finding_limit(doubt->finding));
}

static void add_untested(struct rg_buf *out, const struct rg_verdict *verdict)
{
	rg_buf_adds(out, verdict->ignored_count > 0 ? "no function that is not ignored reaches "
						    : "no function reaches ");
	rg_word_percent(out, verdict->policy.min_share);
	rg_buf_adds(out, " of the CPU time, and the total is not judged: nothing was tested");
}

void rg_reason_undecided(struct rg_buf *out, const struct rg_story *story)
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
		rg_reason_add_subject(out, verdict, doubt.row);
	} else if (doubt.finding->status == RG_STATUS_SUSPECT)
		add_suspect(out, verdict, &doubt);
	else if (doubt.finding->status == RG_STATUS_PLACED)
		add_placed(out, verdict, &doubt);
	else
		add_hidden(out, verdict, &doubt);
}
