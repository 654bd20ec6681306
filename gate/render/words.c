/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words.h"

#include "rg/buf.h"
#include "rg/profile.h"
#include "rg/text.h"

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
	{RG_KEY_LOST_NO_MAPPING, "frames in no mapping"},
	{RG_KEY_CUT_NO_MAPPING, "stacks leading nowhere"},
	{RG_KEY_CUT_NO_ROW, "stacks without unwind data"},
	{RG_KEY_CUT_UNREADABLE, "stacks unreadable"},
	{RG_KEY_CUT_TOO_DEEP, "stacks too deep"},
	{RG_KEY_CUT_UNSUPPORTED, "stacks with unknown unwind rules"},
	{RG_KEY_CUT_BROKEN, "stacks that do not ascend"},
	{RG_KEY_CUT_KERNEL, "kernel stacks too deep"},
	{RG_KEY_LOST_WAITS, "waits without a stack"},
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

bool rg_row_is_caller(const struct rg_verdict *verdict, const struct rg_row *row)
{
	for (size_t i = 0; i < verdict->caller_count; i++) {
		if (&verdict->callers[i] == row)
			return true;
	}
	return false;
}

static const char *rule_of_row(const struct rg_row *row, bool literal)
{
	if (row->status == RG_STATUS_NEW)
		return literal ? "literal, new" : "new";
	if (row->status == RG_STATUS_REGRESSED)
		return literal ? "literal, regressed" : "regressed";
	return "suspect";
}

static const char *rule_of_wait(const struct rg_row *row)
{
	if (row->status == RG_STATUS_NEW)
		return "new wait";
	return row->status == RG_STATUS_REGRESSED ? "regressed wait" : "suspect wait";
}

/* What the reason is about: the caller, where more of its cost is certain than of any function's own. */
static bool caller_fires(const struct rg_verdict *verdict)
{
	const struct rg_row *first = verdict->row_count > 0 ? &verdict->rows[0] : NULL;

	return verdict->caller_count > 0 && rg_row_fails(&verdict->callers[0]) &&
	       (!first || !rg_row_fails(first) || verdict->callers[0].impact > first->impact);
}

void rg_entry_add_subject(struct rg_buf *out, const struct rg_verdict *verdict,
			  const struct rg_entry *entry)
{
	bool waits = entry->dimension == RG_DIMENSION_OFF_CPU;
	const struct rg_row *rows = waits ? verdict->off_cpu.rows : verdict->rows;
	size_t count = waits ? verdict->off_cpu.row_count : verdict->row_count;

	if (entry->of == RG_GROWTH_OF_CALLER) {
		rows = verdict->callers;
		count = verdict->caller_count;
	}
	if (entry->of != RG_GROWTH_OF_TOTAL && entry->row < count)
		rg_row_add_name(out, &rows[entry->row]);
	else
		rg_buf_adds(out, waits ? "total off CPU" : "total");
}

const char *rg_commit_function(const struct rg_verdict *verdict, const struct rg_commit *commit)
{
	bool waits = commit->dimension == RG_DIMENSION_OFF_CPU;
	const struct rg_row *rows = waits ? verdict->off_cpu.rows : verdict->rows;
	size_t count = waits ? verdict->off_cpu.row_count : verdict->row_count;

	switch (commit->of) {
	case RG_COMMIT_OF_ENTRY:
		return commit->row < verdict->entry_count
			       ? rg_text_or_empty(verdict->entries[commit->row].function)
			       : "";
	case RG_COMMIT_OF_CALLER:
		rows = verdict->callers;
		count = verdict->caller_count;
		break;
	case RG_COMMIT_OF_ROW:
		break;
	}
	return commit->row < count ? rg_text_or_empty(rows[commit->row].function) : "";
}

const char *rg_fired_rule(const struct rg_verdict *verdict)
{
	if (verdict->pinned_decides)
		return "pinned";
	bool literal = verdict->policy.rule == RG_RULE_LITERAL;
	bool fail = verdict->outcome == RG_OUTCOME_FAIL;

	if (!fail && verdict->outcome != RG_OUTCOME_UNDECIDED)
		return "";
	/* What the reason begins with. */
	if (fail && rg_row_fails(&verdict->total))
		return "total";
	if (fail && caller_fires(verdict))
		return "regressed caller";
	for (size_t i = 0; i < verdict->row_count; i++) {
		const struct rg_row *row = &verdict->rows[i];

		if (fail ? rg_row_fails(row) : row->status == RG_STATUS_SUSPECT)
			return rule_of_row(row, literal);
	}
	for (size_t i = 0; i < verdict->off_cpu.row_count; i++) {
		const struct rg_row *row = &verdict->off_cpu.rows[i];

		if (fail ? rg_row_fails(row) : row->status == RG_STATUS_SUSPECT)
			return rule_of_wait(row);
	}
	if (!fail && verdict->total.status == RG_STATUS_SUSPECT)
		return "suspect total";
	if (fail && rg_row_fails(&verdict->off_cpu.total))
		return "total of waits";
	if (!fail && verdict->off_cpu.total.status == RG_STATUS_SUSPECT)
		return "suspect total of waits";
	return "";
}

const char *rg_dimension_word(enum rg_dimension dimension)
{
	switch (dimension) {
	case RG_DIMENSION_ON_CPU:
		break;
	case RG_DIMENSION_OFF_CPU:
		return "off CPU";
	}
	return "on CPU";
}

const char *rg_cost_word(const struct rg_verdict *verdict)
{
	switch (verdict->basis) {
	case RG_BASIS_SHARE:
		return "share";
	case RG_BASIS_WORK:
		return "seconds_per_unit";
	case RG_BASIS_AUTO:
	case RG_BASIS_SECOND:
		break;
	}
	return "cores";
}

/* A verdict that was read from a file may hold any text. */
const char *rg_work_word(const struct rg_verdict *verdict)
{
	const char *unit = rg_text_or_empty(verdict->work_unit);

	return rg_text_is_label(unit) ? unit : RG_WORK_UNIT;
}

const char *rg_per_word(const struct rg_verdict *verdict)
{
	return verdict->basis == RG_BASIS_WORK ? rg_work_word(verdict) : "second";
}

static bool any_adjusted(const struct rg_row *rows, size_t shown)
{
	for (size_t i = 0; i < shown; i++) {
		double ratio = (1 + rows[i].raw_growth) / (1 + rows[i].growth);

		if (rows[i].samples_base && rows[i].samples_canary && fabs(ratio - 1) > VISIBLE)
			return true;
	}
	return false;
}

bool rg_growth_is_adjusted(const struct rg_verdict *verdict)
{
	return any_adjusted(verdict->rows, rg_rows_shown(verdict)) ||
	       any_adjusted(verdict->off_cpu.rows, rg_waits_shown(verdict));
}

/* However many there are. */
static bool must_be_shown(const struct rg_row *row)
{
	return rg_row_fails(row) || row->status == RG_STATUS_ACCEPTED ||
	       row->status == RG_STATUS_MOVED || row->status == RG_STATUS_PLACED;
}

static size_t rows_shown(const struct rg_row *rows, size_t count, size_t top_k)
{
	size_t shown = 0, judged = 0;

	/* As many ignored ones at most: they must not push the others off the screen. */
	for (; shown < count && judged < top_k && shown < 2 * top_k; shown++)
		judged += rows[shown].status != RG_STATUS_IGNORED;
	while (shown < count && must_be_shown(&rows[shown]))
		shown++;
	return shown;
}

size_t rg_rows_shown(const struct rg_verdict *verdict)
{
	return rows_shown(verdict->rows, verdict->row_count, verdict->policy.top_k);
}

size_t rg_waits_shown(const struct rg_verdict *verdict)
{
	return rows_shown(verdict->off_cpu.rows, verdict->off_cpu.row_count,
			  verdict->policy.off_cpu.top_k);
}

void rg_row_add_wait(struct rg_buf *out, const struct rg_row *row)
{
	const char *wait = rg_text_or_empty(row->wait), *api = rg_text_or_empty(row->api);

	if (*wait || *api)
		rg_buf_addf(out, "[%s%s%s]", wait, *wait && *api ? ", " : "", api);
}

void rg_row_add_name(struct rg_buf *out, const struct rg_row *row)
{
	rg_buf_adds(out, rg_text_or_empty(row->function));
	if (!*rg_text_or_empty(row->wait) && !*rg_text_or_empty(row->api))
		return;
	rg_buf_addc(out, ' ');
	rg_row_add_wait(out, row);
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

void rg_commit_add_id(struct rg_buf *out, const char *before, const char *id)
{
	const char *text = rg_text_or_empty(id);

	if (*text && text[strspn(text, "0123456789abcdef")] == '\0')
		rg_buf_addf(out, "%s%.10s", before, text);
}
