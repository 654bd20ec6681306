/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_SPAN_H
#define RG_RENDER_SPAN_H

#include <stdbool.h>
#include <stddef.h>

struct rg_buf;
struct rg_verdict;

/*
 * Text from outside within markdown. Forges act on mentions, references, addresses and HTML anywhere
 * but in code, so that every such text becomes a code span: made inert, cut in the middle, in a
 * fence longer than any run of backticks it holds.
 */

/* Columns a name may take in a comment. */
enum { RG_SPAN_COLUMNS = 120 };

/*
 * A code span of at most `columns` columns; nothing for an empty text. In a table cell `|` would end
 * the cell even within code: it is written `\|`, which shows as `|`, and `\x7c` behind a backslash,
 * where that would not hold.
 */
void rg_span_add(struct rg_buf *out, const char *text, size_t columns, bool in_cell);

/*
 * A sentence of the verdict, outside of tables. The names of the verdict's functions become code
 * spans; whatever remains that is not plainly the program's own prose does, too.
 */
void rg_span_add_sentence(struct rg_buf *out, const char *sentence,
			  const struct rg_verdict *verdict);

#endif
