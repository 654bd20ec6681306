/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "changed_range.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- A function's own name ------------------------------------------------------------------ */

static bool begins_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
	       (unsigned char)c >= 0x80;
}

static bool in_word(char c)
{
	return begins_word(c) || (c >= '0' && c <= '9');
}

static size_t word_length(const char *text)
{
	size_t len = 0;

	if (!begins_word(text[0]))
		return 0;
	while (in_word(text[len]))
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

/* --- Lines ---------------------------------------------------------------------------------- */

enum {
	TAB = 8,
	LOOK_BACK = 5000, /* lines above the given one */
};

struct line {
	const char *text;
	size_t len;
	size_t indent;
};

struct lines {
	struct line *items;
	size_t count;
};

static size_t indent_of(const char *text, size_t len)
{
	size_t columns = 0;

	for (size_t i = 0; i < len && (text[i] == ' ' || text[i] == '\t'); i++)
		columns += text[i] == '\t' ? TAB - columns % TAB : 1;
	return columns;
}

static bool split(const char *text, size_t len, struct lines *out)
{
	size_t count = 1, at = 0;

	for (size_t i = 0; i < len; i++)
		count += text[i] == '\n';
	out->items = calloc(count, sizeof(*out->items));
	out->count = 0;
	while (out->items && at < len) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end ? (size_t)(end - text) - at : len - at;

		out->items[out->count++] = (struct line){text + at, n, indent_of(text + at, n)};
		at += n + 1;
	}
	return out->items != NULL;
}

/* The line without the blanks at both ends. */
static struct line stripped(const struct line *line)
{
	struct line out = *line;

	while (out.len && strchr(" \t", out.text[0])) {
		out.text++;
		out.len--;
	}
	while (out.len && strchr(" \t\r", out.text[out.len - 1]))
		out.len--;
	return out;
}

static bool begins_with(const struct line *line, const char *word)
{
	size_t len = strlen(word);

	return line->len >= len && !memcmp(line->text, word, len) &&
	       (line->len == len || !in_word(line->text[len]) || !in_word(word[len - 1]));
}

static bool is_statement(const struct line *prefix)
{
	static const char *const words[] = {"return", "if",   "else", "while", "for",
					    "switch", "case", "new",  "await", "throw",
					    "//",     "/*",   "*",    "#"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (begins_with(prefix, words[i]))
			return true;
	}
	return false;
}

/* What may stand before the name of a function where it is defined: no call, no assignment. */
static bool is_definition_prefix(const char *text, size_t len)
{
	struct line prefix = stripped(&(struct line){.text = text, .len = len});
	size_t depth = 0;

	if (is_statement(&prefix))
		return false;
	for (size_t i = 0; i < prefix.len; i++) {
		char c = prefix.text[i];

		depth += c == '(';
		if (c == ')' && depth-- == 0)
			return false;
		if (strchr("=\"'!?+;{}", c))
			return false;
	}
	/* "a.f(" and "a->f(" are calls; "C.f" is how some languages define, with the class before. */
	if (prefix.len && (prefix.text[prefix.len - 1] == '.' ||
			   (prefix.len > 1 && !memcmp(prefix.text + prefix.len - 2, "->", 2))))
		return false;
	return depth == 0;
}

/* Behind the name: its parameters, perhaps after those of a template. */
static bool has_parameters(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && strchr(" \t", text[i]))
		i++;
	return i < len && (text[i] == '(' || text[i] == '<');
}

static bool defines(const struct line *line, const char *name)
{
	struct line whole = stripped(line);
	size_t len = strlen(name);

	if (whole.len == 0 || whole.text[whole.len - 1] == ';')
		return false;
	for (size_t i = 0; i + len <= whole.len; i++) {
		const char *at = whole.text + i;

		if (memcmp(at, name, len) != 0 || (i > 0 && in_word(at[-1])) ||
		    (i + len < whole.len && in_word(at[len])))
			continue;
		if (has_parameters(at + len, whole.len - i - len) &&
		    is_definition_prefix(whole.text, i))
			return true;
	}
	return false;
}

/* "out:", where C jumps to: as little indented as a function, and none of its ends. */
static bool is_label(const struct line *whole)
{
	size_t len = 0;

	while (len < whole->len && in_word(whole->text[len]))
		len++;
	return len > 0 && len + 1 == whole->len && whole->text[len] == ':' &&
	       !begins_with(whole, "else") && !begins_with(whole, "try");
}

/* Lines that stand as far left as the function and still belong to it. */
static bool continues(const struct line *line)
{
	struct line whole = stripped(line);

	return whole.len == 0 || strchr("{)#", whole.text[0]) || is_label(&whole);
}

static bool ends_function(const struct line *line)
{
	struct line whole = stripped(line);

	return begins_with(&whole, "}") || begins_with(&whole, "end");
}

static size_t find_end(const struct lines *lines, size_t first, size_t line)
{
	for (size_t i = line + 1; i < lines->count; i++) {
		if (lines->items[i].indent > lines->items[first].indent ||
		    continues(&lines->items[i]))
			continue;
		return ends_function(&lines->items[i]) ? i : i - 1;
	}
	return lines->count - 1;
}

static bool find_by_name(const struct lines *lines, size_t line, const char *name, size_t *first)
{
	size_t least = line > LOOK_BACK ? line - LOOK_BACK : 0;

	for (size_t i = line + 1; i-- > least;) {
		const struct line *at = &lines->items[i];

		if ((i == line || at->indent < lines->items[line].indent ||
		     lines->items[line].len == 0) &&
		    defines(at, name)) {
			*first = i;
			return true;
		}
	}
	return false;
}

/* Where git would say that a function begins: a word at the line's very beginning. */
static bool find_by_shape(const struct lines *lines, size_t line, size_t *first)
{
	size_t least = line > LOOK_BACK ? line - LOOK_BACK : 0;

	for (size_t i = line + 1; i-- > least;) {
		struct line whole = stripped(&lines->items[i]);

		if (lines->items[i].indent > 0 || whole.len == 0 || !begins_word(whole.text[0]) ||
		    whole.text[whole.len - 1] == ';' || is_label(&whole))
			continue;
		*first = i;
		return true;
	}
	return false;
}

bool changed_find_range(const char *text, size_t len, uint32_t line, const char *name,
			struct changed_range *out)
{
	struct lines lines;
	size_t first = 0;
	bool found = false, by_name = false;

	if (!split(text, len, &lines))
		return false;
	if (line > 0 && line <= lines.count) {
		by_name = *name && find_by_name(&lines, line - 1, name, &first);
		found = by_name || find_by_shape(&lines, line - 1, &first);
	}
	if (found)
		*out = (struct changed_range){
			.first = (uint32_t)first + 1,
			.last = (uint32_t)find_end(&lines, first, line - 1) + 1,
			.by_name = by_name,
		};
	free(lines.items);
	return found;
}
