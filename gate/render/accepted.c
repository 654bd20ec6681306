/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "accepted.h"

#include "figure.h"
#include "notes.h"
#include "show.h"
#include "words.h"

#include "rg/buf.h"
#include "rg/units.h"

enum { DOUBTS_SHOWN = 5 };

struct list {
	const struct rg_row **rows;
	size_t count, most;
};

static void add(struct list *list, const struct rg_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].accept.found == RG_ACCEPTANCE_NONE)
			continue;
		if (list->count < list->most)
			list->rows[list->count] = &rows[i];
		list->count++;
	}
}

size_t rg_accepted_rows(const struct rg_verdict *verdict, const struct rg_row **out, size_t most)
{
	struct list list = {.rows = out, .most = most};

	add(&list, &verdict->total, 1);
	add(&list, &verdict->off_cpu.total, 1);
	add(&list, verdict->rows, verdict->row_count);
	add(&list, verdict->callers, verdict->caller_count);
	add(&list, verdict->off_cpu.rows, verdict->off_cpu.row_count);
	return list.count;
}

const char *rg_accepted_word(const struct rg_row *row)
{
	switch (row->accept.found) {
	case RG_ACCEPTANCE_HOLDS:
		return "accepted";
	case RG_ACCEPTANCE_EXPIRED:
		return "expired";
	case RG_ACCEPTANCE_EXCEEDED:
		return "exceeded";
	case RG_ACCEPTANCE_NONE:
		break;
	}
	return "";
}

void rg_accepted_add_limits(struct rg_buf *out, const struct rg_verdict *verdict,
			    const struct rg_row *row)
{
	char limit[RG_FIGURE_MAX], date[RG_UNITS_TEXT_MAX];

	if (row->accept.found == RG_ACCEPTANCE_NONE)
		return;
	rg_buf_addf(out, "%sup to %s until %s",
		    rg_row_is_caller(verdict, row) ? "with all it calls " : "",
		    rg_figure_limit(limit, row->accept.growth),
		    rg_format_date(date, row->accept.expires));
}

static bool has_accepted_caller(const struct rg_verdict *verdict)
{
	for (size_t i = 0; i < verdict->caller_count; i++) {
		if (verdict->callers[i].accept.found == RG_ACCEPTANCE_HOLDS)
			return true;
	}
	return false;
}

bool rg_accepted_leaves_doubt(const struct rg_verdict *verdict)
{
	if (verdict->outcome != RG_OUTCOME_UNDECIDED || !has_accepted_caller(verdict))
		return false;
	for (size_t i = 0; i < verdict->row_count; i++) {
		if (verdict->rows[i].status == RG_STATUS_SUSPECT)
			return true;
	}
	return false;
}

void rg_accepted_add_subject(struct rg_buf *out, const struct rg_verdict *verdict,
			     const struct rg_row *row)
{
	if (row == &verdict->total)
		rg_buf_adds(out, "total");
	else if (row == &verdict->off_cpu.total)
		rg_buf_adds(out, "total off CPU");
	else
		rg_row_add_name(out, row);
}

/* "validate: up to 40 % until 2026-03-31, ada: new checks" */
static void write_row(struct rg_pen *pen, const struct rg_verdict *verdict,
		      const struct rg_row *row)
{
	struct rg_buf text;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	if (*rg_text_or_empty(row->function))
		rg_note_add_row(&text, row, pen);
	else
		rg_accepted_add_subject(&text, verdict, row);
	rg_buf_adds(&text, ": ");
	rg_accepted_add_limits(&text, verdict, row);
	rg_buf_adds(&text, ", ");
	rg_note_add_name(&text, rg_text_or_empty(row->accept.owner), pen);
	rg_buf_adds(&text, ": ");
	rg_buf_adds(&text, rg_text_or_empty(row->accept.reason));
	rg_note_finish(pen, rg_accepted_word(row), RG_TONE_YELLOW, &text);
}

/* "copy_row, strlen: not accepted with their caller: …" */
static void write_doubt(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	struct rg_buf text;
	size_t count = 0;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	for (size_t i = 0; i < verdict->row_count; i++) {
		if (verdict->rows[i].status != RG_STATUS_SUSPECT)
			continue;
		if (count < DOUBTS_SHOWN) {
			rg_buf_adds(&text, count ? ", " : "");
			rg_note_add_row(&text, &verdict->rows[i], pen);
		}
		count++;
	}
	if (count > DOUBTS_SHOWN)
		rg_buf_addf(&text, " and %zu more", count - DOUBTS_SHOWN);
	rg_buf_adds(&text, ": not accepted with a caller; that takes more data, or entries of "
			   "their own (--markdown-out FILE writes these)");
	rg_note_finish(pen, "suspect", RG_TONE_YELLOW, &text);
}

void rg_accepted_write(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	const struct rg_row *rows[RG_ACCEPTED_SHOWN];
	const size_t count = rg_accepted_rows(verdict, rows, RG_ACCEPTED_SHOWN);
	struct rg_buf text;

	for (size_t i = 0; i < count && i < RG_ACCEPTED_SHOWN; i++)
		write_row(pen, verdict, rows[i]);
	if (count > RG_ACCEPTED_SHOWN) {
		rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
		rg_buf_addf(&text, "and %zu more", count - RG_ACCEPTED_SHOWN);
		rg_note_finish(pen, "accepted", RG_TONE_YELLOW, &text);
	}
	if (rg_accepted_leaves_doubt(verdict))
		write_doubt(pen, verdict);
}
