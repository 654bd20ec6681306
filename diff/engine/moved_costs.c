/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "moved.h"
#include "plumbing.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A caller whose cost differs by more, with all it calls, is hardly the same function. */
#define LIKE_MIN 0.1

/* --- Who is looked at ------------------------------------------------------------------------- */

static double cost(const struct rg_moved_costs *costs, const struct rg_table *table, uint32_t row,
		   enum rg_end end)
{
	return (double)table->side[end][row] / costs->judgement->fit.scale_side[end];
}

static double change(const struct rg_moved_costs *costs, uint32_t row)
{
	const struct rg_table *table = &costs->alignment->table;

	return cost(costs, table, row, RG_END_CANARY) - cost(costs, table, row, RG_END_BASE);
}

static bool is_kernel(const struct rg_moved_costs *costs, uint32_t row)
{
	return rg_module_is_kernel(costs->alignment->function[row].module);
}

static bool is_asked_for(const struct rg_finding *finding)
{
	return rg_finding_fails(finding) || finding->status == RG_STATUS_SUSPECT;
}

static void find_gainers(struct rg_moved_costs *costs)
{
	const struct rg_judgement *judgement = costs->judgement;

	for (size_t i = 0; i < judgement->count && costs->count < RG_MOVED_GAINERS; i++) {
		const struct rg_finding *finding = &judgement->finding[i];

		if (is_asked_for(finding) && change(costs, finding->row) > 0 &&
		    !is_kernel(costs, finding->row))
			costs->row[costs->count++] = finding->row;
	}
	costs->gainers = costs->count;
}

static bool is_gainer(const struct rg_moved_costs *costs, uint32_t row)
{
	for (size_t i = 0; i < costs->gainers; i++) {
		if (costs->row[i] == row)
			return true;
	}
	return false;
}

/* Among those that changed most, behind the gainers. */
static void insert(struct rg_moved_costs *costs, uint32_t row)
{
	double moved = fabs(change(costs, row));
	size_t at = costs->count;

	if (at == RG_MOVED_CANDIDATES && moved <= fabs(change(costs, costs->row[at - 1])))
		return;
	costs->count += at < RG_MOVED_CANDIDATES;
	at = costs->count - 1;
	for (; at > costs->gainers && fabs(change(costs, costs->row[at - 1])) < moved; at--)
		costs->row[at] = costs->row[at - 1];
	costs->row[at] = row;
}

static void find_candidates(struct rg_moved_costs *costs)
{
	const struct rg_alignment *alignment = costs->alignment;

	find_gainers(costs);
	for (uint32_t row = 0; costs->gainers > 0 && row < alignment->table.rows; row++) {
		if (!is_gainer(costs, row) && change(costs, row) != 0 && !is_kernel(costs, row))
			insert(costs, row);
	}
	for (size_t i = 0; i < costs->count; i++) {
		costs->as_caller[i] =
			rg_function_row(costs->callers, &alignment->function[costs->row[i]]);
		for (int end = 0; end < RG_END_COUNT; end++)
			costs->all[end][i] =
				cost(costs, &alignment->table, costs->row[i], (enum rg_end)end);
	}
}

/* --- What they cost under whom ---------------------------------------------------------------- */

static int make_room(struct rg_moved_costs *costs, struct rg_err *err)
{
	size_t rows = costs->alignment->table.rows + 1, callers = costs->callers->table.rows;

	costs->columns = 1;
	costs->candidate = malloc(rows * sizeof(*costs->candidate));
	costs->stable = calloc(callers + 1, sizeof(*costs->stable));
	costs->column = calloc(callers + 1, sizeof(*costs->column));
	for (int end = 0; end < RG_END_COUNT; end++)
		costs->under[end] = calloc(costs->count * RG_MOVED_COLUMNS, sizeof(double));
	if (!costs->candidate || !costs->stable || !costs->column || !costs->under[RG_END_BASE] ||
	    !costs->under[RG_END_CANARY])
		return rg_err_nomem(err, "diff");
	memset(costs->candidate, 0xff, rows * sizeof(*costs->candidate));
	for (size_t i = 0; i < costs->count; i++)
		costs->candidate[costs->row[i]] = (uint32_t)i;
	for (uint32_t row = 0; row < callers; row++) {
		double base = cost(costs, &costs->callers->table, row, RG_END_BASE);
		double canary = cost(costs, &costs->callers->table, row, RG_END_CANARY);

		costs->stable[row] = fmin(base, canary) > LIKE_MIN * fmax(base, canary);
	}
	return 0;
}

uint32_t rg_moved_caller(const struct rg_moved_costs *costs, size_t run,
			 const struct rg_stack *stack, uint32_t leaf)
{
	const uint32_t *row_of = costs->callers->row_of_frame[run];

	for (uint32_t i = 1; i < stack->depth; i++) {
		uint32_t row = row_of[stack->frames[i]];

		if (row != row_of[leaf] && costs->stable[row])
			return row;
	}
	return RG_FUNCTION_NONE;
}

static uint32_t column_of(struct rg_moved_costs *costs, uint32_t caller)
{
	if (caller == RG_FUNCTION_NONE)
		return 0;
	if (costs->column[caller] == 0 && costs->columns < RG_MOVED_COLUMNS)
		costs->column[caller] = (uint32_t)costs->columns++;
	return costs->column[caller];
}

static void add_run(struct rg_moved_costs *costs, size_t index)
{
	const struct rg_run *run = &costs->set->run[index];
	const struct rg_frame *frame = rg_profile_frames(run->profile, &(size_t){0});
	const struct rg_stack *stack = rg_profile_stacks(run->profile, &(size_t){0});
	const uint32_t *row_of = costs->alignment->row_of_frame[index];
	double worth = 1 / ((double)run->unit * costs->judgement->fit.scale_side[run->end]);
	size_t count;
	const struct rg_sample *sample = rg_profile_samples(run->profile, &count);

	for (size_t i = 0; i < count; i++) {
		const struct rg_stack *of = &stack[sample[i].stack];
		uint32_t leaf = rg_stack_leaf(frame, of), row = row_of[leaf];
		uint32_t which = row == RG_FUNCTION_NONE ? row : costs->candidate[row];

		if (which == RG_FUNCTION_NONE)
			continue;
		uint32_t column = column_of(costs, rg_moved_caller(costs, index, of, leaf));

		costs->under[run->end][which * RG_MOVED_COLUMNS + column] +=
			(double)sample[i].value[run->value] * worth;
	}
}

int rg_moved_costs_make(struct rg_moved_costs *out, const struct rg_judgement *judgement,
			const struct rg_alignment *alignment, const struct rg_alignment *callers,
			const struct rg_run_set *set, struct rg_err *err)
{
	*out = (struct rg_moved_costs){
		.judgement = judgement,
		.alignment = alignment,
		.callers = callers,
		.set = set,
	};
	find_candidates(out);
	if (out->gainers == 0)
		return 0;
	int code = make_room(out, err);

	for (size_t run = 0; code == 0 && run < rg_run_set_count(set); run++) {
		if (set->run[run].measured)
			add_run(out, run);
	}
	return code;
}

void rg_moved_costs_done(struct rg_moved_costs *costs)
{
	free(costs->candidate);
	free(costs->stable);
	free(costs->column);
	for (int end = 0; end < RG_END_COUNT; end++)
		free(costs->under[end]);
}
