/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reason.h"

#include "rg/buf.h"
#include "rg/units.h"

/* --- One row ---------------------------------------------------------------------------------- */

static void add_new(struct rg_buf *out, const struct rg_verdict *verdict, const struct rg_row *row)
{
	rg_reason_add_subject(out, verdict, row);
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
	rg_reason_add_subject(out, verdict, row);
	rg_buf_adds(out, verdict->policy.rule == RG_RULE_LITERAL ? " takes " : " uses ");
	rg_word_percent(out, row->growth);
	rg_reason_add_object(out, verdict);
	rg_reason_add_limit(out, row->growth_allowed);
}

static void add_new_wait(struct rg_buf *out, const struct rg_verdict *verdict,
			 const struct rg_row *row)
{
	rg_buf_adds(out, "waits in ");
	rg_reason_add_subject(out, verdict, row);
	if (row->samples_base == 0) {
		rg_buf_adds(out, ", which is new: ");
	} else {
		rg_buf_adds(out, ", which is as good as new: from ");
		rg_reason_add_waiting(out, verdict, row->cost_base);
		rg_buf_adds(out, " to ");
	}
	rg_reason_add_waiting(out, verdict, row->cost_canary);
	rg_reason_add_per(out, verdict);
}

static void add_regressed_wait(struct rg_buf *out, const struct rg_verdict *verdict,
			       const struct rg_row *row)
{
	if (rg_reason_is_total(verdict, row) && row->samples_base == 0) {
		rg_buf_adds(out, "waits ");
		rg_reason_add_waiting(out, verdict, row->cost_canary);
		rg_buf_adds(out, " in all");
		rg_reason_add_per(out, verdict);
		rg_buf_adds(out, ", and the baseline did not wait");
		return;
	}
	rg_buf_adds(out, "waits ");
	rg_reason_add_more_waiting(out, verdict, row, row->growth);
	rg_reason_add_limit(out, row->growth_allowed);
}

static void add_failing(struct rg_buf *out, const struct rg_verdict *verdict,
			const struct rg_row *row)
{
	bool new = row->status == RG_STATUS_NEW;

	if (rg_reason_is_wait(row))
		(new ? add_new_wait : add_regressed_wait)(out, verdict, row);
	else
		(new ? add_new : add_regressed)(out, verdict, row);
}

/* "orders() and what it calls": a caller is judged by all of that. */
static void add_failing_caller(struct rg_buf *out, const struct rg_verdict *verdict,
			       const struct rg_row *row)
{
	rg_reason_add_subject(out, verdict, row);
	rg_buf_adds(out, " and what it calls use ");
	rg_word_percent(out, row->growth);
	rg_reason_add_object(out, verdict);
	rg_reason_add_limit(out, row->growth_allowed);
}

/* "; 40 % were accepted until 2026-03-31 by ada, and that has expired": what no longer lets it pass. */
static void add_refused(struct rg_buf *out, const struct rg_row *row)
{
	char date[RG_UNITS_TEXT_MAX];

	if (row->accept.found == RG_ACCEPTANCE_NONE)
		return;
	rg_buf_adds(out, "; ");
	rg_word_percent(out, row->accept.growth);
	rg_buf_addf(out, " were accepted until %s by ", rg_format_date(date, row->accept.expires));
	rg_word_quoted(out, row->accept.owner, RG_FACT_COLUMNS);
	rg_buf_adds(out, row->accept.found == RG_ACCEPTANCE_EXPIRED ? ", and that has expired"
								    : ", and it grew by more");
}

/* --- Where it came in ------------------------------------------------------------------------- */

static bool is_entry_of(const struct rg_entry *entry, const struct rg_verdict *verdict,
			const struct rg_row *row)
{
	const struct rg_row *const rows[] = {
		[RG_DIMENSION_ON_CPU] = verdict->rows,
		[RG_DIMENSION_OFF_CPU] = verdict->off_cpu.rows,
	};

	if (entry->dimension != row->dimension)
		return false;
	switch (entry->of) {
	case RG_GROWTH_OF_ROW:
		return &rows[entry->dimension][entry->row] == row;
	case RG_GROWTH_OF_CALLER:
		return &verdict->callers[entry->row] == row;
	case RG_GROWTH_OF_TOTAL:
		return rg_reason_is_total(verdict, row);
	}
	return false;
}

/* ", through parse_row()": where most of the growth came in. */
static void add_through(struct rg_buf *out, const struct rg_verdict *verdict,
			const struct rg_row *row)
{
	const char *before = ", through ";

	for (size_t i = 0; i < verdict->entry_count; i++) {
		const struct rg_entry *entry = &verdict->entries[i];
		const struct rg_row place = {.function = entry->function,
					     .module = entry->module,
					     .wait = "",
					     .api = ""};

		if (!is_entry_of(entry, verdict, row))
			continue;
		rg_buf_adds(out, before);
		rg_word_function(out, &place);
		before = " and ";
	}
}

/* --- All that fails --------------------------------------------------------------------------- */

static bool fails(const struct rg_row *row)
{
	return row->status == RG_STATUS_REGRESSED || row->status == RG_STATUS_NEW;
}

static size_t count_failing(const struct rg_row *rows, size_t count)
{
	size_t failing = 0;

	for (size_t i = 0; i < count; i++)
		failing += fails(&rows[i]);
	return failing;
}

/* How many fail of each kind, and which of all is told first: NULL where only a total does. */
struct failing {
	size_t functions, callers, waits;
	const struct rg_row *worst;
	bool caller; /* it is one of the callers */
};

/* Failing rows come first, the one with most certain cost at their head. */
static struct failing find_failing(const struct rg_verdict *verdict)
{
	const struct rg_off_cpu *off_cpu = &verdict->off_cpu;
	struct failing f = {
		.functions = count_failing(verdict->rows, verdict->row_count),
		.callers = count_failing(verdict->callers, verdict->caller_count),
		.waits = count_failing(off_cpu->rows, off_cpu->row_count),
	};

	f.caller = f.callers > 0 &&
		   (f.functions == 0 || verdict->callers[0].impact > verdict->rows[0].impact);
	if (f.caller)
		f.worst = &verdict->callers[0];
	else if (f.functions > 0)
		f.worst = &verdict->rows[0];
	else if (f.waits > 0)
		f.worst = &off_cpu->rows[0];
	return f;
}

/* "; 2 more functions fail". */
static void add_others(struct rg_buf *out, size_t count, const char *one, const char *many)
{
	if (count == 0)
		return;
	rg_buf_adds(out, "; ");
	rg_word_count(out, count, one, many);
}

/* What fails beside the one that is told. */
static void add_all_others(struct rg_buf *out, const struct failing *f)
{
	bool function = f->functions > 0 && !f->caller, caller = f->caller;
	bool wait = f->worst && rg_reason_is_wait(f->worst);

	add_others(out, f->functions - function,
		   function ? "more function fails" : "function fails too",
		   function ? "more functions fail" : "functions fail too");
	add_others(out, f->callers - caller, "caller fails by what it calls",
		   "callers fail by what they call");
	add_others(out, f->waits - wait, wait ? "more wait fails" : "wait fails too",
		   wait ? "more waits fail" : "waits fail too");
}

/* --- The total -------------------------------------------------------------------------------- */

/* "; most of it in parse_row(), through read_file()": the total says how much, this where to look. */
static void add_cause(struct rg_buf *out, const struct rg_verdict *verdict, const struct failing *f)
{
	const struct rg_row *total = &verdict->total, *cause = f->worst;
	double part =
		(cause->cost_canary - cause->cost_base) / (total->cost_canary - total->cost_base);

	rg_buf_adds(out, "; ");
	if (!(part > 0))
		rg_buf_adds(out, "above all in ");
	else if (part >= 0.5)
		rg_buf_adds(out, "most of it in ");
	else {
		rg_word_percent(out, part);
		rg_buf_adds(out, " of it in ");
	}
	rg_reason_add_subject(out, verdict, cause);
	if (f->caller)
		rg_buf_adds(out, " and what it calls");
	else if (cause->status == RG_STATUS_NEW && cause->samples_base == 0)
		rg_buf_adds(out, ", which is new");
	add_through(out, verdict, cause);
	add_refused(out, cause);
}

/* The whole program uses more: that is said first, and only then in which of its functions. */
static void add_failing_total(struct rg_buf *out, const struct rg_verdict *verdict,
			      struct failing *f)
{
	const struct rg_row *total = &verdict->total;

	add_failing(out, verdict, total);
	if (f->worst && f->functions + f->callers > 0) {
		add_refused(out, total);
		add_cause(out, verdict, f);
		return;
	}
	add_through(out, verdict, total);
	rg_buf_adds(out, ", though no single function fails");
	add_refused(out, total);
	/* Then no wait is told either, and those that fail do so too. */
	f->worst = NULL;
}

/* --- The headline ----------------------------------------------------------------------------- */

static void add_failing_row(struct rg_buf *out, const struct rg_verdict *verdict,
			    const struct failing *f)
{
	const struct rg_row *row = f->worst ? f->worst : &verdict->off_cpu.total;

	if (f->caller)
		add_failing_caller(out, verdict, row);
	else
		add_failing(out, verdict, row);
	add_through(out, verdict, row);
	if (!f->worst)
		rg_buf_adds(out, ", though no single wait fails");
	add_refused(out, row);
}

void rg_reason_fail(struct rg_buf *out, const struct rg_story *story)
{
	const struct rg_verdict *verdict = story->verdict;
	struct failing f = find_failing(verdict);

	if (fails(&verdict->total))
		add_failing_total(out, verdict, &f);
	else
		add_failing_row(out, verdict, &f);
	add_all_others(out, &f);
}
