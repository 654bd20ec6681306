/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What parts of a program cost under one caller, the kernel's work counted to who entered the kernel. */
#include "plumbing.h"
#include "replaced.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>

/* A caller whose cost differs by more, with all it calls, is hardly the same function. */
#define LIKE_MIN 0.1
/* Who has that part of a function's cost is its only caller, but for what stacks lack. */
#define MAIN_MIN 0.8

static const bool *kernel_rows(const struct rg_alignment *alignment, struct rg_arena *arena)
{
	bool *kernel = rg_arena_array(arena, alignment->table.rows + 1, sizeof(*kernel));

	for (size_t row = 0; kernel && row < alignment->table.rows; row++)
		kernel[row] = rg_module_is_kernel(alignment->function[row].module);
	return kernel;
}

int rg_replaced_parts_make(struct rg_replaced_parts *out, const struct rg_growth *growth,
			   struct rg_arena *arena, struct rg_err *err)
{
	*out = (struct rg_replaced_parts){
		.growth = growth,
		.count = growth->self->table.rows + growth->callers->table.rows,
		.kernel_leaf = kernel_rows(growth->self, arena),
		.kernel_caller = kernel_rows(growth->callers, arena),
	};
	return out->kernel_leaf && out->kernel_caller ? 0 : rg_err_nomem(err, "diff");
}

/* --- The samples ------------------------------------------------------------------------------ */

struct sample {
	size_t run;
	enum rg_end end;
	int64_t value;
	double cost;
	const struct rg_stack *stack;
	const uint32_t *row_of; /* frames: rows of `callers` */
	uint32_t leaf, at;      /* its row of `self`, and where on the stack */
};

struct summing {
	const struct rg_replaced_parts *parts;
	uint32_t row, caller;
	struct rg_replaced_costs *costs;
	double *weight; /* rows of `callers`: of the row's canary cost */
	const bool *of; /* parts that are counted; NULL: all */
	int64_t *count; /* runs */
};

typedef void (*take_fn)(struct summing *sum, const struct sample *sample);

static uint32_t leaf_at(const struct rg_frame *frame, const struct rg_stack *stack)
{
	uint32_t leaf = rg_stack_leaf(frame, stack), at = 0;

	while (stack->frames[at] != leaf)
		at++;
	return at;
}

static void read_run(struct summing *sum, size_t index, take_fn take)
{
	const struct rg_growth *growth = sum->parts->growth;
	const struct rg_run *run = &growth->set->run[index];
	const struct rg_frame *frame = rg_profile_frames(run->profile, &(size_t){0});
	const struct rg_stack *stack = rg_profile_stacks(run->profile, &(size_t){0});
	const double worth = 1 / ((double)run->unit * growth->fit->scale_side[run->end]);
	struct rg_sample_reader reader = rg_profile_read_samples(run->profile);
	struct rg_sample sample;

	while (rg_sample_next(&reader, &sample)) {
		struct sample of = {
			.run = index,
			.end = run->end,
			.value = sample.value[run->value],
			.stack = &stack[sample.stack],
			.row_of = growth->callers->row_of_frame[index],
			.leaf = growth->leaf_of_stack[index][sample.stack],
		};

		if (of.value <= 0 || of.leaf == RG_FUNCTION_NONE)
			continue;
		of.cost = (double)of.value * worth;
		of.at = leaf_at(frame, of.stack);
		take(sum, &of);
	}
}

static void read_all(struct summing *sum, take_fn take)
{
	const struct rg_run_set *set = sum->parts->growth->set;

	for (size_t run = 0; run < rg_run_set_count(set); run++) {
		if (set->run[run].measured)
			read_run(sum, run, take);
	}
}

/* What is only the kernel's, a thread of its own, is its own function's. */
static size_t part_of(const struct summing *sum, const struct sample *sample)
{
	const struct rg_replaced_parts *parts = sum->parts;

	if (!parts->kernel_leaf[sample->leaf])
		return sample->leaf;
	for (uint32_t i = sample->at; i < sample->stack->depth; i++) {
		uint32_t row = sample->row_of[sample->stack->frames[i]];

		if (!parts->kernel_caller[row])
			return parts->growth->self->table.rows + row;
	}
	return sample->leaf;
}

static bool is_under(const struct summing *sum, const struct sample *sample)
{
	for (uint32_t i = sample->at; i < sample->stack->depth; i++) {
		if (sample->row_of[sample->stack->frames[i]] == sum->caller)
			return true;
	}
	return false;
}

/* --- Who calls it ----------------------------------------------------------------------------- */

static bool is_stable(const struct rg_growth *growth, uint32_t row)
{
	double cost[RG_END_COUNT];

	for (int end = 0; end < RG_END_COUNT; end++)
		cost[end] = (double)growth->callers->table.side[end][row] /
			    growth->fit->scale_side[end];
	return fmin(cost[RG_END_BASE], cost[RG_END_CANARY]) >
	       LIKE_MIN * fmax(cost[RG_END_BASE], cost[RG_END_CANARY]);
}

static void take_caller(struct summing *sum, const struct sample *sample)
{
	const struct rg_growth *growth = sum->parts->growth;
	uint32_t own = sample->row_of[sample->stack->frames[sample->at]];

	if (sample->end != RG_END_CANARY || sample->leaf != sum->row)
		return;
	for (uint32_t i = sample->at + 1; i < sample->stack->depth; i++) {
		uint32_t row = sample->row_of[sample->stack->frames[i]];

		if (row == own || !growth->application[row] || !is_stable(growth, row))
			continue;
		sum->weight[row] += sample->cost;
		return;
	}
}

int rg_replaced_caller(const struct rg_replaced_parts *parts, uint32_t row, uint32_t *out,
		       struct rg_arena *arena, struct rg_err *err)
{
	const struct rg_growth *growth = parts->growth;
	size_t callers = growth->callers->table.rows;
	struct summing sum = {
		.parts = parts,
		.row = row,
		.weight = rg_arena_array(arena, callers + 1, sizeof(double)),
	};
	double least = MAIN_MIN * (double)growth->self->table.side[RG_END_CANARY][row] /
		       growth->fit->scale_side[RG_END_CANARY];

	*out = RG_FUNCTION_NONE;
	if (!sum.weight)
		return rg_err_nomem(err, "diff");
	read_all(&sum, take_caller);
	for (uint32_t i = 0; i < callers; i++) {
		if (sum.weight[i] > 0 && sum.weight[i] >= least)
			*out = i;
	}
	return 0;
}

/* --- What it all costs ------------------------------------------------------------------------ */

static void take_cost(struct summing *sum, const struct sample *sample)
{
	struct rg_replaced_costs *costs = sum->costs;
	size_t part = part_of(sum, sample);

	costs->all[sample->end][part] += sample->cost;
	costs->whole[sample->end] += sample->cost;
	if (!is_under(sum, sample))
		return;
	costs->under[sample->end][part] += sample->cost;
	costs->caller[sample->end] += sample->cost;
	if (sample->end == RG_END_CANARY && sample->leaf == sum->row)
		costs->own[part] += sample->cost;
}

int rg_replaced_sum(const struct rg_replaced_parts *parts, uint32_t row, uint32_t caller,
		    struct rg_replaced_costs *out, struct rg_arena *arena, struct rg_err *err)
{
	struct summing sum = {.parts = parts, .row = row, .caller = caller, .costs = out};

	*out = (struct rg_replaced_costs){
		.own = rg_arena_array(arena, parts->count + 1, sizeof(double)),
	};
	for (int end = 0; end < RG_END_COUNT; end++) {
		out->under[end] = rg_arena_array(arena, parts->count + 1, sizeof(double));
		out->all[end] = rg_arena_array(arena, parts->count + 1, sizeof(double));
		if (!out->own || !out->under[end] || !out->all[end])
			return rg_err_nomem(err, "diff");
	}
	read_all(&sum, take_cost);
	return 0;
}

static void take_count(struct summing *sum, const struct sample *sample)
{
	if (is_under(sum, sample) && (!sum->of || sum->of[part_of(sum, sample)]))
		sum->count[sample->run] += sample->value;
}

int rg_replaced_count(const struct rg_replaced_parts *parts, uint32_t caller, const bool *of,
		      int64_t **out, struct rg_arena *arena, struct rg_err *err)
{
	const struct rg_run_set *set = parts->growth->set;
	size_t runs = rg_run_set_count(set);
	struct summing sum = {
		.parts = parts,
		.caller = caller,
		.of = of,
		.count = rg_arena_array(arena, runs + 1, sizeof(int64_t)),
	};

	if (!sum.count)
		return rg_err_nomem(err, "diff");
	read_all(&sum, take_count);
	for (size_t run = 0; run < runs; run++)
		sum.count[run] /= set->run[run].unit;
	*out = sum.count;
	return 0;
}
