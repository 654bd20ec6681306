/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "placed.h"

#include "notes.h"
#include "pen.h"
#include "show.h"
#include "span.h"
#include "words.h"

#include "rg/buf.h"

static bool is_placed(const struct rg_row *row)
{
	return row->status == RG_STATUS_PLACED;
}

void rg_placed_write(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	for (size_t i = 0; i < verdict->row_count; i++) {
		struct rg_buf text;

		if (!is_placed(&verdict->rows[i]))
			continue;
		rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
		rg_note_add_row(&text, &verdict->rows[i], pen);
		rg_buf_adds(&text, ": same machine code, placed elsewhere: not failed. Build both "
				   "with -falign-functions=64 to see less of this");
		rg_note_finish(pen, "placed", RG_TONE_YELLOW, &text);
	}
}

void rg_comment_placed(struct rg_buf *out, const struct rg_verdict *verdict)
{
	bool any = false;

	for (size_t i = 0; i < verdict->row_count; i++) {
		struct rg_buf name;

		if (!is_placed(&verdict->rows[i]))
			continue;
		if (!any)
			rg_buf_adds(out,
				    "\nSame machine code, placed elsewhere, which is not failed "
				    "(build both with `-falign-functions=64` to see less of "
				    "this):\n\n");
		any = true;
		rg_buf_init(&name, RG_SHOW_SCRATCH_MAX);
		rg_row_add_name(&name, &verdict->rows[i]);
		rg_buf_adds(out, "- ");
		if (name.len && !name.failed)
			rg_span_add(out, name.data, RG_SPAN_COLUMNS, false);
		rg_buf_addc(out, '\n');
		rg_show_inherit(out, &name);
		rg_buf_done(&name);
	}
}
