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
/* Who has that part of a function's cost is its only caller, but for what stacks lack. */
#define MAIN_MIN 0.8

/* --- Who is looked at ------------------------------------------------------------------------- */

static double cost(const struct rg_moved_costs *costs, const struct rg_table *table, uint32_t row,
		   enum rg_end end)
{
	return (double)table->side[end][row] / costs->judgement->fit.scale_side[end];
}

static double change(const struct rg_moved_costs *costs, uint32_t row)
{
	const struct rg_table *table = &costs->source->alignment->table;

	return cost(costs, table, row, RG_END_CANARY) - cost(costs, table, row, RG_END_BASE);
}

static bool is_kernel(const struct rg_moved_costs *costs, uint32_t row)
{
	return rg_module_is_kernel(costs->source->alignment->function[row].module);
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
	const struct rg_alignment *alignment = costs->source->alignment;

	find_gainers(costs);
	for (uint32_t row = 0; costs->gainers > 0 && row < alignment->table.rows; row++) {
		if (!is_gainer(costs, row) && change(costs, row) != 0 && !is_kernel(costs, row))
			insert(costs, row);
	}
	for (size_t i = 0; i < costs->count; i++) {
		costs->as_caller[i] = rg_function_row(costs->source->callers,
						      &alignment->function[costs->row[i]]);
		for (int end = 0; end < RG_END_COUNT; end++)
			costs->all[end][i] =
				cost(costs, &alignment->table, costs->row[i], (enum rg_end)end);
	}
}

/* --- What they cost under whom ---------------------------------------------------------------- */

static int make_room(struct rg_moved_costs *costs, struct rg_err *err)
{
	size_t rows = costs->source->alignment->table.rows + 1,
	       callers = costs->source->callers->table.rows;

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
	return 0;
}

static void set_stable(struct rg_moved_costs *costs, const double *const all[RG_END_COUNT])
{
	for (size_t row = 0; row < costs->source->callers->table.rows; row++) {
		double base = all[RG_END_BASE][row], canary = all[RG_END_CANARY][row];

		costs->stable[row] = fmin(base, canary) > LIKE_MIN * fmax(base, canary);
	}
}

/* Of waits: those on stacks through each function, which need not have used a CPU. */
static void add_waits(const struct rg_moved_costs *costs, size_t index, double *all, size_t *seen,
		      size_t *met)
{
	const struct rg_run *run = &costs->source->set->run[index];
	const struct rg_stack *stack = rg_profile_stacks(run->profile, &(size_t){0});
	const uint32_t *row_of = costs->source->callers->row_of_frame[index];
	struct rg_sample_reader reader = rg_profile_read_samples(run->profile);
	struct rg_sample sample;

	while (rg_sample_next(&reader, &sample)) {
		const struct rg_stack *of = &stack[sample.stack];

		++*met;
		for (uint32_t k = 0; sample.value[RG_VALUE_OFF_CPU_NS] > 0 && k < of->depth; k++) {
			uint32_t row = row_of[of->frames[k]];

			if (seen[row] != *met)
				all[row] += (double)sample.value[RG_VALUE_OFF_CPU_NS] /
					    costs->judgement->fit.scale_side[run->end];
			seen[row] = *met;
		}
	}
}

/* In what they cost with all they call, or wait for. */
static int find_stable(struct rg_moved_costs *costs, struct rg_err *err)
{
	const struct rg_moved_source *source = costs->source;
	size_t callers = source->callers->table.rows, met = 0;
	double *all[RG_END_COUNT] = {calloc(callers + 1, sizeof(double)),
				     calloc(callers + 1, sizeof(double))};
	size_t *seen = calloc(callers + 1, sizeof(*seen));
	bool room = all[RG_END_BASE] && all[RG_END_CANARY] && seen;

	for (uint32_t row = 0; room && !source->wait && row < callers; row++) {
		for (int end = 0; end < RG_END_COUNT; end++)
			all[end][row] = cost(costs, &source->callers->table, row, (enum rg_end)end);
	}
	for (size_t run = 0; room && source->wait && run < rg_run_set_count(source->set); run++)
		if (source->set->run[run].measured)
			add_waits(costs, run, all[source->set->run[run].end], seen, &met);
	if (room)
		set_stable(costs, (const double *const *)all);
	free(all[RG_END_BASE]);
	free(all[RG_END_CANARY]);
	free(seen);
	return room ? 0 : rg_err_nomem(err, "diff");
}

static uint32_t caller_above(const struct rg_moved_costs *costs, const uint32_t *row_of,
			     const struct rg_stack *stack, uint32_t from, uint32_t own)
{
	for (uint32_t i = from; i < stack->depth; i++) {
		uint32_t row = row_of[stack->frames[i]];

		if (row != own && costs->stable[row])
			return row;
	}
	return RG_FUNCTION_NONE;
}

/* The function that answers for a wait is somewhere up the stack; whatever it called is none of its callers. */
static uint32_t find_own(const uint32_t *row_of, const struct rg_stack *stack, uint32_t own)
{
	uint32_t i = 0;

	while (i < stack->depth && row_of[stack->frames[i]] != own)
		i++;
	return i;
}

static bool is_of_candidate(const struct rg_moved_costs *costs, uint32_t row,
			    struct rg_moved_sample *out)
{
	if (row == RG_FUNCTION_NONE || costs->candidate[row] == RG_FUNCTION_NONE)
		return false;
	out->candidate = costs->candidate[row];
	return true;
}

static bool is_wait(const struct rg_moved_reader *reader, const struct rg_sample *sample,
		    struct rg_moved_sample *out)
{
	const struct rg_moved_costs *costs = reader->costs;
	const struct rg_moved_source *source = costs->source;
	const struct rg_profile *profile = source->set->run[reader->run].profile;
	const struct rg_stack *stack = &rg_profile_stacks(profile, &(size_t){0})[sample->stack];
	const uint32_t *row_of = source->callers->row_of_frame[reader->run];

	out->value = sample->value[RG_VALUE_OFF_CPU_NS];
	if (out->value <= 0 ||
	    !is_of_candidate(costs, source->row_of_sample[reader->run][reader->index], out))
		return false;
	uint32_t own = costs->as_caller[out->candidate];

	out->caller = caller_above(costs, row_of, stack, find_own(row_of, stack, own), own);
	return true;
}

static bool is_cpu_time(const struct rg_moved_reader *reader, const struct rg_sample *sample,
			struct rg_moved_sample *out)
{
	const struct rg_moved_costs *costs = reader->costs;
	const struct rg_moved_source *source = costs->source;
	const struct rg_run *run = &source->set->run[reader->run];
	const struct rg_frame *frame = rg_profile_frames(run->profile, &(size_t){0});
	const struct rg_stack *stack =
		&rg_profile_stacks(run->profile, &(size_t){0})[sample->stack];
	const uint32_t *row_of = source->callers->row_of_frame[reader->run];
	uint32_t leaf = rg_stack_leaf(frame, stack);

	out->value = sample->value[run->value];
	if (out->value <= 0 ||
	    !is_of_candidate(costs, source->alignment->row_of_frame[reader->run][leaf], out))
		return false;
	out->caller = caller_above(costs, row_of, stack, 1, row_of[leaf]);
	return true;
}

struct rg_moved_reader rg_moved_read(const struct rg_moved_costs *costs, size_t run)
{
	return (struct rg_moved_reader){
		.costs = costs,
		.run = run,
		.samples = rg_profile_read_samples(costs->source->set->run[run].profile),
	};
}

bool rg_moved_next(struct rg_moved_reader *reader, struct rg_moved_sample *out)
{
	bool waits = reader->costs->source->wait != NULL;
	struct rg_sample sample;

	for (; rg_sample_next(&reader->samples, &sample); reader->index++) {
		if (!(waits ? is_wait : is_cpu_time)(reader, &sample, out))
			continue;
		reader->index++;
		return true;
	}
	return false;
}

int64_t rg_moved_unit(const struct rg_moved_costs *costs, size_t run)
{
	return costs->source->wait ? 1 : costs->source->set->run[run].unit;
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
	const struct rg_run *run = &costs->source->set->run[index];
	double worth = 1 / ((double)rg_moved_unit(costs, index) *
			    costs->judgement->fit.scale_side[run->end]);
	struct rg_moved_reader reader = rg_moved_read(costs, index);
	struct rg_moved_sample sample;

	while (rg_moved_next(&reader, &sample)) {
		uint32_t column = column_of(costs, sample.caller);

		costs->under[run->end][sample.candidate * RG_MOVED_COLUMNS + column] +=
			(double)sample.value * worth;
	}
}

static void find_main_callers(struct rg_moved_costs *costs)
{
	for (size_t i = 0; i < costs->count; i++)
		costs->main_caller[i] = RG_FUNCTION_NONE;
	for (uint32_t row = 0; row < costs->source->callers->table.rows; row++) {
		for (size_t i = 0; costs->column[row] && i < costs->count; i++) {
			if (rg_moved_under(costs, RG_END_CANARY, i, row) >=
			    MAIN_MIN * costs->all[RG_END_CANARY][i])
				costs->main_caller[i] = row;
		}
	}
}

int rg_moved_costs_make(struct rg_moved_costs *out, const struct rg_judgement *judgement,
			const struct rg_moved_source *source, struct rg_err *err)
{
	*out = (struct rg_moved_costs){.judgement = judgement, .source = source};
	find_candidates(out);
	if (out->gainers == 0)
		return 0;
	int code = make_room(out, err);

	if (!code)
		code = find_stable(out, err);
	for (size_t run = 0; code == 0 && run < rg_run_set_count(source->set); run++) {
		if (source->set->run[run].measured)
			add_run(out, run);
	}
	if (!code)
		find_main_callers(out);
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
