/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_TABLE_H
#define RG_RENDER_TABLE_H

#include "pen.h"

#include "rg/verdict.h"

/* Where the text of every line begins: after two spaces, a label of nine columns, two spaces. */
enum { RG_TABLE_INDENT = 2, RG_TABLE_BODY = 13 };

/*
 * The table of the changes, the total, and how many functions it leaves out; and the same of waits,
 * where they were measured.
 */
void rg_table_write(struct rg_pen *pen, const struct rg_verdict *verdict);

#endif
