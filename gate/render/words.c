/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words.h"

#include "rg/profile.h"

#include <math.h>
#include <string.h>

/* Two figures of three digits that differ by less look like rounding. */
#define VISIBLE 0.02

static const struct {
	const char *key, *word;
} loss_words[] = {
	{RG_KEY_LOST_TABLE_FULL, "table full"},
	{RG_KEY_LOST_COLLISION, "hash collisions"},
	{RG_KEY_LOST_EVENTS, "process events dropped"},
	{RG_KEY_LOST_NO_STACK, "no user stack"},
	{RG_KEY_LOST_NO_MAPPING, "frames in no mapping"},
	{RG_KEY_CUT_NO_MAPPING, "stacks leading nowhere"},
	{RG_KEY_CUT_NO_ROW, "stacks without unwind data"},
	{RG_KEY_CUT_UNREADABLE, "stacks unreadable"},
	{RG_KEY_CUT_TOO_DEEP, "stacks too deep"},
	{RG_KEY_CUT_UNSUPPORTED, "stacks with unknown unwind rules"},
	{RG_KEY_CUT_BROKEN, "stacks that do not ascend"},
	{RG_KEY_CUT_KERNEL, "kernel stacks too deep"},
};

const char *rg_outcome_word(enum rg_outcome outcome)
{
	switch (outcome) {
	case RG_OUTCOME_PASS:
		return "PASS";
	case RG_OUTCOME_FAIL:
		return "FAIL";
	case RG_OUTCOME_NOT_COMPARABLE:
		return "NOT COMPARABLE";
	case RG_OUTCOME_NO_BASELINE:
		return "NO BASELINE";
	case RG_OUTCOME_UNDECIDED:
	default:
		return "UNDECIDED";
	}
}

const char *rg_row_word(const struct rg_row *row)
{
	if (row->status == RG_STATUS_UNKNOWN)
		return row->tested ? "undecided" : "untested";
	return rg_status_name(row->status);
}

bool rg_row_fails(const struct rg_row *row)
{
	return row->status == RG_STATUS_REGRESSED || row->status == RG_STATUS_NEW;
}

static const char *rule_of_row(const struct rg_row *row, bool literal)
{
	if (row->status == RG_STATUS_NEW)
		return literal ? "literal, new" : "new";
	if (row->status == RG_STATUS_REGRESSED)
		return literal ? "literal, regressed" : "regressed";
	return "suspect";
}

const char *rg_fired_rule(const struct rg_verdict *verdict)
{
	bool literal = verdict->policy.rule == RG_RULE_LITERAL;
	bool fail = verdict->outcome == RG_OUTCOME_FAIL;

	if (!fail && verdict->outcome != RG_OUTCOME_UNDECIDED)
		return "";
	for (size_t i = 0; i < verdict->row_count; i++) {
		const struct rg_row *row = &verdict->rows[i];

		if (fail ? rg_row_fails(row) : row->status == RG_STATUS_SUSPECT)
			return rule_of_row(row, literal);
	}
	if (fail && rg_row_fails(&verdict->total))
		return "total";
	if (!fail && verdict->total.status == RG_STATUS_SUSPECT)
		return "suspect total";
	return "";
}

const char *rg_cost_word(const struct rg_verdict *verdict)
{
	return verdict->basis == RG_BASIS_SHARE ? "share" : "cores";
}

bool rg_growth_is_adjusted(const struct rg_verdict *verdict)
{
	size_t shown = rg_rows_shown(verdict);

	for (size_t i = 0; i < shown; i++) {
		const struct rg_row *row = &verdict->rows[i];
		double ratio = (1 + row->raw_growth) / (1 + row->growth);

		if (row->samples_base && row->samples_canary && fabs(ratio - 1) > VISIBLE)
			return true;
	}
	return false;
}

size_t rg_rows_shown(const struct rg_verdict *verdict)
{
	const size_t top_k = verdict->policy.top_k;
	size_t shown = 0, judged = 0;

	/* As many ignored ones at most: they must not push the others off the screen. */
	for (; shown < verdict->row_count && judged < top_k && shown < 2 * top_k; shown++)
		judged += verdict->rows[shown].status != RG_STATUS_IGNORED;
	while (shown < verdict->row_count && rg_row_fails(&verdict->rows[shown]))
		shown++;
	return shown;
}

bool rg_row_has_own_limit(const struct rg_row *row)
{
	return row->tested && *rg_text_or_empty(row->pattern);
}

const char *rg_loss_word(const char *key)
{
	for (size_t i = 0; i < sizeof(loss_words) / sizeof(loss_words[0]); i++) {
		if (strcmp(loss_words[i].key, rg_text_or_empty(key)) == 0)
			return loss_words[i].word;
	}
	return NULL;
}

/* Readers of other forms name the form ("perf script"): only this program's captures count losses. */
bool rg_losses_known(const struct rg_side *side)
{
	static const char ours[] = "regress-gate ";
	const char *tool = rg_text_or_empty(side->tool);

	if (side->loss_count > 0)
		return true;
	while (strncmp(tool, ours, strlen(ours)) == 0) {
		const char *next = strstr(tool, ", ");

		if (!next)
			return true;
		tool = next + 2;
	}
	return false;
}

const char *rg_text_or_empty(const char *text)
{
	return text ? text : "";
}
