/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_CHANGED_SOURCE_H
#define REPO_CHANGED_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Source text of whatever language, by its lines: functions are told by their names and by indentation. */

struct source_line {
	const char *text; /* not ended by a NUL */
	size_t len;
};

/* Where the lines begin, and no more: a file may be nothing but ends of lines. */
struct source {
	const char *text;
	size_t len;
	uint32_t *begin;
	size_t count;
};

/* False when out of memory, and of a text of 4 GiB and more. The lines point into the text. Free with source_done(). */
bool source_split(const char *text, size_t len, struct source *out);

static inline void source_done(struct source *source)
{
	free(source->begin);
}

/* A line by its index, below the count. */
struct source_line source_at(const struct source *source, size_t line);
/* By how many columns it is indented. */
size_t source_indent(const struct source_line *line);

bool source_begins_word(char c);
bool source_in_word(char c);

/* The line without the blanks at both ends. */
struct source_line source_stripped(const struct source_line *line);
bool source_begins_with(const struct source_line *line, const char *word);
/* "out:", where C jumps to: as little indented as a function, and none of its ends. */
bool source_is_label(const struct source_line *stripped);

/* Bytes of a line in which a definition's name begins: what is before each is looked through. */
enum { SOURCE_BEGIN_MAX = 1000 };

/* What may stand before the name of a function where it is defined: no call, no assignment. */
bool source_is_definition_prefix(const char *text, size_t len);
/* Whether a function of that name may begin in the line. */
bool source_defines(const struct source_line *line, const char *name);

/* The last line of what begins at `first`, of which all to `line` is known to be part; indices. */
size_t source_end(const struct source *source, size_t first, size_t line);

#endif
