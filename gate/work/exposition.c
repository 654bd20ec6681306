/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exposition.h"
#include "label.h"

#include "rg/err.h"
#include "rg/text.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	VALUE_MAX_BYTES = 64,
	NEAREST_TRIES = 5000, /* names compared with the one that is not there */
};

/* A reply while it is read. */
struct reading {
	const struct rg_selector *selector;
	size_t line; /* number, from 1 */
	size_t named, selected;
	double sum;
	char nearest[RG_METRIC_NAME_MAX + 1];
	char previous[RG_METRIC_NAME_MAX + 1]; /* name, which is many lines' */
	size_t tries;
	struct rg_err *err;
};

static int damaged(const struct reading *r, const char *what)
{
	return rg_err_set(r->err, RG_EFORMAT, "line %zu of the reply: %s of '%.100s'", r->line,
			  what, r->selector->text);
}

/* --- Names ------------------------------------------------------------------------------------ */

static void compare_name(struct reading *r, const char *name, size_t len)
{
	char copy[RG_METRIC_NAME_MAX + 1];
	const char *both[] = {r->nearest, copy};
	const char *nearest;

	if (len > RG_METRIC_NAME_MAX || r->tries == NEAREST_TRIES ||
	    (strlen(r->previous) == len && memcmp(r->previous, name, len) == 0))
		return;
	r->tries++;
	memcpy(copy, name, len);
	copy[len] = '\0';
	memcpy(r->previous, copy, len + 1);
	nearest = rg_text_nearest(r->selector->name, both, 2);
	if (nearest == copy)
		memcpy(r->nearest, copy, len + 1);
}

static bool is_named(const struct reading *r, const char *name, size_t len)
{
	return strlen(r->selector->name) == len && memcmp(r->selector->name, name, len) == 0;
}

/* "# TYPE name gauge": what falls as well as rises counts no work. */
static int read_comment(const struct reading *r, const char *line, const char *end)
{
	static const char type[] = "# TYPE ";
	const char *name = line + strlen(type);
	size_t len;

	if ((size_t)(end - line) < strlen(type) || memcmp(line, type, strlen(type)) != 0)
		return 0;
	len = rg_metric_name_length(name, (size_t)(end - name));
	if (!is_named(r, name, len) || end - name < (ptrdiff_t)len + 6 ||
	    memcmp(name + len, " gauge", 6) != 0)
		return 0;
	return rg_err_set(r->err, RG_EFORMAT, "'%.100s' is a gauge: work takes a counter",
			  r->selector->name);
}

/* --- Labels ----------------------------------------------------------------------------------- */

static bool is_value(const struct rg_label_text *label, const char *wanted)
{
	const char *at = label->value, *end = at + label->value_len;

	while (at < end) {
		if (*wanted == '\0' || rg_label_char(&at, end) != *wanted)
			return false;
		wanted++;
	}
	return *wanted == '\0';
}

/* Which of the selector's labels this one is, as a bit; 0: none of them. */
static unsigned int match(const struct rg_selector *selector, const struct rg_label_text *label)
{
	unsigned int bits = 0;

	for (size_t i = 0; i < selector->label_count; i++) {
		const struct rg_selector_label *wanted = &selector->label[i];

		if (strlen(wanted->name) == label->name_len &&
		    memcmp(wanted->name, label->name, label->name_len) == 0 &&
		    is_value(label, wanted->value))
			bits |= 1U << i;
	}
	return bits;
}

/* Moves behind "{…}". */
static int read_labels(const struct reading *r, const char **at, const char *end, bool *selected)
{
	unsigned int found = 0, all = (1U << r->selector->label_count) - 1;

	if (*at < end && **at == '{') {
		(*at)++;
		while (*at < end && **at != '}') {
			struct rg_label_text label;

			if (!rg_label_read(at, end, &label))
				return damaged(r, "damaged labels");
			found |= match(r->selector, &label);
			while (*at < end && (**at == ' ' || **at == ','))
				(*at)++;
		}
		if (*at >= end)
			return damaged(r, "damaged labels");
		(*at)++;
	}
	*selected = found == all;
	return 0;
}

/* --- Values ----------------------------------------------------------------------------------- */

static int read_value(struct reading *r, const char *at, const char *end)
{
	char text[VALUE_MAX_BYTES + 1], *rest;
	double value;
	size_t len = 0;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	while (at + len < end && !strchr(" \t\r", at[len]))
		len++;
	if (len == 0 || len > VALUE_MAX_BYTES)
		return damaged(r, "no value");
	memcpy(text, at, len);
	text[len] = '\0';
	value = strtod(text, &rest);
	if (rest != text + len || !isfinite(value) || value < 0) {
		char what[VALUE_MAX_BYTES + 32];

		for (char *c = text; *c; c++) {
			if (*c <= ' ' || *c > '~')
				*c = '?';
		}
		snprintf(what, sizeof(what), "the value '%s', no count,", text);
		return damaged(r, what);
	}
	r->sum += value;
	r->selected++;
	return 0;
}

static int read_line(struct reading *r, const char *line, const char *end)
{
	size_t len;
	bool selected = false;
	int rc;

	if (line < end && *line == '#')
		return read_comment(r, line, end);
	len = rg_metric_name_length(line, (size_t)(end - line));
	if (!is_named(r, line, len)) {
		if (len && !r->named)
			compare_name(r, line, len);
		return 0;
	}
	r->named++;
	line += len;
	rc = read_labels(r, &line, end, &selected);
	return rc || !selected ? rc : read_value(r, line, end);
}

/* --- The whole -------------------------------------------------------------------------------- */

static int none(const struct reading *r)
{
	if (r->named)
		return rg_err_set(r->err, RG_EFORMAT,
				  "no series of '%.100s' has the labels of '%.300s'",
				  r->selector->name, r->selector->text);
	return rg_err_set(r->err, RG_EFORMAT, "no metric '%.200s' in the reply%s%.200s%s",
			  r->selector->name, *r->nearest ? "; there is '" : "", r->nearest,
			  *r->nearest ? "'" : "");
}

int rg_exposition_sum(const char *text, size_t len, const struct rg_selector *selector, double *sum,
		      struct rg_err *err)
{
	struct reading r = {.selector = selector, .err = err};
	const char *end = text + len;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *line_end = newline ? newline : end;
		int rc;

		r.line++;
		rc = read_line(&r, text, line_end);
		if (rc)
			return rc;
		text = newline ? newline + 1 : end;
	}
	if (!r.selected)
		return none(&r);
	if (!isfinite(r.sum))
		return rg_err_set(err, RG_EFORMAT, "the sum of '%.100s' is too large",
				  selector->name);
	*sum = r.sum;
	return 0;
}
