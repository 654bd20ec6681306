/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>
#include <stdlib.h>

/* A row on its way into the verdict: what it is sorted by, and where it comes from. */
struct candidate {
	struct rg_row row;
	const struct rg_finding *finding;
};

static double cost(const struct rg_judgement *judgement, enum rg_basis basis, int64_t count,
		   enum rg_end end)
{
	const struct rg_table *table = judgement->fit.table;
	double whole = basis == RG_BASIS_SHARE ? (double)table->total[end]
					       : judgement->fit.exposure_side[end];

	return whole > 0 ? (double)count / whole : 0;
}

/* The end of the interval that is nearer to no change, as a cost: that much is certain. */
static double certain_change(const struct rg_finding *finding, const struct rg_row *row)
{
	double edge = finding->low > 0 ? finding->low : finding->high < 0 ? finding->high : 0;

	if (row->samples_base == 0)
		return row->cost_canary * -expm1(-fmax(edge, 0));
	return row->cost_base * rg_growth_of_log(edge);
}

static void set_growth(struct rg_row *row, const struct rg_finding *finding)
{
	if (row->samples_base == 0 || finding->broken)
		return;
	row->growth = rg_growth_of_log(finding->estimate.log_growth);
	row->growth_low = rg_growth_of_log(finding->low);
	row->growth_high = rg_growth_of_log(finding->high);
	row->raw_growth = rg_growth_of_log(finding->estimate.raw);
}

static void set_figures(struct rg_row *row, const struct rg_finding *finding,
			const struct rg_judgement *judgement, enum rg_basis basis)
{
	row->tested = finding->tested;
	row->status = finding->status;
	row->growth_allowed = finding->rule->growth;
	row->pattern = finding->rule->pattern ? finding->rule->pattern : "";
	row->cost_base = cost(judgement, basis, row->samples_base, RG_END_BASE);
	row->cost_canary = cost(judgement, basis, row->samples_canary, RG_END_CANARY);
	set_growth(row, finding);
	row->mdg = finding->mdg;
	row->p = finding->broken ? 1 : finding->p;
	row->impact = finding->broken ? 0 : certain_change(finding, row);
}

static void set_row(struct candidate *out, const struct rg_finding *finding,
		    const struct rg_alignment *alignment, const struct rg_judgement *judgement,
		    const struct rg_label *label, enum rg_basis basis)
{
	const struct rg_table *table = &alignment->table;
	size_t row = finding->row;
	const struct rg_function *function = &alignment->function[row];

	out->finding = finding;
	out->row = (struct rg_row){
		.dimension = RG_DIMENSION_ON_CPU,
		.key = function->key,
		.function = label[row].function[0] ? label[row].function : function->key,
		.module = label[row].function[0] ? label[row].module : function->module,
		.file = label[row].file,
		.line = label[row].line,
		.unnamed = label[row].unnamed,
		.rank_base = judgement->rank[RG_END_BASE][row],
		.rank_canary = judgement->rank[RG_END_CANARY][row],
		.samples_base = table->side[RG_END_BASE][row],
		.samples_canary = table->side[RG_END_CANARY][row],
		.share_base = rg_table_share(table, row, RG_END_BASE),
		.share_canary = rg_table_share(table, row, RG_END_CANARY),
	};
	set_figures(&out->row, finding, judgement, basis);
}

static int weight_of_status(enum rg_status status)
{
	if (status == RG_STATUS_REGRESSED || status == RG_STATUS_NEW)
		return 2;
	return status == RG_STATUS_SUSPECT;
}

static int descending(double a, double b)
{
	return (a < b) - (a > b);
}

static int by_interest(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	int order = weight_of_status(b->row.status) - weight_of_status(a->row.status);

	/* Among hundreds of functions that were not tested some have moved by chance. */
	if (order == 0)
		order = b->row.tested - a->row.tested;
	if (order == 0)
		order = descending(fabs(a->row.impact), fabs(b->row.impact));
	if (order == 0)
		order = descending(a->row.cost_canary, b->row.cost_canary);
	if (order == 0)
		order = (a->finding->row > b->finding->row) - (a->finding->row < b->finding->row);
	return order;
}

/* The verdict outlives profiles and scratch memory. */
static int own_texts(struct rg_row *row, struct rg_arena *arena)
{
	row->key = rg_arena_strdup(arena, row->key);
	row->function = rg_arena_strdup(arena, row->function);
	row->module = rg_arena_strdup(arena, row->module);
	row->file = rg_arena_strdup(arena, row->file);
	row->pattern = rg_arena_strdup(arena, row->pattern);
	return row->key && row->function && row->module && row->file && row->pattern ? 0
										     : RG_ENOMEM;
}

static int keep_rows(struct rg_verdict *verdict, struct candidate *candidate, size_t count,
		     const struct rg_finding **finding, struct rg_err *err)
{
	size_t kept = count < RG_VERDICT_MAX_ROWS ? count : RG_VERDICT_MAX_ROWS;
	struct rg_row *rows = rg_arena_array(verdict->arena, kept + 1, sizeof(*rows));

	if (!rows)
		return rg_err_nomem(err, "diff");
	qsort(candidate, count, sizeof(*candidate), by_interest);
	for (size_t i = 0; i < kept; i++) {
		rows[i] = candidate[i].row;
		finding[i] = candidate[i].finding;
		if (own_texts(&rows[i], verdict->arena))
			return rg_err_nomem(err, "diff");
	}
	verdict->rows = rows;
	verdict->row_count = kept;
	return 0;
}

static void set_total(struct rg_verdict *verdict, const struct rg_judgement *judgement)
{
	const struct rg_table *table = judgement->fit.table;
	struct rg_row *row = &verdict->total;

	row->samples_base = table->total[RG_END_BASE];
	row->samples_canary = table->total[RG_END_CANARY];
	row->share_base = row->share_canary = 1;
	row->cost_base = row->cost_canary = 1;
	if (verdict->basis == RG_BASIS_SECOND)
		set_figures(row, &judgement->total, judgement, verdict->basis);
}

/* All of them, whatever the number of rows: nothing is left out without a word. */
static void count_ignored(struct rg_verdict *verdict, const struct rg_judgement *judgement)
{
	const struct rg_table *table = judgement->fit.table;

	for (size_t row = 0; row < table->rows; row++) {
		if (!rg_row_rule_of(judgement->rules, row)->ignored ||
		    !(rg_table_both(table, row) > 0))
			continue;
		verdict->ignored_count++;
		verdict->ignored_share_base += rg_table_share(table, row, RG_END_BASE);
		verdict->ignored_share_canary += rg_table_share(table, row, RG_END_CANARY);
	}
}

int rg_report_rows(struct rg_verdict *verdict, const struct rg_alignment *alignment,
		   const struct rg_judgement *judgement, const struct rg_finding *const **finding,
		   struct rg_arena *scratch, struct rg_err *err)
{
	size_t rows = alignment->table.rows, count = judgement->count;
	bool *wanted = rg_arena_array(scratch, rows + 1, sizeof(*wanted));
	struct rg_label *label = rg_arena_array(scratch, rows + 1, sizeof(*label));
	struct candidate *candidate = rg_arena_array(scratch, count + 1, sizeof(*candidate));
	const struct rg_finding **found =
		rg_arena_array(scratch, count + 1, sizeof(struct rg_finding *));

	if (!wanted || !label || !candidate || !found)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < count; i++)
		wanted[judgement->finding[i].row] = true;
	int code = rg_label_rows(alignment, wanted, label, scratch, err);

	if (code)
		return code;
	for (size_t i = 0; i < count; i++)
		set_row(&candidate[i], &judgement->finding[i], alignment, judgement, label,
			verdict->basis);
	set_total(verdict, judgement);
	count_ignored(verdict, judgement);
	code = keep_rows(verdict, candidate, count, found, err);
	if (code)
		return code;
	verdict->rows_left_out = rows - verdict->row_count;
	*finding = found;
	return 0;
}
