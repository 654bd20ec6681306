/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_PEN_H
#define RG_RENDER_PEN_H

#include "rg/buf.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Writing lines on a terminal: text from outside made inert, columns counted, colours only where
 * they are wanted. A line that is written through a pen never holds an escape the pen did not write.
 */
struct rg_pen {
	struct rg_buf *out;
	size_t columns; /* of the terminal */
	size_t used;    /* of the current line */
	bool color, unicode;
};

enum rg_tone {
	RG_TONE_PLAIN = 0,
	RG_TONE_STRONG,
	RG_TONE_QUIET,
	RG_TONE_RED,
	RG_TONE_YELLOW,
	RG_TONE_GREEN,
};

/* The texts of the pen's own: constants and figures, no escaping. */
void rg_pen_write(struct rg_pen *pen, const char *text);
/* Right-aligned in a column of `width`. */
void rg_pen_right(struct rg_pen *pen, const char *text, size_t width);
/* Spaces up to the column (0 is the first); none when the line is there already. */
void rg_pen_to(struct rg_pen *pen, size_t column);
void rg_pen_tone(struct rg_pen *pen, enum rg_tone tone);
/* Ends the line. Trailing blanks are the caller's to avoid. */
void rg_pen_newline(struct rg_pen *pen);

/* A text from outside, in at most `width` columns. */
void rg_pen_name(struct rg_pen *pen, const char *text, size_t width);

/*
 * A sentence that may quote names, wrapped at words from where the line is; the lines that follow
 * are indented. More than `lines` lines are avoided by leaving out the middle. Does not end the line.
 */
void rg_pen_sentence(struct rg_pen *pen, const char *text, size_t indent, size_t lines);

/* "→" or "->", "≥ " or ">= ". */
const char *rg_pen_arrow(const struct rg_pen *pen);
const char *rg_pen_at_least(const struct rg_pen *pen);

#endif
