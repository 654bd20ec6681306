/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "export_convert.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

/* A file of 1 GiB may become four times as large. */
static const size_t CONVERTED_MAX_BYTES = (size_t)4 << 30;

/* --- Line ends ------------------------------------------------------------------------------ */

struct counts {
	size_t lf, crlf, cr; /* LF and CR that stand alone */
	size_t nul, printable, other;
};

static bool is_printable(unsigned char c)
{
	return (c >= ' ' && c != 0x7f) || c == '\b' || c == '\t' || c == 0x1b || c == '\f';
}

static struct counts count(const char *bytes, size_t len)
{
	struct counts counts = {0};

	for (size_t i = 0; i < len; i++) {
		const unsigned char c = (unsigned char)bytes[i];

		if (c == '\r' && i + 1 < len && bytes[i + 1] == '\n') {
			counts.crlf++;
			i++;
		} else if (c == '\r') {
			counts.cr++;
		} else if (c == '\n') {
			counts.lf++;
		} else if (is_printable(c)) {
			counts.printable++;
		} else {
			counts.other++;
			counts.nul += !c;
		}
	}
	/* What DOS ended a text with. */
	if (len && bytes[len - 1] == 0x1a)
		counts.other--;
	return counts;
}

/* As git decides it: one byte in 128 that is not printable is one too many. */
static bool looks_binary(const struct counts *counts)
{
	return counts->cr || counts->nul || counts->printable / 128 < counts->other;
}

static bool gets_crlf(enum export_ends ends, const char *bytes, size_t len)
{
	struct counts counts;

	if (ends == EXPORT_ENDS_KEPT)
		return false;
	counts = count(bytes, len);
	if (!counts.lf)
		return false;
	return ends == EXPORT_ENDS_CRLF || (!counts.crlf && !looks_binary(&counts));
}

static void add_crlf(const char *bytes, size_t len, struct rg_buf *out)
{
	const char *end = bytes + len;

	for (const char *at = bytes, *lf; at < end; at = lf + 1) {
		lf = memchr(at, '\n', (size_t)(end - at));
		if (!lf) {
			rg_buf_add(out, at, (size_t)(end - at));
			return;
		}
		rg_buf_add(out, at, (size_t)(lf - at));
		if (lf == bytes || lf[-1] != '\r')
			rg_buf_addc(out, '\r');
		rg_buf_addc(out, '\n');
	}
}

/* --- $Id$ ----------------------------------------------------------------------------------- */

/*
 * git has two readers of it, which differ about texts that nobody means: one reads the file as a stream and never goes
 * back, the other looks at each '$'. The first is for files whose line ends and encoding need not be known before.
 */
static bool is_foreign(const char *text, const char *close, bool streams)
{
	const char *blank;

	if (!streams) {
		blank = close > text ? memchr(text + 1, ' ', (size_t)(close - text - 1)) : NULL;
		return blank && blank < close - 1;
	}
	if (*text != ' ')
		return false;
	for (const char *at = text + 1; at < close - 1; at++)
		if (isspace((unsigned char)*at))
			return true;
	return false;
}

/*
 * How long a keyword at a '$' is: $Id$, or one that was expanded by git. Other systems' have blanks within, and stay. 0: none.
 */
static size_t keyword_len(const char *at, const char *end, bool streams)
{
	const char *text = at + strlen("$Id:"), *close;

	if (end - at < (ptrdiff_t)strlen("$Id$") || memcmp(at, "$Id", strlen("$Id")) != 0)
		return 0;
	if (at[3] == '$')
		return strlen("$Id$");
	if (at[3] != ':')
		return 0;
	close = memchr(text, '$', (size_t)(end - text));
	if (!close || memchr(text, '\n', (size_t)(close - text)))
		return 0;
	return is_foreign(text, close, streams) ? 0 : (size_t)(close + 1 - at);
}

/* How much at a '$' that begins no keyword is passed by. */
static size_t passed_len(const char *at, const char *end, bool streams)
{
	const char head[] = "$Id:";
	const size_t left = (size_t)(end - at);
	size_t len = 1;

	while (streams && len < left && len < strlen(head) && at[len] == head[len])
		len++;
	if (!streams || len == left)
		return len;
	if (len < strlen(head))
		return len + 1;
	while (len < left && at[len] != '$' && at[len] != '\n')
		len++;
	return len < left ? len + 1 : len;
}

static void add_ident(const struct export_conversion *how, const char *id, const char *bytes,
		      size_t len, struct rg_buf *out)
{
	const char *end = bytes + len;

	for (const char *at = bytes; at < end;) {
		const char *dollar = memchr(at, '$', (size_t)(end - at));
		const char *next = dollar ? dollar : end;
		const size_t keyword = dollar ? keyword_len(dollar, end, how->streams) : 0;
		const size_t passed =
			dollar && !keyword ? passed_len(dollar, end, how->streams) : 0;

		rg_buf_add(out, at, (size_t)(next - at) + passed);
		if (keyword)
			rg_buf_addf(out, "$Id: %s $", id);
		at = next + keyword + passed;
	}
}

/* --- The whole ------------------------------------------------------------------------------ */

bool export_converts(const struct export_conversion *how)
{
	return how->ends || how->ident || how->encoding;
}

static void make_text(const struct export_conversion *how, const char *id, const char *bytes,
		      size_t len, struct rg_buf *text)
{
	struct rg_buf expanded;

	rg_buf_init(&expanded, CONVERTED_MAX_BYTES);
	if (how->ident) {
		add_ident(how, id, bytes, len, &expanded);
		bytes = expanded.len ? expanded.data : "";
		len = expanded.len;
	}
	if (gets_crlf(how->ends, bytes, len))
		add_crlf(bytes, len, text);
	else
		rg_buf_add(text, bytes, len);
	if (expanded.failed)
		text->failed = expanded.failed;
	rg_buf_done(&expanded);
}

int export_convert(const struct export_conversion *how, const char *id, const char *bytes,
		   size_t len, struct rg_buf *out)
{
	struct rg_buf text;
	bool kept = true;
	int rc;

	rg_buf_init(&text, CONVERTED_MAX_BYTES);
	make_text(how, id, bytes, len, &text);
	rc = text.failed;
	if (!rc && how->encoding && text.len)
		rc = export_encode(how->encoding, text.data, text.len, out, &kept);
	if (!rc && kept && text.len)
		rg_buf_add(out, text.data, text.len);
	rg_buf_done(&text);
	return rc ? rc : out->failed;
}
