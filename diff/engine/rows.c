/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static int64_t total_of(const struct rg_table *table, uint32_t row, enum rg_end end)
{
	return row == RG_ROW_TOTAL ? table->total[end] : table->side[end][row];
}

/* The texts are those of the verdict's policy. */
static void set_accept(struct rg_row *row, const struct rg_finding *finding)
{
	const struct rg_policy_accept *accept = finding->accept;

	row->accept = (struct rg_row_accept){.reason = "", .owner = ""};
	if (accept)
		row->accept = (struct rg_row_accept){
			.found = finding->acceptance,
			.reason = accept->reason,
			.owner = accept->owner,
			.expires = accept->expires,
			.growth = accept->growth,
		};
}

static void set_figures(struct rg_row *row, const struct rg_finding *finding,
			const struct rg_row_source *source)
{
	const struct rg_judgement *judgement = source->judgement;
	const struct rg_table *table = judgement->fit.table;

	row->tested = finding->tested;
	row->status = finding->status;
	row->growth_allowed = finding->rule->growth;
	row->pattern = finding->rule->pattern ? finding->rule->pattern : "";
	set_accept(row, finding);
	row->cost_base = cost(judgement, source->basis, total_of(table, finding->row, RG_END_BASE),
			      RG_END_BASE);
	row->cost_canary = cost(judgement, source->basis,
				total_of(table, finding->row, RG_END_CANARY), RG_END_CANARY);
	set_growth(row, finding);
	row->mdg = finding->mdg;
	row->p = finding->broken ? 1 : finding->p;
	row->impact = finding->broken ? 0 : certain_change(finding, row);
}

/* An estimated number of waits may come to 0 where there is time. */
static int64_t samples_of(const struct rg_table *table, size_t row, enum rg_end end)
{
	if (!table->unit)
		return table->side[end][row];
	return table->side[end][row] > 0 && table->events[end][row] == 0 ? 1
									 : table->events[end][row];
}

static void set_wait(struct rg_row *row, const struct rg_wait *wait)
{
	row->wait = wait->wait;
	row->api = wait->api;
	row->unnamed |= !wait->anchored;
}

static const char *former_name(const struct rg_alignment *alignment, size_t row)
{
	const struct rg_function *from =
		alignment->renamed_from ? alignment->renamed_from[row] : NULL;

	if (!from)
		return "";
	/* Of one that only moved into another module, that is what tells. */
	return strcmp(from->key, alignment->function[row].key) == 0 ? from->module : from->key;
}

/* The commit that renamed it, where the sources tell. */
static const char *renamed_by(const struct rg_row_source *source, size_t row)
{
	const struct rg_alignment *alignment = source->alignment;
	const struct rg_function *from =
		alignment->renamed_from ? alignment->renamed_from[row] : NULL;
	const struct rg_kinship *kinship =
		from ? rg_kinship_of(source->kinships, from, &alignment->function[row]) : NULL;

	return kinship ? kinship->commit : "";
}

static void set_row(struct candidate *out, const struct rg_finding *finding,
		    const struct rg_row_source *source, const struct rg_label *label)
{
	const struct rg_judgement *judgement = source->judgement;
	const struct rg_table *table = &source->alignment->table;
	size_t row = finding->row;
	const struct rg_function *function = &source->alignment->function[row];

	out->finding = finding;
	out->row = (struct rg_row){
		.dimension = source->dimension,
		.key = function->key,
		.function = label[row].function[0] ? label[row].function : function->key,
		.module = label[row].function[0] ? label[row].module : function->module,
		.renamed_from = former_name(source->alignment, row),
		.renamed_by = renamed_by(source, row),
		.wait = "",
		.api = "",
		.file = label[row].file,
		.line = label[row].line,
		.unnamed = label[row].unnamed,
		.rank_base = judgement->rank[RG_END_BASE][row],
		.rank_canary = judgement->rank[RG_END_CANARY][row],
		.samples_base = samples_of(table, row, RG_END_BASE),
		.samples_canary = samples_of(table, row, RG_END_CANARY),
		.share_base = rg_table_share(table, row, RG_END_BASE),
		.share_canary = rg_table_share(table, row, RG_END_CANARY),
	};
	if (source->wait)
		set_wait(&out->row, &source->wait[row]);
	set_figures(&out->row, finding, source);
}

static int weight_of_status(enum rg_status status)
{
	if (status == RG_STATUS_REGRESSED || status == RG_STATUS_NEW)
		return 4;
	if (status == RG_STATUS_ACCEPTED)
		return 3;
	if (status == RG_STATUS_MOVED || status == RG_STATUS_PLACED)
		return 2;
	return status == RG_STATUS_SUSPECT;
}

static int descending(double a, double b)
{
	return (a < b) - (a > b);
}

/* By how much at most, where that keeps the verdict from being a pass: it is not left out. */
static double may_have_grown(const struct candidate *candidate)
{
	return candidate->row.tested && weight_of_status(candidate->row.status) == 0 &&
			       candidate->finding->hides
		       ? candidate->finding->upper
		       : -INFINITY;
}

static int by_interest(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	int order = weight_of_status(b->row.status) - weight_of_status(a->row.status);

	/* Among hundreds of functions that were not tested some have moved by chance. */
	if (order == 0)
		order = b->row.tested - a->row.tested;
	if (order == 0)
		order = descending(may_have_grown(a), may_have_grown(b));
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
	row->wait = rg_arena_strdup(arena, row->wait);
	row->api = rg_arena_strdup(arena, row->api);
	row->renamed_from = rg_arena_strdup(arena, row->renamed_from);
	row->renamed_by = rg_arena_strdup(arena, row->renamed_by);
	return row->renamed_from && row->renamed_by && row->key && row->function && row->module &&
			       row->file && row->pattern && row->wait && row->api
		       ? 0
		       : RG_ENOMEM;
}

static int keep_rows(struct rg_row_set *out, struct candidate *candidate, size_t count,
		     const struct rg_finding **finding, struct rg_arena *arena, struct rg_err *err)
{
	size_t kept = count < RG_VERDICT_MAX_ROWS ? count : RG_VERDICT_MAX_ROWS;
	struct rg_row *rows = rg_arena_array(arena, kept + 1, sizeof(*rows));

	if (!rows)
		return rg_err_nomem(err, "diff");
	qsort(candidate, count, sizeof(*candidate), by_interest);
	for (size_t i = 0; i < kept; i++) {
		rows[i] = candidate[i].row;
		finding[i] = candidate[i].finding;
		if (own_texts(&rows[i], arena))
			return rg_err_nomem(err, "diff");
	}
	out->rows = rows;
	out->finding = finding;
	out->count = kept;
	return 0;
}

static void set_total(struct rg_row_set *out, const struct rg_row_source *source)
{
	const struct rg_table *table = source->judgement->fit.table;
	struct rg_row *row = &out->total;

	row->dimension = source->dimension;
	row->samples_base =
		table->unit ? table->events[RG_END_BASE][table->rows] : table->total[RG_END_BASE];
	row->samples_canary = table->unit ? table->events[RG_END_CANARY][table->rows]
					  : table->total[RG_END_CANARY];
	row->share_base = row->share_canary = 1;
	row->cost_base = row->cost_canary = 1;
	if (source->basis != RG_BASIS_SHARE)
		set_figures(row, &source->judgement->total, source);
}

/* All of them, whatever the number of rows: nothing is left out without a word. */
static void count_ignored(struct rg_row_set *out, const struct rg_judgement *judgement)
{
	const struct rg_table *table = judgement->fit.table;

	for (size_t row = 0; row < table->rows; row++) {
		const struct rg_row_rule *rule = rg_row_rule_of(judgement->rules, row);

		if (!rule->ignored || !rule->pattern || !(rg_table_both(table, row) > 0))
			continue;
		out->ignored++;
		for (int end = 0; end < RG_END_COUNT; end++)
			out->ignored_share[end] += rg_table_share(table, row, (enum rg_end)end);
	}
}

int rg_report_rows(struct rg_row_set *out, const struct rg_row_source *source,
		   struct rg_arena *arena, struct rg_arena *scratch, struct rg_err *err)
{
	const struct rg_judgement *judgement = source->judgement;
	size_t rows = source->alignment->table.rows, count = judgement->count;
	bool *wanted = rg_arena_array(scratch, rows + 1, sizeof(*wanted));
	struct rg_label *label = rg_arena_array(scratch, rows + 1, sizeof(*label));
	struct candidate *candidate = rg_arena_array(scratch, count + 1, sizeof(*candidate));
	const struct rg_finding **found =
		rg_arena_array(scratch, count + 1, sizeof(struct rg_finding *));

	if (!wanted || !label || !candidate || !found)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < count; i++)
		wanted[judgement->finding[i].row] = true;
	int code = rg_label_rows(source->alignment, wanted, label, scratch, err);

	if (code)
		return code;
	for (size_t i = 0; i < count; i++)
		set_row(&candidate[i], &judgement->finding[i], source, label);
	set_total(out, source);
	count_ignored(out, judgement);
	code = keep_rows(out, candidate, count, found, arena, err);
	out->left_out = rows - out->count;
	return code;
}
