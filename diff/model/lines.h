/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_LINES_H
#define RG_MODEL_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_err;

/* A part of a text that is being read: [at, end). Untrusted, not NUL-terminated. */
struct rg_span {
	const char *at, *end;
};

/* The lines of a text; `number` is that of the line last taken, from 1. */
struct rg_lines {
	const char *at, *end;
	size_t number;
};

/* Refuses a text with a zero byte in it, after which no line number makes sense. RG_EFORMAT. */
int rg_lines_init(struct rg_lines *lines, const void *text, size_t len, const char *format,
		  struct rg_err *err);

/* Takes the next line, without its line feed and a carriage return before it; false at the end. */
bool rg_lines_next(struct rg_lines *lines, struct rg_span *line);

static inline size_t rg_span_len(struct rg_span span)
{
	return (size_t)(span.end - span.at);
}

bool rg_span_is(struct rg_span span, const char *text);
bool rg_span_begins(struct rg_span span, const char *text);
bool rg_span_ends(struct rg_span span, const char *text);

/* Without the blanks and tabs at both ends. */
struct rg_span rg_span_trim(struct rg_span span);

/* A number of decimal digits only, at most `max`. */
bool rg_span_number(struct rg_span span, uint64_t max, uint64_t *value);

#endif
