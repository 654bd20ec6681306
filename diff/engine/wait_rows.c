/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "heavy.h"
#include "report.h"

#include "rg/arena.h"
#include "rg/err.h"

static double per_second(const struct rg_table *table, int64_t ns, enum rg_end end)
{
	return rg_table_cost(table, ns, end);
}

/* --- Idle waits ------------------------------------------------------------------------------- */

static int set_idle(struct rg_row *out, const struct rg_wait_rows *idle, uint32_t row,
		    const struct rg_label *label, struct rg_arena *arena)
{
	const struct rg_table *table = &idle->alignment.table;
	const struct rg_function *function = &idle->alignment.function[row];
	bool labelled = label->function[0] != '\0';

	*out = (struct rg_row){
		.dimension = RG_DIMENSION_OFF_CPU,
		.function = rg_arena_strdup(arena, labelled ? label->function : function->key),
		.key = rg_arena_strdup(arena, function->key),
		.module = rg_arena_strdup(arena, labelled ? label->module : function->module),
		.wait = rg_arena_strdup(arena, idle->wait[row].wait),
		.api = rg_arena_strdup(arena, idle->wait[row].api),
		.file = rg_arena_strdup(arena, label->file),
		.pattern = "",
		.renamed_from = "",
		.renamed_by = "",
		.line = label->line,
		.unnamed = label->unnamed || !idle->wait[row].anchored,
		.samples_base = table->events[RG_END_BASE][row],
		.samples_canary = table->events[RG_END_CANARY][row],
		.cost_base = per_second(table, table->side[RG_END_BASE][row], RG_END_BASE),
		.cost_canary = per_second(table, table->side[RG_END_CANARY][row], RG_END_CANARY),
		.p = 1,
	};
	return out->function && out->key && out->module && out->wait && out->api && out->file
		       ? 0
		       : RG_ENOMEM;
}

static int add_idle(struct rg_off_cpu *out, const struct rg_wait_rows *idle, struct rg_arena *arena,
		    struct rg_arena *scratch, struct rg_err *err)
{
	const struct rg_table *table = &idle->alignment.table;
	size_t shown = table->rows < RG_VERDICT_MAX_IDLE ? table->rows : RG_VERDICT_MAX_IDLE;
	struct rg_row *rows = rg_arena_array(arena, shown + 1, sizeof(*rows));
	struct rg_label *label = rg_arena_array(scratch, table->rows + 1, sizeof(*label));
	bool *wanted = rg_arena_array(scratch, table->rows + 1, sizeof(*wanted));
	struct rg_heavy *heavy = rg_arena_array(scratch, table->rows + 1, sizeof(*heavy));

	if (!rows || !label || !wanted || !heavy)
		return rg_err_nomem(err, "diff");
	rg_heavy_both(heavy, table);
	for (size_t i = 0; i < shown; i++)
		wanted[heavy[i].row] = true;
	int code = rg_label_rows(&idle->alignment, wanted, label, scratch, err);

	for (size_t i = 0; !code && i < shown; i++)
		if (set_idle(&rows[i], idle, heavy[i].row, &label[heavy[i].row], arena))
			code = rg_err_nomem(err, "diff");
	out->idle = rows;
	out->idle_count = shown;
	out->idle_left_out = table->rows - shown;
	out->idle_base = per_second(table, table->total[RG_END_BASE], RG_END_BASE);
	out->idle_canary = per_second(table, table->total[RG_END_CANARY], RG_END_CANARY);
	return code;
}

/* --- The whole -------------------------------------------------------------------------------- */

static double run_queue(const struct rg_side *side)
{
	return side->wall_ns ? (double)side->account.runq_ns / (double)side->wall_ns : 0;
}

/* Without a judgement there is a total to show all the same. */
static void set_total(struct rg_row *total, const struct rg_table *table)
{
	total->samples_base = table->events[RG_END_BASE][table->rows];
	total->samples_canary = table->events[RG_END_CANARY][table->rows];
	total->cost_base = per_second(table, table->total[RG_END_BASE], RG_END_BASE);
	total->cost_canary = per_second(table, table->total[RG_END_CANARY], RG_END_CANARY);
	total->share_base = total->share_canary = 1;
}

int rg_report_waits(struct rg_off_cpu *out, const struct rg_wait_part *part,
		    const struct rg_side *base, const struct rg_side *canary,
		    struct rg_arena *arena, struct rg_arena *scratch, struct rg_err *err)
{
	if (!part->gathered)
		return 0;
	out->measured = true;
	out->unattributed_base = rg_waits_unattributed(&part->waits, RG_END_BASE);
	out->unattributed_canary = rg_waits_unattributed(&part->waits, RG_END_CANARY);
	out->runq_base = run_queue(base);
	out->runq_canary = run_queue(canary);
	set_total(&out->total, &part->waits.judged.alignment.table);
	return add_idle(out, &part->waits.idle, arena, scratch, err);
}
