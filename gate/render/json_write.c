/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_write.h"

#include "words.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/text.h"

#include <string.h>

/* A double of 15 digits is the same after reading and writing again; 0.15 stays "0.15". */
enum { REAL_DIGITS = 15, INDENT = 2, TEXT_MAX = 1 << 20 };

json_t *rg_json_text(const char *text, const char *what, struct rg_err *err)
{
	size_t len = strlen(rg_text_or_empty(text)), n;
	struct rg_buf utf8;
	json_t *json = NULL;
	int failed;

	rg_buf_init(&utf8, TEXT_MAX);
	for (size_t i = 0; i < len; i += n) {
		uint32_t codepoint;

		n = rg_utf8_decode(text + i, len - i, &codepoint);
		if (n)
			rg_buf_add(&utf8, text + i, n);
		else
			rg_buf_adds(&utf8, "\xef\xbf\xbd");
		n = n ? n : 1;
	}
	failed = utf8.failed;
	if (!failed)
		json = json_stringn(utf8.data ? utf8.data : "", utf8.len);
	rg_buf_done(&utf8);
	if (failed == RG_ELIMIT)
		rg_err_set(err, RG_ELIMIT, "render: write %s: a text exceeds %d bytes", what,
			   TEXT_MAX);
	else if (!json)
		rg_err_nomem(err, what);
	return json;
}

/*
 * Log runners act on "##[command]" and "##vso[command]" anywhere in a line, so that the second '#' is
 * written as an escape. '#' occurs within strings only.
 */
static int add_chunk(const char *bytes, size_t len, void *context)
{
	struct rg_buf *out = context;

	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '#' && out->len && out->data[out->len - 1] == '#')
			rg_buf_adds(out, "\\u0023");
		else
			rg_buf_addc(out, bytes[i]);
	}
	return out->failed ? -1 : 0;
}

int rg_json_write(const json_t *root, const char *what, struct rg_buf *out, struct rg_err *err)
{
	/* ASCII: what a terminal would act on is escaped, whatever it is. */
	int failed = json_dump_callback(root, add_chunk, out,
					JSON_INDENT(INDENT) | JSON_REAL_PRECISION(REAL_DIGITS) |
						JSON_ENSURE_ASCII);

	rg_buf_addc(out, '\n');
	if (out->failed == RG_ELIMIT)
		return rg_err_set(err, RG_ELIMIT, "render: write %s: exceeds %zu bytes", what,
				  out->max);
	return failed || out->failed ? rg_err_nomem(err, what) : 0;
}
