/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "markup.h"

#include "show.h"

#include "rg/buf.h"

#include <string.h>

/* Inert text has no character that XML 1.0 forbids but U+FFFE and U+FFFF. */
void rg_markup_add_inert(struct rg_buf *out, const char *inert, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		switch (inert[i]) {
		case '&':
			rg_buf_adds(out, "&amp;");
			break;
		case '<':
			rg_buf_adds(out, "&lt;");
			break;
		case '>':
			rg_buf_adds(out, "&gt;");
			break;
		case '"':
			rg_buf_adds(out, "&quot;");
			break;
		default:
			if (i + 2 < len && !memcmp(inert + i, "\xef\xbf", 2) &&
			    (unsigned char)inert[i + 2] >= 0xbe) {
				rg_buf_adds(out, "\\xef\\xbf");
				rg_buf_addf(out, "\\x%02x", (unsigned char)inert[i + 2]);
				i += 2;
				break;
			}
			rg_buf_addc(out, inert[i]);
		}
	}
}

void rg_markup_add(struct rg_buf *out, const char *text, size_t columns)
{
	struct rg_buf inert;

	rg_buf_init(&inert, RG_SHOW_SCRATCH_MAX);
	rg_show_cut(&inert, text, columns, true);
	if (inert.len && !inert.failed)
		rg_markup_add_inert(out, inert.data, inert.len);
	rg_show_inherit(out, &inert);
	rg_buf_done(&inert);
}
