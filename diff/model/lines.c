/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "rg/err.h"

#include "lines.h"

int rg_lines_init(struct rg_lines *lines, const void *text, size_t len, const char *format,
		  struct rg_err *err)
{
	const char *start = text, *zero = len ? memchr(text, '\0', len) : NULL;

	if (zero)
		return rg_err_set(err, RG_EFORMAT, "%s: read at byte %zu: a zero byte", format,
				  (size_t)(zero - start));
	*lines = (struct rg_lines){start, start + len, 0};
	return 0;
}

bool rg_lines_next(struct rg_lines *lines, struct rg_span *line)
{
	const char *feed;

	if (lines->at == lines->end)
		return false;
	feed = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
	*line = (struct rg_span){lines->at, feed ? feed : lines->end};
	lines->at = feed ? feed + 1 : lines->end;
	lines->number++;
	if (line->end > line->at && line->end[-1] == '\r')
		line->end--;
	return true;
}

bool rg_span_is(struct rg_span span, const char *text)
{
	return rg_span_len(span) == strlen(text) && rg_span_begins(span, text);
}

bool rg_span_begins(struct rg_span span, const char *text)
{
	size_t len = strlen(text);

	return rg_span_len(span) >= len && memcmp(span.at, text, len) == 0;
}

bool rg_span_ends(struct rg_span span, const char *text)
{
	size_t len = strlen(text);

	return rg_span_len(span) >= len && memcmp(span.end - len, text, len) == 0;
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

struct rg_span rg_span_trim(struct rg_span span)
{
	while (span.at < span.end && is_blank(*span.at))
		span.at++;
	while (span.at < span.end && is_blank(span.end[-1]))
		span.end--;
	return span;
}

bool rg_span_number(struct rg_span span, uint64_t max, uint64_t *value)
{
	uint64_t sum = 0;

	if (span.at == span.end)
		return false;
	for (; span.at < span.end; span.at++) {
		uint64_t digit = (uint64_t)(unsigned char)*span.at - '0';

		if (digit > 9 || __builtin_mul_overflow(sum, UINT64_C(10), &sum) ||
		    __builtin_add_overflow(sum, digit, &sum) || sum > max)
			return false;
	}
	*value = sum;
	return true;
}
