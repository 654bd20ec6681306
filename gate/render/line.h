/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_LINE_H
#define RG_RENDER_LINE_H

#include "rg/verdict.h"

struct rg_buf;

/* rg_render_row_line() of any length and not yet inert; `arrow` stands between the costs. */
void rg_line_add_row(struct rg_buf *text, const struct rg_verdict *verdict,
		     const struct rg_row *row, const char *arrow);

#endif
