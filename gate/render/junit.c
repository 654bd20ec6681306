/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/render.h"

#include "layout.h"
#include "markup.h"
#include "show.h"
#include "words.h"

#include "rg/buf.h"
#include "rg/units.h"
#include "rg/verdict.h"

#include <inttypes.h>
#include <string.h>

enum { NAME_COLUMNS = 240, MESSAGE_MAX = 2000 };

/* What becomes of a case; nothing unset is a pass. */
enum result { RESULT_ERROR = 0, RESULT_PASS, RESULT_FAILURE, RESULT_SKIPPED, RESULT_COUNT };

struct counts {
	size_t of[RESULT_COUNT];
	size_t all;
};

/*
 * GitLab shows an element's text, Jenkins the attribute "message" or, of what was skipped, the text when there is no
 * such attribute, which older schemas of that element do not have.
 */
static void add_message(struct rg_buf *out, const char *element, const char *type,
			const struct rg_buf *message)
{
	rg_buf_addf(out, ">\n      <%s", element);
	if (type) {
		rg_buf_addf(out, " type=\"%s\" message=\"", type);
		rg_markup_add_inert(out, message->data, message->len);
		rg_buf_addc(out, '"');
	}
	rg_buf_addc(out, '>');
	rg_markup_add_inert(out, message->data, message->len);
	rg_buf_addf(out, "</%s>\n    </testcase>\n", element);
}

static void add_result(struct rg_buf *out, enum result result, const char *type,
		       const struct rg_buf *message)
{
	switch (result) {
	case RESULT_PASS:
		rg_buf_adds(out, "/>\n");
		return;
	case RESULT_FAILURE:
		add_message(out, "failure", type, message);
		return;
	case RESULT_SKIPPED:
		add_message(out, "skipped", NULL, message);
		return;
	case RESULT_ERROR:
	case RESULT_COUNT:
		break;
	}
	add_message(out, "error", type, message);
}

static void begin_case(struct rg_buf *out, const char *name, const char *class)
{
	rg_buf_adds(out, "    <testcase classname=\"");
	rg_markup_add(out, *rg_text_or_empty(class) ? class : "regress-gate", NAME_COLUMNS);
	rg_buf_adds(out, "\" name=\"");
	rg_markup_add(out, name, NAME_COLUMNS);
	rg_buf_adds(out, "\" time=\"0\"");
}

static enum result result_of(enum rg_outcome outcome)
{
	if (outcome == RG_OUTCOME_PASS)
		return RESULT_PASS;
	return outcome == RG_OUTCOME_FAIL ? RESULT_FAILURE : RESULT_ERROR;
}

static enum result result_of_row(const struct rg_row *row)
{
	if (rg_row_fails(row))
		return RESULT_FAILURE;
	switch (row->status) {
	case RG_STATUS_UNCHANGED:
	case RG_STATUS_IMPROVED:
	case RG_STATUS_DISPLACED:
	case RG_STATUS_ACCEPTED:
	case RG_STATUS_MOVED:
	case RG_STATUS_PLACED:
		return RESULT_PASS;
	case RG_STATUS_UNKNOWN:
	case RG_STATUS_SUSPECT:
	case RG_STATUS_NEW:
	case RG_STATUS_REGRESSED:
	case RG_STATUS_IGNORED:
		break;
	}
	return RESULT_SKIPPED;
}

static void add_verdict_case(struct rg_buf *out, const struct rg_verdict *verdict)
{
	struct rg_buf message;

	rg_buf_init(&message, MESSAGE_MAX + 1);
	rg_render_line(verdict, MESSAGE_MAX, &message);
	begin_case(out, "verdict", NULL);
	add_result(out, result_of(verdict->outcome), rg_outcome_name(verdict->outcome), &message);
	rg_show_inherit(out, &message);
	rg_buf_done(&message);
}

static void add_row_case(struct rg_buf *out, const struct rg_verdict *verdict,
			 const struct rg_row *row, const char *name)
{
	struct rg_buf message;

	rg_buf_init(&message, MESSAGE_MAX + 1);
	rg_render_row_line(verdict, row, MESSAGE_MAX, &message);
	begin_case(out, name, row->module);
	add_result(out, result_of_row(row), rg_status_name(row->status), &message);
	rg_show_inherit(out, &message);
	rg_buf_done(&message);
}

static bool is_case(const struct rg_row *row)
{
	return row->tested || rg_row_fails(row);
}

/* Of a wait the name says which, so that a function's CPU time and its waits are two cases. */
static void add_named_case(struct rg_buf *out, const struct rg_verdict *verdict,
			   const struct rg_row *row)
{
	struct rg_buf name;

	rg_buf_init(&name, RG_SHOW_SCRATCH_MAX);
	rg_row_add_name(&name, row);
	if (!name.failed)
		add_row_case(out, verdict, row, name.len ? name.data : "");
	rg_show_inherit(out, &name);
	rg_buf_done(&name);
}

/* A function's own cost, and that with all it calls, are two cases. */
static void add_caller_case(struct rg_buf *out, const struct rg_verdict *verdict,
			    const struct rg_row *row)
{
	struct rg_buf name;

	rg_buf_init(&name, RG_SHOW_SCRATCH_MAX);
	rg_row_add_name(&name, row);
	rg_buf_adds(&name, ", with all it calls");
	if (!name.failed)
		add_row_case(out, verdict, row, name.data);
	rg_show_inherit(out, &name);
	rg_buf_done(&name);
}

static void add_block(struct rg_buf *out, const struct rg_verdict *verdict,
		      const struct rg_block *block, const char *total)
{
	if (block->total)
		add_row_case(out, verdict, block->total, total);
	for (size_t i = 0; i < block->count; i++) {
		if (is_case(&block->rows[i]))
			add_named_case(out, verdict, &block->rows[i]);
	}
}

static void add_pinned_case(struct rg_buf *out, const struct rg_verdict *pinned)
{
	struct rg_buf message;

	rg_buf_init(&message, MESSAGE_MAX + 1);
	rg_render_line(pinned, MESSAGE_MAX, &message);
	begin_case(out, "pinned version", NULL);
	add_result(out, result_of(pinned->outcome), rg_outcome_name(pinned->outcome), &message);
	rg_show_inherit(out, &message);
	rg_buf_done(&message);
}

static void add_cases(struct rg_buf *out, const struct rg_verdict *verdict)
{
	const struct rg_block on_cpu = rg_block_on_cpu(verdict);
	const struct rg_block off_cpu = rg_block_off_cpu(verdict);

	add_verdict_case(out, verdict);
	if (verdict->pinned)
		add_pinned_case(out, verdict->pinned);
	add_block(out, verdict, &on_cpu, "total");
	for (size_t i = 0; i < verdict->caller_count; i++)
		add_caller_case(out, verdict, &verdict->callers[i]);
	add_block(out, verdict, &off_cpu, "total off CPU");
}

static void count(struct counts *counts, enum result result)
{
	counts->of[result]++;
	counts->all++;
}

static void count_block(struct counts *counts, const struct rg_block *block)
{
	if (block->total)
		count(counts, result_of_row(block->total));
	for (size_t i = 0; i < block->count; i++) {
		if (is_case(&block->rows[i]))
			count(counts, result_of_row(&block->rows[i]));
	}
}

static struct counts count_cases(const struct rg_verdict *verdict)
{
	const struct rg_block on_cpu = rg_block_on_cpu(verdict);
	const struct rg_block off_cpu = rg_block_off_cpu(verdict);
	struct counts counts = {0};

	count(&counts, result_of(verdict->outcome));
	if (verdict->pinned)
		count(&counts, result_of(verdict->pinned->outcome));
	count_block(&counts, &on_cpu);
	for (size_t i = 0; i < verdict->caller_count; i++)
		count(&counts, result_of_row(&verdict->callers[i]));
	count_block(&counts, &off_cpu);
	return counts;
}

static void add_counts(struct rg_buf *out, const struct counts *counts)
{
	rg_buf_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", counts->all,
		    counts->of[RESULT_FAILURE], counts->of[RESULT_ERROR]);
}

void rg_render_junit(const struct rg_verdict *verdict, struct rg_buf *out)
{
	struct counts counts = count_cases(verdict);
	uint64_t wall_ms = verdict->canary.wall_ns / RG_NS_PER_MS;

	rg_buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	add_counts(out, &counts);
	rg_buf_adds(out, ">\n  <testsuite name=\"regress-gate");
	if (*rg_text_or_empty(verdict->scenario)) {
		rg_buf_addc(out, ' ');
		rg_markup_add(out, verdict->scenario, NAME_COLUMNS);
	}
	rg_buf_addc(out, '"');
	add_counts(out, &counts);
	rg_buf_addf(out, " skipped=\"%zu\" time=\"%" PRIu64 ".%03" PRIu64 "\">\n",
		    counts.of[RESULT_SKIPPED], wall_ms / 1000, wall_ms % 1000);
	add_cases(out, verdict);
	rg_buf_adds(out, "  </testsuite>\n</testsuites>\n");
}
