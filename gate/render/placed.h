/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_PLACED_H
#define RG_RENDER_PLACED_H

#include "rg/verdict.h"

struct rg_buf;
struct rg_pen;

/* Rows that grew though their machine code is the same, and what to do about it. */

/* A line for each. */
void rg_placed_write(struct rg_pen *pen, const struct rg_verdict *verdict);
/* The same as a list. */
void rg_comment_placed(struct rg_buf *out, const struct rg_verdict *verdict);

#endif
