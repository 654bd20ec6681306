/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/units.h"

#include <math.h>

enum { REASON_MAX_BYTES = 4096, FACT_COLUMNS = 40 };

static bool is_total(const struct rg_verdict *verdict, const struct rg_row *row)
{
	return row == &verdict->total || row == &verdict->off_cpu.total;
}

static bool is_wait(const struct rg_row *row)
{
	return row->dimension == RG_DIMENSION_OFF_CPU;
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

/* "per second", "per request": of waits, which are never a share. */
static void add_per(struct rg_buf *out, const struct rg_verdict *verdict)
{
	rg_buf_addf(out, " per %s",
		    verdict->basis == RG_BASIS_WORK ? verdict->work_unit : "second");
}

/* "840 % more in audit_append() [disk, fsync] per second": what follows "waits". */
static void add_more_waiting(struct rg_buf *out, const struct rg_verdict *verdict,
			     const struct rg_row *row, double growth)
{
	rg_word_percent(out, growth);
	rg_buf_adds(out, " more ");
	if (is_total(verdict, row)) {
		rg_buf_adds(out, "in all");
	} else {
		rg_buf_adds(out, "in ");
		rg_word_function(out, row);
	}
	add_per(out, verdict);
}

/* Blocked time per second of wall time, or unit of work. */
static void add_waiting(struct rg_buf *out, const struct rg_verdict *verdict, double seconds)
{
	if (verdict->basis == RG_BASIS_WORK)
		rg_word_time(out, seconds);
	else
		rg_buf_addf(out, "%.*f ms", seconds < 0.01 ? 2 : seconds < 0.1, seconds * 1000);
}

/* What the growth on this basis is of. */
static void add_object(struct rg_buf *out, const struct rg_verdict *verdict)
{
	if (verdict->policy.rule == RG_RULE_LITERAL) {
		rg_buf_adds(out, " larger a share of the CPU time");
		return;
	}
	rg_buf_adds(out, " more CPU");
	if (verdict->basis == RG_BASIS_SHARE)
		rg_buf_adds(out, " relative to the rest");
	else
		add_per(out, verdict);
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
	add_object(out, verdict);
	add_limit(out, row->growth_allowed);
}

static void add_new_wait(struct rg_buf *out, const struct rg_verdict *verdict,
			 const struct rg_row *row)
{
	rg_buf_adds(out, "waits in ");
	add_subject(out, verdict, row);
	if (row->samples_base == 0) {
		rg_buf_adds(out, ", which is new: ");
	} else {
		rg_buf_adds(out, ", which is as good as new: from ");
		add_waiting(out, verdict, row->cost_base);
		rg_buf_adds(out, " to ");
	}
	add_waiting(out, verdict, row->cost_canary);
	add_per(out, verdict);
}

static void add_regressed_wait(struct rg_buf *out, const struct rg_verdict *verdict,
			       const struct rg_row *row)
{
	if (is_total(verdict, row) && row->samples_base == 0) {
		rg_buf_adds(out, "waits ");
		add_waiting(out, verdict, row->cost_canary);
		rg_buf_adds(out, " in all");
		add_per(out, verdict);
		rg_buf_adds(out, ", and the baseline did not wait");
		return;
	}
	rg_buf_adds(out, "waits ");
	add_more_waiting(out, verdict, row, row->growth);
	add_limit(out, row->growth_allowed);
}

static void add_failing(struct rg_buf *out, const struct rg_verdict *verdict,
			const struct rg_row *row)
{
	bool new = row->status == RG_STATUS_NEW;

	if (is_wait(row))
		(new ? add_new_wait : add_regressed_wait)(out, verdict, row);
	else
		(new ? add_new : add_regressed)(out, verdict, row);
}

/* "orders() and what it calls": a caller is judged by all of that. */
static void add_failing_caller(struct rg_buf *out, const struct rg_verdict *verdict,
			       const struct rg_row *row)
{
	add_subject(out, verdict, row);
	rg_buf_adds(out, " and what it calls use ");
	rg_word_percent(out, row->growth);
	add_object(out, verdict);
	add_limit(out, row->growth_allowed);
}

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
		return is_total(verdict, row);
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

static size_t count_failing(const struct rg_row *rows, size_t count)
{
	size_t failing = 0;

	for (size_t i = 0; i < count; i++)
		failing += fails(&rows[i]);
	return failing;
}

/* "; 40 % were accepted until 2026-03-31 by ada, and expired": what no longer lets it pass. */
static void add_refused(struct rg_buf *out, const struct rg_row *row)
{
	char date[RG_UNITS_TEXT_MAX];

	if (row->accept.found == RG_ACCEPTANCE_NONE)
		return;
	rg_buf_adds(out, "; ");
	rg_word_percent(out, row->accept.growth);
	rg_buf_addf(out, " were accepted until %s by ", rg_format_date(date, row->accept.expires));
	rg_word_quoted(out, row->accept.owner, FACT_COLUMNS);
	rg_buf_adds(out, row->accept.found == RG_ACCEPTANCE_EXPIRED ? ", and that has expired"
								    : ", and it grew by more");
}

/* Failing rows come first, the one with most certain cost at their head. */
static const struct rg_row *worst_failing(const struct rg_verdict *verdict, size_t functions,
					  size_t callers, size_t waits, bool *is_caller)
{
	const struct rg_row *caller = callers > 0 ? &verdict->callers[0] : NULL;

	*is_caller = false;
	if (functions > 0 && (!caller || caller->impact <= verdict->rows[0].impact))
		return &verdict->rows[0];
	*is_caller = caller != NULL;
	if (caller)
		return caller;
	if (waits > 0)
		return &verdict->off_cpu.rows[0];
	return fails(&verdict->total) ? &verdict->total : &verdict->off_cpu.total;
}

static void add_fail(struct rg_buf *out, const struct rg_story *story)
{
	const struct rg_verdict *verdict = story->verdict;
	const struct rg_off_cpu *off_cpu = &verdict->off_cpu;
	size_t functions = count_failing(verdict->rows, verdict->row_count);
	size_t waits = count_failing(off_cpu->rows, off_cpu->row_count);
	size_t callers = count_failing(verdict->callers, verdict->caller_count);
	bool caller_first;
	const struct rg_row *worst =
		worst_failing(verdict, functions, callers, waits, &caller_first);

	if (caller_first)
		add_failing_caller(out, verdict, worst);
	else
		add_failing(out, verdict, worst);
	add_through(out, verdict, worst);
	if (functions + waits + callers == 0)
		rg_buf_adds(out, is_wait(worst) ? ", though no single wait fails"
						: ", though no single function fails");
	add_refused(out, worst);
	bool function_first = functions > 0 && !caller_first;

	if (functions > function_first) {
		rg_buf_adds(out, "; ");
		rg_word_count(out, functions - function_first,
			      function_first ? "more function fails" : "function fails too",
			      function_first ? "more functions fail" : "functions fail too");
	}
	if (callers > caller_first) {
		rg_buf_adds(out, "; ");
		rg_word_count(out, callers - caller_first, "caller fails by what it calls",
			      "callers fail by what they call");
	}
	bool wait_first = functions == 0 && callers == 0;

	if (waits > wait_first) {
		rg_buf_adds(out, "; ");
		rg_word_count(out, waits - wait_first,
			      wait_first ? "more wait fails" : "wait fails too",
			      wait_first ? "more waits fail" : "waits fail too");
	}
}

/* --- Pass ------------------------------------------------------------------------------------- */

static double widest_mdg(const struct rg_row *rows, const struct rg_finding *const *finding,
			 size_t count)
{
	double widest = 0;

	for (size_t i = 0; i < count; i++) {
		if (finding[i]->gated && !rg_finding_is_spared(finding[i]))
			widest = fmax(widest, rows[i].mdg);
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

static size_t count_of(enum rg_status status, const struct rg_row *rows, size_t count)
{
	size_t of = 0;

	for (size_t i = 0; i < count; i++)
		of += rows[i].status == status;
	return of;
}

/* ", but for 2 that are accepted, and 1 that is moved code". */
static void add_spared(struct rg_buf *out, size_t accepted, size_t moved)
{
	if (accepted > 0)
		rg_buf_addf(out, ", but for %zu that %s accepted", accepted,
			    accepted > 1 ? "are" : "is");
	if (moved > 0)
		rg_buf_addf(out, ", %s %zu that %s moved code", accepted > 0 ? "and" : "but for",
			    moved, moved > 1 ? "are" : "is");
}

static void add_spared_cpu(struct rg_buf *out, const struct rg_verdict *verdict)
{
	add_spared(out,
		   count_of(RG_STATUS_ACCEPTED, verdict->rows, verdict->row_count) +
			   count_of(RG_STATUS_ACCEPTED, verdict->callers, verdict->caller_count) +
			   count_of(RG_STATUS_ACCEPTED, &verdict->total, 1),
		   count_of(RG_STATUS_MOVED, verdict->rows, verdict->row_count));
}

static void add_spared_waits(struct rg_buf *out, const struct rg_off_cpu *off_cpu)
{
	add_spared(out,
		   count_of(RG_STATUS_ACCEPTED, off_cpu->rows, off_cpu->row_count) +
			   count_of(RG_STATUS_ACCEPTED, &off_cpu->total, 1),
		   count_of(RG_STATUS_MOVED, off_cpu->rows, off_cpu->row_count));
}

/* "; waits: no growth beyond 15 %, could have seen at least 40 % in the top 5 and 20 % in total". */
static void add_waits_pass(struct rg_buf *out, const struct rg_story *story)
{
	const struct rg_off_cpu *off_cpu = &story->verdict->off_cpu;
	double rows;

	if (!story->wait_judgement)
		return;
	rows = widest_mdg(off_cpu->rows, story->wait_finding, off_cpu->row_count);
	if (!(rows > 0) && !story->wait_judgement->total.gated) {
		rg_buf_adds(out, "; waits: too few to judge, and to matter");
		return;
	}
	rg_buf_adds(out, "; waits: no growth beyond ");
	rg_word_percent(out, story->verdict->policy.off_cpu.growth);
	add_spared_waits(out, off_cpu);
	rg_buf_adds(out, ", could have seen ");
	if (rows > 0) {
		add_seen(out, rows);
		rg_buf_addf(out, " in the top %u", story->verdict->policy.off_cpu.top_k);
	}
	if (story->wait_judgement->total.gated) {
		rg_buf_adds(out, rows > 0 ? " and " : "");
		add_seen(out, off_cpu->total.mdg);
		rg_buf_adds(out, " in total");
	}
}

static void add_pass(struct rg_buf *out, const struct rg_story *story)
{
	const struct rg_verdict *verdict = story->verdict;
	const struct rg_policy *policy = &verdict->policy;
	double rows = widest_mdg(verdict->rows, story->finding, verdict->row_count);

	if (policy->rule == RG_RULE_LITERAL) {
		rg_buf_addf(out, "no function entered the top %u, and no share in it grew beyond ",
			    policy->top_k);
		add_allowed(out, verdict);
		add_spared_cpu(out, verdict);
		return;
	}
	rg_buf_adds(out, "no growth beyond ");
	add_allowed(out, verdict);
	add_spared_cpu(out, verdict);
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
	add_waits_pass(out, story);
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

static void add_interval(struct rg_buf *out, const struct rg_row *row)
{
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
		add_subject(out, verdict, row);
		rg_buf_adds(out, ", which is new, for ");
		add_waiting(out, verdict, row->cost_canary);
		add_per(out, verdict);
		rg_buf_adds(out, ", but that may be chance");
		return;
	}
	add_more_waiting(out, verdict, row, row->growth);
	if (doubt->finding->rejected)
		rg_buf_adds(out, " than the other waits' change accounts for");
	else
		add_interval(out, row);
}

static void add_suspect(struct rg_buf *out, const struct rg_verdict *verdict,
			const struct rg_doubt *doubt)
{
	const struct rg_row *row = doubt->row;

	if (is_wait(row)) {
		add_suspect_wait(out, verdict, doubt);
		return;
	}
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
	add_object(out, verdict);
	add_interval(out, row);
}

static void add_hidden(struct rg_buf *out, const struct rg_verdict *verdict,
		       const struct rg_doubt *doubt)
{
	if (is_wait(doubt->row)) {
		rg_buf_adds(out, "may wait up to ");
		add_more_waiting(out, verdict, doubt->row, rg_growth_of_log(doubt->finding->upper));
		rg_buf_adds(out, ": too much to pass");
		add_limit(out, rg_finding_limit(doubt->finding));
		return;
	}
	add_subject(out, verdict, doubt->row);
	if (doubt->row->status == RG_STATUS_MOVED)
		rg_buf_adds(out, " and what its code came from");
	rg_buf_adds(out, " may use up to ");
	rg_word_percent(out, rg_growth_of_log(doubt->finding->upper));
	add_object(out, verdict);
	rg_buf_adds(out, ": too much to pass");
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
