/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "span.h"

#include "show.h"
#include "words.h"

#include "rg/buf.h"
#include "rg/text.h"
#include "rg/verdict.h"

#include <stdint.h>
#include <string.h>

/* Columns of a whole sentence that had to become one span. */
enum { SENTENCE_COLUMNS = 600 };

static size_t longest_run(const char *text, size_t len, char byte)
{
	size_t longest = 0, run = 0;

	for (size_t i = 0; i < len; i++) {
		run = text[i] == byte ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

static void add_cell_bytes(struct rg_buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '|')
			rg_buf_addc(out, text[i]);
		else
			rg_buf_adds(out, i && text[i - 1] == '\\' ? "\\x7c" : "\\|");
	}
}

/* A backtick at an end would join the fence; a space at both ends would be taken off. */
static bool needs_padding(const char *text, size_t len)
{
	return text[0] == '`' || text[len - 1] == '`' || (text[0] == ' ' && text[len - 1] == ' ');
}

static void add_fenced(struct rg_buf *out, const char *text, size_t len, bool in_cell)
{
	size_t fence = longest_run(text, len, '`') + 1;
	bool padding = needs_padding(text, len);

	rg_buf_fill(out, '`', fence);
	rg_buf_adds(out, padding ? " " : "");
	if (in_cell)
		add_cell_bytes(out, text, len);
	else
		rg_buf_add(out, text, len);
	rg_buf_adds(out, padding ? " " : "");
	rg_buf_fill(out, '`', fence);
}

void rg_span_add(struct rg_buf *out, const char *text, size_t columns, bool in_cell)
{
	struct rg_buf cut;

	rg_buf_init(&cut, RG_SHOW_SCRATCH_MAX);
	rg_show_cut(&cut, text, columns, true);
	if (cut.len && !cut.failed)
		add_fenced(out, cut.data, cut.len, in_cell);
	rg_show_inherit(out, &cut);
	rg_buf_done(&cut);
}

/* --- Sentences ------------------------------------------------------------------------------ */

/* Signs the program's own sentences use beyond ASCII. */
static bool is_plain_sign(uint32_t codepoint)
{
	static const uint32_t signs[] = {0x00b1, 0x00d7, 0x2013, 0x2014, 0x2026,
					 0x2192, 0x2212, 0x2264, 0x2265};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (signs[i] == codepoint)
			return true;
	}
	return false;
}

/*
 * Punctuation that is none of markdown's within a line, nor part of an address, a mention, a
 * reference or an :emoji: — with a letter behind it only the comma, the hyphen and the brackets are.
 */
static bool is_plain_at(const char *text, size_t len, size_t at)
{
	char c = text[at];
	char next = ' ';
	bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

	if (at + 1 < len)
		next = text[at + 1];
	if (alnum || c == ' ')
		return true;
	if (strchr(".:;", c))
		return next == ' ' || (c == '.' && next >= '0' && next <= '9');
	return c != '\0' && strchr(",()%+-'", c);
}

static bool is_plain(const char *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		uint32_t codepoint = 0;
		size_t n = rg_utf8_decode(text + at, len - at, &codepoint);

		if (n == 0)
			return false;
		if (n == 1 ? !is_plain_at(text, len, at) : !is_plain_sign(codepoint))
			return false;
		at += n;
	}
	/* GitHub's one reference that is written in letters only: GH-12. */
	return !memmem(text, len, "GH-", 3) && !memmem(text, len, "gh-", 3);
}

/* A part of a sentence. */
struct piece {
	const char *text;
	size_t len;
	bool name; /* of a function: shown as code */
};

static void find_longest(const struct piece *in, const char *name, struct piece *found)
{
	size_t len = strlen(name);
	const char *at = len > found->len ? memmem(in->text, in->len, name, len) : NULL;

	if (at)
		*found = (struct piece){at, len, true};
}

static void find_longest_row(const struct piece *in, const struct rg_row *rows, size_t count,
			     struct piece *found)
{
	for (size_t i = 0; i < count; i++)
		find_longest(in, rg_text_or_empty(rows[i].function), found);
}

/* What a wait waits in stands behind its function's name: " [disk, fsync]". */
static size_t bracket_length(const char *behind, size_t len)
{
	const char *end = len > 2 && memcmp(behind, " [", 2) == 0 ? memchr(behind, ']', len) : NULL;

	return end ? (size_t)(end - behind) + 1 : 0;
}

/* The longest name of a function that stands in the piece, what belongs to it included; of length 0: none. */
static struct piece find_name(const struct piece *in, const struct rg_verdict *verdict)
{
	struct piece found = {0};

	find_longest_row(in, verdict->rows, verdict->row_count, &found);
	find_longest_row(in, verdict->off_cpu.rows, verdict->off_cpu.row_count, &found);
	find_longest_row(in, verdict->callers, verdict->caller_count, &found);
	for (size_t i = 0; i < verdict->entry_count; i++)
		find_longest(in, rg_text_or_empty(verdict->entries[i].function), &found);
	if (!found.len)
		return found;
	const char *end = in->text + in->len;

	if (end - (found.text + found.len) >= 2 && memcmp(found.text + found.len, "()", 2) == 0)
		found.len += 2;
	found.len +=
		bracket_length(found.text + found.len, (size_t)(end - (found.text + found.len)));
	return found;
}

static void add_bytes(struct rg_buf *out, const char *text, size_t len, bool as_code)
{
	struct rg_buf copy;

	if (!as_code) {
		rg_buf_add(out, text, len);
		return;
	}
	rg_buf_init(&copy, RG_SHOW_SCRATCH_MAX);
	rg_buf_add(&copy, text, len);
	if (!copy.failed)
		rg_span_add(out, copy.data, SENTENCE_COLUMNS, false);
	rg_show_inherit(out, &copy);
	rg_buf_done(&copy);
}

/* Names that a sentence is taken apart at: a reason has two or three. */
enum { NAMES_MAX = 4, PIECES_MAX = 2 * NAMES_MAX + 1 };

static bool is_inert(const struct piece *piece)
{
	return piece->name || is_plain(piece->text, piece->len);
}

/* Puts what is before the name, the name, and what is behind it in place of piece `index`. */
static size_t split(struct piece piece[PIECES_MAX], size_t count, size_t index,
		    const struct piece *name)
{
	const struct piece whole = piece[index];
	size_t before = (size_t)(name->text - whole.text);

	memmove(&piece[index + 3], &piece[index + 1], (count - index - 1) * sizeof(*piece));
	piece[index] = (struct piece){whole.text, before, false};
	piece[index + 1] = *name;
	piece[index + 2] =
		(struct piece){name->text + name->len, whole.len - before - name->len, false};
	return count + 2;
}

static bool take_apart(struct piece piece[PIECES_MAX], size_t *count,
		       const struct rg_verdict *verdict)
{
	for (size_t i = 0; i < *count; i++) {
		if (is_inert(&piece[i]))
			continue;
		struct piece name = find_name(&piece[i], verdict);

		if (!name.len || *count + 2 > PIECES_MAX)
			return false;
		*count = split(piece, *count, i, &name);
		/* What is before the name is looked at again. */
		i--;
	}
	return true;
}

void rg_span_add_sentence(struct rg_buf *out, const char *sentence,
			  const struct rg_verdict *verdict)
{
	struct piece piece[PIECES_MAX] = {{sentence, strlen(sentence), false}};
	size_t count = 1;
	struct piece name = find_name(&piece[0], verdict);

	if (name.len)
		count = split(piece, count, 0, &name);
	if (!take_apart(piece, &count, verdict)) {
		add_bytes(out, sentence, strlen(sentence), true);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (piece[i].len)
			add_bytes(out, piece[i].text, piece[i].len, piece[i].name);
	}
}
