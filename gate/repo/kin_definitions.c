/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kin_definitions.h"

#include "rg/err.h"

#include <stdbool.h>
#include <string.h>

enum { HEAD_MAX = 1000 /* bytes of parameters, and of what stands between them and the body */ };

/* -1, 0, 1 as strcmp() orders. */
static int order(const char *name, const char *word, size_t len)
{
	int by_bytes = strncmp(name, word, len);

	return by_bytes ? by_bytes : name[len] != '\0';
}

static bool find_name(const struct kin_names *names, const char *word, size_t len, size_t *out)
{
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int this = order(names->list[mid], word, len);

		if (this == 0) {
			*out = mid;
			return true;
		}
		if (this < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

/* Behind a bracketed group; `end` when it does not end. */
static const char *skip_group(const char *at, const char *end, char open, char close)
{
	size_t depth = 0;

	for (; at < end; at++) {
		depth += *at == open;
		depth -= *at == close;
		if (depth == 0)
			return at + 1;
	}
	return end;
}

static bool is_one_of(const char *set, char c)
{
	return c && strchr(set, c);
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && is_one_of(" \t\r\n", *at))
		at++;
	return at;
}

/* Languages whose bodies follow without a brace. */
static bool is_headed_by_def(const struct source_line *whole)
{
	return source_begins_with(whole, "def") || source_begins_with(whole, "async");
}

/* From behind the name on: its parameters, and a body before anything that ends an expression or a declaration. */
static bool has_body(const char *at, const char *end, bool by_def)
{
	at = skip_blanks(at, end);
	if (at < end && *at == '<')
		at = skip_blanks(skip_group(at, end, '<', '>'), end);
	if (at == end || *at != '(')
		return false;
	at = skip_group(at, end, '(', ')');
	if (by_def)
		return at < end;
	for (; at < end && *at != '{'; at++) {
		if (*at == '(')
			at = skip_group(at, end, '(', ')') - 1;
		else if (is_one_of(";=?|+)}]\"'!%", *at))
			return false;
	}
	return at < end;
}

/* What is behind the end of a text is none of it. */
static const char *head_end(const struct source *source, const char *at)
{
	const struct source_line last = source_at(source, source->count - 1);
	const char *end = last.text + last.len;

	return end - at > HEAD_MAX ? at + HEAD_MAX : end;
}

static bool begins_here(const struct source *source, const struct source_line *whole,
			const char *word, size_t len)
{
	const char *behind = word + len, *at = behind;
	const char *end = whole->text + whole->len;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at < end && (*at == '(' || *at == '<') &&
	       source_is_definition_prefix(whole->text, (size_t)(word - whole->text)) &&
	       has_body(behind, head_end(source, word), is_headed_by_def(whole));
}

/* The name that is defined in the line; without a place left to look at none is. */
static bool find_in_line(const struct source *source, size_t line, const struct kin_names *names,
			 size_t *name)
{
	const struct source_line text = source_at(source, line), whole = source_stripped(&text);
	size_t len;

	for (size_t i = 0; i < whole.len && i < SOURCE_BEGIN_MAX && names->budget->places;
	     i += len ? len : 1) {
		len = 0;
		if (!source_in_word(whole.text[i]))
			continue;
		while (i + len < whole.len && source_in_word(whole.text[i + len]))
			len++;
		if (!find_name(names, whole.text + i, len, name))
			continue;
		names->budget->places--;
		if (begins_here(source, &whole, whole.text + i, len))
			return true;
	}
	return false;
}

/* Takes them off the budget, where there is enough left. Bytes are no fewer than lines: both are walked. */
static bool may_read(const struct source *source, size_t first, size_t last,
		     struct kin_budget *budget)
{
	const struct source_line begin = source_at(source, first), end = source_at(source, last);
	size_t bytes = (size_t)(end.text + end.len - begin.text) + 1;

	if (bytes > budget->bytes)
		return false;
	budget->bytes -= bytes;
	return true;
}

int kin_find_definitions(const struct source *source, const struct kin_names *names,
			 kin_definition_fn found, void *ctx)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < source->count; i++) {
		size_t name, last;

		if (names->budget->places == 0)
			return RG_ELIMIT;
		if (!find_in_line(source, i, names, &name))
			continue;
		last = source_end(source, i, i);
		if (!may_read(source, i, last, names->budget))
			return RG_ELIMIT;
		rc = found(ctx, name, i, last);
	}
	return rc;
}
