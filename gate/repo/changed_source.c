/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "changed_source.h"

#include <string.h>

enum { TAB = 8 };

bool source_begins_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
	       (unsigned char)c >= 0x80;
}

bool source_in_word(char c)
{
	return source_begins_word(c) || (c >= '0' && c <= '9');
}

size_t source_indent(const struct source_line *line)
{
	size_t columns = 0;

	for (size_t i = 0; i < line->len && (line->text[i] == ' ' || line->text[i] == '\t'); i++)
		columns += line->text[i] == '\t' ? TAB - columns % TAB : 1;
	return columns;
}

bool source_split(const char *text, size_t len, struct source *out)
{
	size_t count = 1;

	if (len > UINT32_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		count += text[i] == '\n';
	*out = (struct source){.text = text, .len = len};
	out->begin = calloc(count, sizeof(*out->begin));
	for (size_t at = 0; out->begin && at < len;) {
		const char *end = memchr(text + at, '\n', len - at);

		out->begin[out->count++] = (uint32_t)at;
		at = end ? (size_t)(end - text) + 1 : len;
	}
	return out->begin != NULL;
}

struct source_line source_at(const struct source *source, size_t line)
{
	size_t begin = source->begin[line], end = source->len;

	if (line + 1 < source->count)
		end = source->begin[line + 1] - 1;
	else if (source->text[end - 1] == '\n')
		end--;
	return (struct source_line){source->text + begin, end - begin};
}

struct source_line source_stripped(const struct source_line *line)
{
	struct source_line out = *line;

	while (out.len && strchr(" \t", out.text[0])) {
		out.text++;
		out.len--;
	}
	while (out.len && strchr(" \t\r", out.text[out.len - 1]))
		out.len--;
	return out;
}

bool source_begins_with(const struct source_line *line, const char *word)
{
	size_t len = strlen(word);

	return line->len >= len && !memcmp(line->text, word, len) &&
	       (line->len == len || !source_in_word(line->text[len]) ||
		!source_in_word(word[len - 1]));
}

static bool is_statement(const struct source_line *prefix)
{
	static const char *const words[] = {"return", "if",   "else", "while", "for",
					    "switch", "case", "new",  "await", "throw",
					    "//",     "/*",   "*",    "#"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (source_begins_with(prefix, words[i]))
			return true;
	}
	return false;
}

bool source_is_definition_prefix(const char *text, size_t len)
{
	struct source_line prefix =
		source_stripped(&(struct source_line){.text = text, .len = len});
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

bool source_defines(const struct source_line *line, const char *name)
{
	struct source_line whole = source_stripped(line);
	size_t len = strlen(name);

	if (whole.len == 0 || whole.text[whole.len - 1] == ';')
		return false;
	for (size_t i = 0; i + len <= whole.len && i < SOURCE_BEGIN_MAX; i++) {
		const char *at = whole.text + i;

		if (memcmp(at, name, len) != 0 || (i > 0 && source_in_word(at[-1])) ||
		    (i + len < whole.len && source_in_word(at[len])))
			continue;
		if (has_parameters(at + len, whole.len - i - len) &&
		    source_is_definition_prefix(whole.text, i))
			return true;
	}
	return false;
}

bool source_is_label(const struct source_line *whole)
{
	size_t len = 0;

	while (len < whole->len && source_in_word(whole->text[len]))
		len++;
	return len > 0 && len + 1 == whole->len && whole->text[len] == ':' &&
	       !source_begins_with(whole, "else") && !source_begins_with(whole, "try");
}

/* Lines that stand as far left as the function and still belong to it. */
static bool continues(const struct source_line *line)
{
	struct source_line whole = source_stripped(line);

	return whole.len == 0 || strchr("{)#", whole.text[0]) || source_is_label(&whole);
}

static bool ends_function(const struct source_line *line)
{
	struct source_line whole = source_stripped(line);

	return source_begins_with(&whole, "}") || source_begins_with(&whole, "end");
}

size_t source_end(const struct source *source, size_t first, size_t line)
{
	const struct source_line head = source_at(source, first);
	const size_t indent = source_indent(&head);

	for (size_t i = line + 1; i < source->count; i++) {
		const struct source_line at = source_at(source, i);

		if (source_indent(&at) > indent || continues(&at))
			continue;
		return ends_function(&at) ? i : i - 1;
	}
	return source->count - 1;
}
