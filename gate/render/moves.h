/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_MOVES_H
#define RG_RENDER_MOVES_H

#include "rg/verdict.h"

struct rg_buf;
struct rg_pen;

/* Rows that grew by code that came from elsewhere. */

/* The row that the move is of, or NULL. */
const struct rg_row *rg_move_row(const struct rg_verdict *verdict, const struct rg_move *move);
/* "-95 %" */
void rg_move_add_change(struct rg_buf *out, const struct rg_move *move);
/* ", which called it": how the code came from there; "" where the same callers tell. */
const char *rg_move_word(enum rg_move_how how);

/* A line for each move. */
void rg_moves_write(struct rg_pen *pen, const struct rg_verdict *verdict);
/* The same as a list. */
void rg_comment_moves(struct rg_buf *out, const struct rg_verdict *verdict);
/* "; moved from parse_value (-95 %) and digits (-100 %)" of one row. */
void rg_line_add_moves(struct rg_buf *out, const struct rg_verdict *verdict,
		       const struct rg_row *row);

#endif
