/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show.h"

#include "rg/buf.h"
#include "rg/text.h"

#include <stdint.h>
#include <string.h>

/* Bytes a column may take before the text is taken for a pile of combining marks. */
enum { MAX_BYTES_A_COLUMN = 8 };

static const char ellipsis[] = "\xe2\x80\xa6";

/* What the program's own sentences use, for terminals without it. */
static const struct {
	uint32_t codepoint;
	const char *ascii;
} ascii_for[] = {
	{0x00b1, "+-"}, {0x00b5, "u"},  {0x00b7, "-"},   {0x00d7, "x"},
	{0x2013, "-"},  {0x2014, "-"},  {0x2026, "..."}, {0x2192, "->"},
	{0x2212, "-"},  {0x2264, "<="}, {0x2265, ">="},
};

void rg_show_inherit(struct rg_buf *out, const struct rg_buf *scratch)
{
	if (scratch->failed && !out->failed)
		out->failed = scratch->failed;
}

static void add_hex(struct rg_buf *out, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		rg_buf_addf(out, "\\x%02x", (unsigned char)bytes[i]);
}

static bool begins_word(const char *safe, size_t at)
{
	return at == 0 || safe[at - 1] == ' ';
}

/* Breaks what log runners take for commands. */
static void add_without_commands(struct rg_buf *out, const char *safe, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool pair = i + 1 < len && safe[i + 1] == safe[i];
		bool after_hash = i > 0 && safe[i - 1] == '#' && safe[i] == '#';

		if (after_hash || (pair && safe[i] == ':' && begins_word(safe, i)))
			add_hex(out, &safe[i], 1);
		else
			rg_buf_addc(out, safe[i]);
	}
}

static const char *ascii_of(uint32_t codepoint)
{
	for (size_t i = 0; i < sizeof(ascii_for) / sizeof(ascii_for[0]); i++) {
		if (ascii_for[i].codepoint == codepoint)
			return ascii_for[i].ascii;
	}
	return NULL;
}

static void add_ascii(struct rg_buf *out, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t codepoint = 0;
		size_t n = rg_utf8_decode(bytes + i, len - i, &codepoint);
		const char *ascii = n ? ascii_of(codepoint) : NULL;

		if (n == 0)
			n = 1;
		if (ascii)
			rg_buf_adds(out, ascii);
		else if (bytes[i] >= ' ' && bytes[i] <= '~')
			rg_buf_addc(out, bytes[i]);
		else
			add_hex(out, bytes + i, n);
		i += n;
	}
}

void rg_show_add(struct rg_buf *out, const char *text, bool unicode)
{
	struct rg_buf safe;

	if (!text || !*text)
		return;
	rg_buf_init(&safe, RG_SHOW_SCRATCH_MAX);
	if (unicode)
		rg_text_add_safe(&safe, text, strlen(text));
	else
		add_ascii(&safe, text, strlen(text));
	if (!safe.failed)
		add_without_commands(out, safe.data, safe.len);
	rg_show_inherit(out, &safe);
	rg_buf_done(&safe);
}

/* "..." is three columns: cut two shorter, then put it in the place of "…". */
static size_t cut_ascii(struct rg_buf *out, const char *inert, size_t len, size_t columns)
{
	struct rg_buf cut;
	const char *gap;

	if (len <= columns || columns < 4) {
		len = len < columns ? len : columns;
		rg_buf_add(out, inert, len);
		return len;
	}
	rg_buf_init(&cut, RG_SHOW_SCRATCH_MAX);
	rg_text_add_cut(&cut, inert, len, columns - 2);
	gap = cut.failed ? NULL : strstr(cut.data, ellipsis);
	if (gap) {
		rg_buf_add(out, cut.data, (size_t)(gap - cut.data));
		rg_buf_adds(out, "...");
		rg_buf_adds(out, gap + strlen(ellipsis));
	}
	rg_show_inherit(out, &cut);
	rg_buf_done(&cut);
	return columns;
}

size_t rg_show_cut_inert(struct rg_buf *out, const char *inert, size_t len, size_t columns,
			 bool unicode)
{
	struct rg_buf cut;
	size_t used;

	if (len == 0)
		return 0;
	if (!unicode)
		return cut_ascii(out, inert, len, columns);
	rg_buf_init(&cut, RG_SHOW_SCRATCH_MAX);
	used = rg_text_add_cut(&cut, inert, len, columns);
	if (cut.len > columns * MAX_BYTES_A_COLUMN) {
		struct rg_buf plain;

		rg_buf_init(&plain, RG_SHOW_SCRATCH_MAX);
		add_ascii(&plain, inert, len);
		rg_buf_reset(&cut);
		if (!plain.failed)
			used = rg_text_add_cut(&cut, plain.data, plain.len, columns);
		rg_show_inherit(out, &plain);
		rg_buf_done(&plain);
	}
	rg_buf_add(out, cut.data, cut.len);
	rg_show_inherit(out, &cut);
	rg_buf_done(&cut);
	return used;
}

size_t rg_show_cut(struct rg_buf *out, const char *text, size_t columns, bool unicode)
{
	struct rg_buf inert;
	size_t used = 0;

	rg_buf_init(&inert, RG_SHOW_SCRATCH_MAX);
	rg_show_add(&inert, text, unicode);
	if (!inert.failed)
		used = rg_show_cut_inert(out, inert.data, inert.len, columns, unicode);
	rg_show_inherit(out, &inert);
	rg_buf_done(&inert);
	return used;
}

size_t rg_show_columns(const char *text, bool unicode)
{
	struct rg_buf inert;
	size_t columns = 0;

	rg_buf_init(&inert, RG_SHOW_SCRATCH_MAX);
	rg_show_add(&inert, text, unicode);
	if (inert.len && !inert.failed)
		columns = rg_text_columns(inert.data, inert.len);
	rg_buf_done(&inert);
	return columns;
}
