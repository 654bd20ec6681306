/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_TABLE_ROW_H
#define RG_RENDER_TABLE_ROW_H

#include "layout.h"
#include "pen.h"

#include "rg/verdict.h"

/* One row of the table, in as many lines as the layout's shape has; `total` names it so. */
void rg_table_row_write(struct rg_pen *pen, const struct rg_layout *layout,
			const struct rg_row *row, bool total);

#endif
