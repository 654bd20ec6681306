/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "changed_range.h"
#include "changed_source.h"

#include <stdio.h>
#include <string.h>

/* --- A function's own name ------------------------------------------------------------------ */

static size_t word_length(const char *text)
{
	size_t len = 0;

	if (!source_begins_word(text[0]))
		return 0;
	while (source_in_word(text[len]))
		len++;
	return len;
}

/* Behind a bracketed group, of whatever is nested; NULL when it does not end. */
static const char *skip_group(const char *at, char open, char close)
{
	size_t depth = 0;

	for (; *at; at++) {
		depth += *at == open;
		depth -= *at == close;
		if (depth == 0)
			return at + 1;
	}
	return NULL;
}

/* Go numbers closures: "run.func1" is within run. */
static bool is_closure(const char *word, size_t len)
{
	return len > 4 && !memcmp(word, "func", 4) && strspn(word + 4, "0123456789") >= len - 4;
}

/* A group at the beginning or behind "." and ":" is a part of the path to the name, not its arguments. */
static bool is_path_group(const char *function, const char *at)
{
	return at == function || at[-1] == '.' || at[-1] == ':';
}

/* The next place to look at, or NULL when the name is over. */
static const char *skip(const char *function, const char *at)
{
	switch (*at) {
	case '<':
		return skip_group(at, '<', '>');
	case '{':
		return skip_group(at, '{', '}');
	case '(':
		return is_path_group(function, at) ? skip_group(at, '(', ')') : NULL;
	default:
		return at + 1;
	}
}

bool changed_own_name(const char *function, char out[CHANGED_NAME_MAX])
{
	const char *name = NULL;
	size_t name_len = 0;

	for (const char *at = function; at && *at;) {
		size_t len = word_length(at);

		if (len == 0) {
			at = skip(function, at);
			continue;
		}
		if (!name || !is_closure(at, len)) {
			name = at;
			name_len = len;
		}
		at += len;
		if (name_len == 8 && !memcmp(name, "operator", 8))
			break;
	}
	if (!name || name_len >= CHANGED_NAME_MAX)
		return false;
	snprintf(out, CHANGED_NAME_MAX, "%.*s", (int)name_len, name);
	return true;
}

/* --- Where it is ------------------------------------------------------------------------------ */

enum { LOOK_BACK = 5000 /* lines above the given one */ };

static bool find_by_name(const struct source *source, size_t line, const char *name, size_t *first)
{
	const struct source_line given = source_at(source, line);
	const size_t least = line > LOOK_BACK ? line - LOOK_BACK : 0;
	const size_t indent = source_indent(&given);

	for (size_t i = line + 1; i-- > least;) {
		const struct source_line at = source_at(source, i);

		if ((i == line || given.len == 0 || source_indent(&at) < indent) &&
		    source_defines(&at, name)) {
			*first = i;
			return true;
		}
	}
	return false;
}

/* Where git would say that a function begins: a word at the line's very beginning. */
static bool find_by_shape(const struct source *source, size_t line, size_t *first)
{
	size_t least = line > LOOK_BACK ? line - LOOK_BACK : 0;

	for (size_t i = line + 1; i-- > least;) {
		const struct source_line at = source_at(source, i);
		const struct source_line whole = source_stripped(&at);

		if (source_indent(&at) > 0 || whole.len == 0 ||
		    !source_begins_word(whole.text[0]) || whole.text[whole.len - 1] == ';' ||
		    source_is_label(&whole))
			continue;
		*first = i;
		return true;
	}
	return false;
}

bool changed_find_range(const char *text, size_t len, uint32_t line, const char *name,
			struct changed_range *out)
{
	struct source lines;
	size_t first = 0;
	bool found = false, by_name = false;

	if (!source_split(text, len, &lines))
		return false;
	if (line > 0 && line <= lines.count) {
		by_name = *name && find_by_name(&lines, line - 1, name, &first);
		found = by_name || find_by_shape(&lines, line - 1, &first);
	}
	if (found)
		*out = (struct changed_range){
			.first = (uint32_t)first + 1,
			.last = (uint32_t)source_end(&lines, first, line - 1) + 1,
			.by_name = by_name,
		};
	source_done(&lines);
	return found;
}
