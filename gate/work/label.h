/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_LABEL_H
#define WORK_LABEL_H

#include <stdbool.h>
#include <stddef.h>

/* Pieces of the text format, which selectors and replies share. */

/* How many bytes of it are a metric's or a label's name; 0: it begins with none. */
size_t rg_metric_name_length(const char *text, size_t len);

/* name="value"; the value with its escapes. */
struct rg_label_text {
	const char *name, *value;
	size_t name_len, value_len;
};

/* Reads one at *at and moves behind it. False, with *at as it was, where there is none before `end`. */
bool rg_label_read(const char **at, const char *end, struct rg_label_text *out);

/* The next character of a value, unescaped; *at is before `end`. */
char rg_label_char(const char **at, const char *end);

#endif
