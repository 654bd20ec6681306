/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_H
#define RG_RENDER_H

#include <stdbool.h>
#include <stddef.h>

struct rg_buf;
struct rg_err;
struct rg_verdict;

/*
 * Renderers: a verdict in, text out. Pure. Names in the verdict are untrusted; each renderer makes
 * them inert for where they are shown. A buffer that overflows is reported by its sticky failure.
 */

struct rg_text_style {
	size_t columns; /* width of the terminal; used between 60 and 400 */
	bool color;     /* ANSI colours; meaning never hangs on colour alone */
	bool unicode; /* "→", "…" and "≥"; else all is ASCII, names too ("->", "...", ">=") */
};

/* The table for people: verdict line first. */
void rg_render_text(const struct rg_verdict *verdict, const struct rg_text_style *style,
		    struct rg_buf *out);

/*
 * The comment, in GitHub's and GitLab's markdown. At most max_bytes: rows are dropped and counted,
 * then whole parts, never the verdict; a limit too small even for its word is RG_ELIMIT.
 */
void rg_render_markdown(const struct rg_verdict *verdict, size_t max_bytes, struct rg_buf *out);

/*
 * The verdict for machines: schema "regress-gate/verdict/1", docs/verdict-schema.json. One object,
 * ASCII (other characters as JSON escapes; bytes that are not UTF-8 as U+FFFD), newline at the end.
 * Returns 0, RG_ENOMEM, RG_ELIMIT, or RG_EFORMAT for a number that is not finite.
 */
int rg_render_json(const struct rg_verdict *verdict, struct rg_buf *out, struct rg_err *err);

#endif
