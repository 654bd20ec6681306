/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_NOTES_H
#define RG_RENDER_NOTES_H

#include "pen.h"

#include "rg/buf.h"
#include "rg/verdict.h"

/*
 * Lines one sentence may take: more than the longest that the program makes, with the names in it cut, so that nothing of its
 * own words is left out. They are for texts of any length that a file says are a verdict's; the headline stands above the table.
 */
enum { RG_HEADLINE_LINES = 8, RG_NOTE_LINES = 24 };

/* "  label      ", in the columns where the table has its status. */
void rg_note_label(struct rg_pen *pen, const char *label, enum rg_tone tone);
/* The label and a sentence, wrapped behind it. */
void rg_note_write(struct rg_pen *pen, const char *label, enum rg_tone tone, const char *text);

/* The same for a note that was put together in `text`, which is freed; nothing when it is empty. */
void rg_note_finish(struct rg_pen *pen, const char *label, enum rg_tone tone, struct rg_buf *text);

/* A name, the row's with its wait, cut in the middle: a note holds two of them and what it says of them. */
void rg_note_add_name(struct rg_buf *text, const char *name, const struct rg_pen *pen);
void rg_note_add_row(struct rg_buf *text, const struct rg_row *row, const struct rg_pen *pen);
/* Any other text from outside, cut in the middle where it is long. */
void rg_note_add_text(struct rg_buf *text, const char *value, const struct rg_pen *pen);

/* What stands below the table: losses, symbols, limits, what differs, what to do next. */
void rg_notes_write(struct rg_pen *pen, const struct rg_verdict *verdict);

/* Parts of that: what the captures' accounts say, and what holds for waits and is not in their table. */
void rg_notes_write_account(struct rg_pen *pen, const struct rg_verdict *verdict);
void rg_notes_write_waits(struct rg_pen *pen, const struct rg_verdict *verdict);
/* In what the sides' conditions differ, where that may explain a verdict that is no pass. */
void rg_notes_write_conditions(struct rg_pen *pen, const struct rg_verdict *verdict);

/* "threads' time off by -0.05 %, CPU by samples off by +1.21 %, …" of one side; nothing when
 * nothing is known. Figures and constant words only. */
void rg_account_add(struct rg_buf *out, const struct rg_side *side, const char *at_least);

#endif
