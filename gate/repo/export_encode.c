/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "export_convert.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

enum { CHUNK_BYTES = 1 << 16 };

/*
 * These and no others: the name comes from the repository, and the C library's converters of rare stateful encodings have
 * been broken into (CVE-2024-2961).
 */
static const char *const encodings[] = {
	"UTF-16",       "UTF-16LE",     "UTF-16BE",     "UTF-16LE-BOM", "UTF-16BE-BOM",
	"UTF-32",       "UTF-32LE",     "UTF-32BE",     "ISO-8859-1",   "ISO-8859-2",
	"ISO-8859-3",   "ISO-8859-4",   "ISO-8859-5",   "ISO-8859-6",   "ISO-8859-7",
	"ISO-8859-8",   "ISO-8859-9",   "ISO-8859-10",  "ISO-8859-13",  "ISO-8859-14",
	"ISO-8859-15",  "ISO-8859-16",  "LATIN1",       "WINDOWS-1250", "WINDOWS-1251",
	"WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255", "WINDOWS-1256",
	"WINDOWS-1257", "WINDOWS-1258", "CP1250",       "CP1251",       "CP1252",
	"CP1253",       "CP1254",       "CP1255",       "CP1256",       "CP1257",
	"CP1258",       "CP437",        "CP850",        "CP932",        "SHIFT-JIS",
	"SJIS",         "EUC-JP",       "EUC-KR",       "GBK",          "GB18030",
	"BIG5",         "KOI8-R",       "KOI8-U",
};

/* Case and dashes do not count: "utf16le" is UTF-16LE. */
static bool is_same(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a == '-' || *a == '_')
			a++;
		while (*b == '-' || *b == '_')
			b++;
		if (toupper((unsigned char)*a) != toupper((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
}

const char *export_encoding_find(const char *name)
{
	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++)
		if (is_same(name, encodings[i]))
			return encodings[i];
	return NULL;
}

/* iconv(3) knows none that are marked and of a given byte order. */
static const char *add_mark(const char *encoding, struct rg_buf *out)
{
	if (!strcmp(encoding, "UTF-16LE-BOM")) {
		rg_buf_add(out, "\xff\xfe", 2);
		return "UTF-16LE";
	}
	if (!strcmp(encoding, "UTF-16BE-BOM")) {
		rg_buf_add(out, "\xfe\xff", 2);
		return "UTF-16BE";
	}
	return encoding;
}

/* One call that fills at most a chunk; *ended when nothing is left. errno of a failure, or 0. */
static int convert_chunk(iconv_t to, char **at, size_t *left, struct rg_buf *out, bool *ended)
{
	char chunk[CHUNK_BYTES], *end = chunk;
	size_t room = sizeof(chunk);
	const size_t n = iconv(to, at, left, &end, &room);
	const int error = n == (size_t)-1 ? errno : 0;

	rg_buf_add(out, chunk, sizeof(chunk) - room);
	*ended = !error && !*left;
	return error == E2BIG ? 0 : error;
}

/* errno of a failure, or 0. */
static int convert(iconv_t to, const char *bytes, size_t len, struct rg_buf *out)
{
	char *at = (char *)bytes; /* iconv() takes no const, and writes to none */
	bool ended = false;
	int error = 0;

	while (!ended && !error && !out->failed)
		error = convert_chunk(to, &at, &len, out, &ended);
	return error;
}

/* gcc's analyser takes what iconv_open() returns when it fails for something to be closed. */
#ifndef __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif
int export_encode(const char *encoding, const char *bytes, size_t len, struct rg_buf *out,
		  bool *kept)
{
	const size_t before = out->len;
	iconv_t to = iconv_open(add_mark(encoding, out), "UTF-8");

	if ((intptr_t)to == -1)
		return errno == ENOMEM ? RG_ENOMEM : RG_EIO;
	*kept = convert(to, bytes, len, out) != 0;
	iconv_close(to);
	if (*kept)
		rg_buf_cut(out, before);
	return out->failed;
}
#ifndef __clang__
#pragma GCC diagnostic pop
#endif
