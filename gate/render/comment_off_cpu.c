/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comment.h"

#include "layout.h"
#include "notes.h"
#include "show.h"
#include "span.h"
#include "words.h"

#include <math.h>

#define ARROW    "\xe2\x86\x92"
#define AT_LEAST "\xe2\x89\xa5"

/* Idle waits that are named. */
enum { IDLE_SHOWN = 3 };

static void add_name(struct rg_buf *out, const struct rg_row *row, bool in_cell)
{
	struct rg_buf name;

	rg_buf_init(&name, RG_SHOW_SCRATCH_MAX);
	rg_row_add_name(&name, row);
	if (name.len && !name.failed)
		rg_span_add(out, name.data, RG_SPAN_COLUMNS, in_cell);
	rg_show_inherit(out, &name);
	rg_buf_done(&name);
}

static void add_row(struct rg_buf *out, const struct rg_cost_scale *scale, const struct rg_row *row,
		    bool total)
{
	struct rg_row_figures figures;

	rg_row_figures(&figures, scale, row);
	rg_comment_status(out, row);
	if (total) {
		rg_buf_adds(out, "all but idle waits | ");
	} else {
		add_name(out, row, true);
		rg_comment_source(out, "<br>", row);
		rg_buf_adds(out, " | ");
		rg_span_add(out, row->module, RG_SPAN_COLUMNS, true);
	}
	rg_buf_addf(out, " | %s " ARROW " %s | %s", figures.before, figures.after, figures.growth);
	if (*figures.interval)
		rg_buf_addf(out, " (%s)", figures.interval);
	rg_buf_addf(out, " | %s%s |\n", figures.seen_is_bound ? AT_LEAST " " : "", figures.seen);
}

static void add_change(struct rg_buf *out, double base, double canary)
{
	char before[RG_FIGURE_MAX], after[RG_FIGURE_MAX];
	int decimals = fmax(base, canary) < 0.1;

	rg_buf_addf(out, "%s " ARROW " %s ms/s", rg_figure_fixed(before, 1000 * base, decimals),
		    rg_figure_fixed(after, 1000 * canary, decimals));
}

static void add_unjudged(struct rg_buf *out, const struct rg_off_cpu *off_cpu)
{
	bool idle = off_cpu->idle_base > 0 || off_cpu->idle_canary > 0;
	bool queue = off_cpu->runq_base > 0 || off_cpu->runq_canary > 0;

	if (!idle && !queue)
		return;
	rg_buf_adds(out, "\nNot judged:");
	if (idle) {
		rg_buf_adds(out, " idle ");
		add_change(out, off_cpu->idle_base, off_cpu->idle_canary);
	}
	for (size_t i = 0; i < off_cpu->idle_count && i < IDLE_SHOWN; i++) {
		rg_buf_adds(out, i ? ", " : " (");
		add_name(out, &off_cpu->idle[i], false);
	}
	rg_buf_adds(out, off_cpu->idle_count ? ")" : "");
	if (queue) {
		rg_buf_adds(out, idle ? "; waiting for a CPU " : " waiting for a CPU ");
		add_change(out, off_cpu->runq_base, off_cpu->runq_canary);
	}
	rg_buf_adds(out, ".\n");
}

static void add_rows(struct rg_buf *out, const struct rg_verdict *verdict, size_t shown)
{
	const struct rg_block block = rg_block_off_cpu(verdict);
	char count[RG_FIGURE_MAX], unit[RG_FIGURE_MAX];
	size_t more = block.count - shown + block.left_out;

	if (shown == 0 && !block.total)
		return;
	rg_buf_addf(out,
		    "\n| %s | waiting in | module | %s before " ARROW
		    " after | growth (95 %% interval) | could have seen |\n"
		    "| :-- | :-- | :-- | --: | --: | --: |\n",
		    rg_dimension_word(RG_DIMENSION_OFF_CPU), rg_figure_unit(unit, &block.scale));
	for (size_t i = 0; i < shown; i++)
		add_row(out, &block.scale, &block.rows[i], false);
	if (block.total)
		add_row(out, &block.scale, block.total, true);
	if (more)
		rg_buf_addf(out, "\n%s not in this table.\n",
			    rg_figure_count(count, more, block.what));
}

void rg_comment_off_cpu(struct rg_buf *out, const struct rg_verdict *verdict)
{
	if (!verdict->off_cpu.measured)
		return;
	add_rows(out, verdict, rg_waits_shown(verdict));
	add_unjudged(out, &verdict->off_cpu);
}

void rg_comment_account(struct rg_buf *out, const char *name, const struct rg_side *side)
{
	struct rg_buf account;

	rg_buf_init(&account, RG_SHOW_SCRATCH_MAX);
	rg_account_add(&account, side, AT_LEAST);
	if (account.len && !account.failed)
		rg_buf_addf(out, "- account of the %s: %s\n", name, account.data);
	rg_show_inherit(out, &account);
	rg_buf_done(&account);
}
