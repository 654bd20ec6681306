/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "moves.h"

#include "figure.h"
#include "notes.h"
#include "pen.h"
#include "show.h"
#include "span.h"
#include "words.h"

#include "rg/buf.h"

enum { SHOWN_MAX = 20, LINE_COLUMNS = 120 };

const struct rg_row *rg_move_row(const struct rg_verdict *verdict, const struct rg_move *move)
{
	const struct rg_off_cpu *off_cpu = &verdict->off_cpu;

	if (move->dimension == RG_DIMENSION_OFF_CPU)
		return move->row < off_cpu->row_count ? &off_cpu->rows[move->row] : NULL;
	return move->row < verdict->row_count ? &verdict->rows[move->row] : NULL;
}

void rg_move_add_change(struct rg_buf *out, const struct rg_move *move)
{
	char change[RG_FIGURE_MAX];

	rg_buf_adds(out, rg_figure_growth(change, move->change));
}

const char *rg_move_word(enum rg_move_how how)
{
	switch (how) {
	case RG_MOVE_INLINED:
		return ", which it called";
	case RG_MOVE_TAKEN_OUT:
		return ", which calls it";
	case RG_MOVE_LINES:
		return ", whose lines it has now";
	case RG_MOVE_REPLACED:
		break;
	}
	return "";
}

/* " (-95 %, commit 4f1c2ab9d0), which it called, 98 % of the growth; together +1.2 %" */
static void add_figures(struct rg_buf *out, const struct rg_move *move)
{
	char figure[RG_FIGURE_MAX];

	rg_buf_adds(out, " (");
	rg_move_add_change(out, move);
	rg_commit_add_id(out, ", commit ", move->commit);
	rg_buf_addf(out, ")%s, ", rg_move_word(move->how));
	rg_buf_addf(out, "%s of the growth; ", rg_figure_share(figure, move->explains));
	rg_buf_addf(out, "together %s", rg_figure_growth(figure, move->together));
}

static void write_move(struct rg_pen *pen, const struct rg_row *row, const struct rg_move *move)
{
	struct rg_buf text;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_note_add_row(&text, row, pen);
	rg_buf_adds(&text, ": from ");
	rg_note_add_name(&text, move->function, pen);
	add_figures(&text, move);
	rg_note_finish(pen, "moved", RG_TONE_YELLOW, &text);
}

void rg_moves_write(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	for (size_t i = 0; i < verdict->move_count && i < SHOWN_MAX; i++) {
		const struct rg_row *row = rg_move_row(verdict, &verdict->moves[i]);

		if (row)
			write_move(pen, row, &verdict->moves[i]);
	}
}

static void add_item(struct rg_buf *out, const struct rg_row *row, const struct rg_move *move)
{
	struct rg_buf name;

	rg_buf_init(&name, RG_SHOW_SCRATCH_MAX);
	rg_row_add_name(&name, row);
	rg_buf_adds(out, "- ");
	if (name.len && !name.failed)
		rg_span_add(out, name.data, RG_SPAN_COLUMNS, false);
	rg_buf_adds(out, " from ");
	rg_span_add(out, rg_text_or_empty(move->function), RG_SPAN_COLUMNS, false);
	add_figures(out, move);
	rg_buf_addc(out, '\n');
	rg_show_inherit(out, &name);
	rg_buf_done(&name);
}

void rg_comment_moves(struct rg_buf *out, const struct rg_verdict *verdict)
{
	if (verdict->move_count)
		rg_buf_adds(out, "\nMoved code, which is no growth:\n\n");
	for (size_t i = 0; i < verdict->move_count && i < SHOWN_MAX; i++) {
		const struct rg_row *row = rg_move_row(verdict, &verdict->moves[i]);

		if (row)
			add_item(out, row, &verdict->moves[i]);
	}
	if (verdict->move_count > SHOWN_MAX)
		rg_buf_addf(out, "- and %zu more\n", verdict->move_count - SHOWN_MAX);
}

void rg_line_add_moves(struct rg_buf *out, const struct rg_verdict *verdict,
		       const struct rg_row *row)
{
	const char *before = "; moved from ";

	for (size_t i = 0; i < verdict->move_count; i++) {
		const struct rg_move *move = &verdict->moves[i];

		if (rg_move_row(verdict, move) != row)
			continue;
		rg_buf_adds(out, before);
		rg_show_cut(out, rg_text_or_empty(move->function), LINE_COLUMNS, true);
		rg_buf_adds(out, " (");
		rg_move_add_change(out, move);
		rg_commit_add_id(out, ", commit ", move->commit);
		rg_buf_addc(out, ')');
		before = " and ";
	}
}
