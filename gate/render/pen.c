/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pen.h"

#include "show.h"

#include "rg/text.h"

#include <string.h>

void rg_pen_write(struct rg_pen *pen, const char *text)
{
	rg_buf_adds(pen->out, text);
	pen->used += rg_text_columns(text, strlen(text));
}

void rg_pen_to(struct rg_pen *pen, size_t column)
{
	if (pen->used >= column)
		return;
	rg_buf_fill(pen->out, ' ', column - pen->used);
	pen->used = column;
}

void rg_pen_right(struct rg_pen *pen, const char *text, size_t width)
{
	size_t columns = rg_text_columns(text, strlen(text));

	if (columns < width)
		rg_pen_to(pen, pen->used + width - columns);
	rg_pen_write(pen, text);
}

void rg_pen_tone(struct rg_pen *pen, enum rg_tone tone)
{
	static const char *const codes[] = {
		[RG_TONE_PLAIN] = "\x1b[0m",   [RG_TONE_STRONG] = "\x1b[1m",
		[RG_TONE_QUIET] = "\x1b[2m",   [RG_TONE_RED] = "\x1b[1;31m",
		[RG_TONE_YELLOW] = "\x1b[33m", [RG_TONE_GREEN] = "\x1b[32m",
	};

	if (pen->color)
		rg_buf_adds(pen->out, codes[tone]);
}

void rg_pen_newline(struct rg_pen *pen)
{
	rg_buf_addc(pen->out, '\n');
	pen->used = 0;
}

void rg_pen_name(struct rg_pen *pen, const char *text, size_t width)
{
	pen->used += rg_show_cut(pen->out, text, width, pen->unicode);
}

/* Up to the next space that is not between a number and its percent sign. */
static size_t word_length(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == ' ' && !(i + 1 < len && text[i + 1] == '%'))
			return i;
	}
	return len;
}

static void break_line(struct rg_pen *pen, size_t indent)
{
	rg_pen_newline(pen);
	rg_pen_to(pen, indent);
}

static void write_words(struct rg_pen *pen, const char *text, size_t len, size_t indent)
{
	bool first = true;

	for (size_t at = 0; at < len;) {
		size_t length = word_length(text + at, len - at);
		size_t columns = rg_text_columns(text + at, length);
		size_t space = first ? 0 : 1;

		if (pen->used > indent && pen->used + space + columns > pen->columns) {
			break_line(pen, indent);
			space = 0;
		}
		rg_pen_to(pen, pen->used + space);
		pen->used += rg_show_cut_inert(pen->out, text + at, length,
					       pen->columns - pen->used, pen->unicode);
		first = false;
		at += length;
		while (at < len && text[at] == ' ')
			at++;
	}
}

void rg_pen_sentence(struct rg_pen *pen, const char *text, size_t indent, size_t lines)
{
	struct rg_buf inert, cut;
	/* A word moved to the next line leaves room behind: ask for a little less than is there. */
	size_t room = (pen->columns - indent) * lines;

	rg_buf_init(&inert, RG_SHOW_SCRATCH_MAX);
	rg_buf_init(&cut, RG_SHOW_SCRATCH_MAX);
	rg_show_add(&inert, text, pen->unicode);
	if (inert.len && !inert.failed)
		rg_show_cut_inert(&cut, inert.data, inert.len, room - room / 4, pen->unicode);
	if (cut.len && !cut.failed)
		write_words(pen, cut.data, cut.len, indent);
	rg_show_inherit(pen->out, &inert);
	rg_show_inherit(pen->out, &cut);
	rg_buf_done(&cut);
	rg_buf_done(&inert);
}

const char *rg_pen_arrow(const struct rg_pen *pen)
{
	return pen->unicode ? "\xe2\x86\x92" : "->";
}

const char *rg_pen_at_least(const struct rg_pen *pen)
{
	return pen->unicode ? "\xe2\x89\xa5" : ">=";
}
