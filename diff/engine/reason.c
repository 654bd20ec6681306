/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reason.h"

#include "rg/arena.h"
#include "rg/buf.h"

enum { REASON_MAX_BYTES = 4096 };

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
	rg_word_quoted(out, first->base, RG_FACT_COLUMNS);
	rg_buf_adds(out, ", canary ");
	rg_word_quoted(out, first->canary, RG_FACT_COLUMNS);
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
		rg_reason_pass(out, story);
		break;
	case RG_OUTCOME_FAIL:
		rg_reason_fail(out, story);
		break;
	case RG_OUTCOME_UNDECIDED:
		rg_reason_undecided(out, story);
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
