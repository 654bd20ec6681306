/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "growth.h"
#include "plumbing.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>
#include <stdlib.h>

/* --- What is known of every stack ------------------------------------------------------------- */

/* Runs with the same stacks and frames share what is known of them. */
static bool is_like(const struct rg_growth *growth, size_t run, size_t other)
{
	return rg_profile_stacks(growth->set->run[run].profile, &(size_t){0}) ==
		       rg_profile_stacks(growth->set->run[other].profile, &(size_t){0}) &&
	       growth->self->row_of_frame[run] == growth->self->row_of_frame[other] &&
	       growth->callers->row_of_frame[run] == growth->callers->row_of_frame[other];
}

static int find_leaves(const struct rg_growth *growth, size_t index, const uint32_t **out,
		       struct rg_arena *arena)
{
	const struct rg_profile *profile = growth->set->run[index].profile;
	const struct rg_frame *frame = rg_profile_frames(profile, &(size_t){0});
	size_t count;
	const struct rg_stack *stack = rg_profile_stacks(profile, &count);
	const uint32_t *row_of = growth->self->row_of_frame[index];
	uint32_t *leaf = rg_arena_array(arena, count + 1, sizeof(*leaf));

	if (!leaf)
		return RG_ENOMEM;
	for (size_t i = 0; i < count; i++)
		leaf[i] = row_of[rg_stack_leaf(frame, &stack[i])];
	*out = leaf;
	return 0;
}

static void mark_application(const struct rg_growth *growth, size_t index,
			     const enum rg_frame_kind *kind, bool *application)
{
	const uint32_t *row_of = growth->callers->row_of_frame[index];
	size_t count;

	rg_profile_frames(growth->set->run[index].profile, &count);
	for (size_t i = 0; i < count; i++) {
		if (kind[i] == RG_FRAME_KIND_APPLICATION && row_of[i] != RG_FUNCTION_NONE)
			application[row_of[i]] = true;
	}
}

static int find_application(const struct rg_growth *growth, size_t index,
			    const struct rg_policy *policy, bool *application, struct rg_err *err)
{
	const struct rg_run *run = &growth->set->run[index];
	struct rg_arena *scratch = rg_arena_new(0);
	enum rg_frame_kind *kind = NULL;
	int code;

	if (!scratch)
		return rg_err_nomem(err, "diff");
	code = rg_plumbing_kinds(run->profile, &policy->plumbing, scratch, &kind, err);
	if (!code)
		mark_application(growth, index, kind, application);
	rg_arena_free(scratch);
	return code;
}

static int know_run(const struct rg_growth *growth, size_t run, const struct rg_policy *policy,
		    const uint32_t **leaf, bool *application, struct rg_arena *arena,
		    struct rg_err *err)
{
	for (size_t other = 0; other < run; other++) {
		if (is_like(growth, run, other)) {
			leaf[run] = leaf[other];
			return 0;
		}
	}
	return find_leaves(growth, run, &leaf[run], arena)
		       ? rg_err_nomem(err, "diff")
		       : find_application(growth, run, policy, application, err);
}

int rg_growth_make(struct rg_growth *out, const struct rg_run_set *set,
		   const struct rg_alignment *self, const struct rg_alignment *callers,
		   const struct rg_fit *fit, const struct rg_policy *policy, struct rg_arena *arena,
		   struct rg_err *err)
{
	size_t runs = rg_run_set_count(set);
	const uint32_t **leaf = rg_arena_array(arena, runs + 1, sizeof(const uint32_t *));
	bool *application = rg_arena_array(arena, callers->table.rows + 1, sizeof(*application));

	if (!leaf || !application)
		return rg_err_nomem(err, "diff");
	*out = (struct rg_growth){
		.set = set,
		.self = self,
		.callers = callers,
		.fit = fit,
		.leaf_of_stack = leaf,
		.application = application,
	};
	int code = 0;

	for (size_t run = 0; !code && run < runs; run++)
		code = know_run(out, run, policy, leaf, application, arena, err);
	return code;
}

/* --- Sums over a part of the samples ---------------------------------------------------------- */

struct summing {
	const struct rg_growth *growth;
	const struct rg_growth_part *part;
	struct rg_growth_sums *out;
	double *weight; /* rows: of the canary's samples with it */
	size_t *seen;   /* sample it was met in last, from 1, over all runs */
	size_t met;
};

static bool is_of_part(const struct summing *sum, const uint32_t *row_of,
		       const struct rg_stack *stack, uint32_t leaf)
{
	const struct rg_growth_part *part = sum->part;
	bool found = part->caller == RG_FUNCTION_NONE;

	if (part->leaf != RG_FUNCTION_NONE && part->leaf != leaf)
		return false;
	if (sum->growth->off_cpu && leaf == RG_FUNCTION_NONE)
		return false;
	if (part->without_leaf && leaf != RG_FUNCTION_NONE && part->without_leaf[leaf])
		return false;
	for (uint32_t i = 0; i < stack->depth; i++) {
		uint32_t row = row_of[stack->frames[i]];

		if (part->without && part->without[row])
			return false;
		found |= row == part->caller;
	}
	return found;
}

static void add_stack(struct summing *sum, const uint32_t *row_of, const struct rg_stack *stack,
		      enum rg_end end, double cost)
{
	struct rg_growth_sums *out = sum->out;

	sum->met++;
	for (uint32_t i = 0; i < stack->depth; i++) {
		uint32_t row = row_of[stack->frames[i]];

		if (sum->seen[row] == sum->met)
			continue;
		sum->seen[row] = sum->met;
		if (end == RG_END_CANARY) {
			out->change[row] += cost;
			out->height[row] += cost * i;
			sum->weight[row] += cost;
		} else {
			out->change[row] -= cost;
			out->base_of[row] += cost;
		}
	}
}

static void sum_run(struct summing *sum, size_t index)
{
	const struct rg_growth *growth = sum->growth;
	const struct rg_run *run = &growth->set->run[index];
	const struct rg_stack *stack = rg_profile_stacks(run->profile, &(size_t){0});
	const uint32_t *row_of = growth->callers->row_of_frame[index];
	enum rg_value value = growth->off_cpu ? RG_VALUE_OFF_CPU_NS : run->value;
	double unit = growth->off_cpu ? 1 : (double)run->unit;
	double worth = 1 / (unit * growth->fit->scale_side[run->end]);
	struct rg_sample_reader reader = rg_profile_read_samples(run->profile);
	struct rg_sample sample;

	for (size_t i = 0; rg_sample_next(&reader, &sample); i++) {
		double cost = (double)sample.value[value] * worth;
		uint32_t leaf = growth->off_cpu ? growth->row_of_sample[index][i]
						: growth->leaf_of_stack[index][sample.stack];

		if (!(cost > 0) || !is_of_part(sum, row_of, &stack[sample.stack], leaf))
			continue;
		*(run->end == RG_END_BASE ? &sum->out->base : &sum->out->canary) += cost;
		if (leaf != RG_FUNCTION_NONE)
			sum->out->leaf[run->end][leaf] += cost;
		add_stack(sum, row_of, &stack[sample.stack], run->end, cost);
	}
}

int rg_growth_sum(const struct rg_growth *growth, const struct rg_growth_part *part,
		  struct rg_growth_sums *out, struct rg_arena *arena, struct rg_err *err)
{
	size_t rows = growth->callers->table.rows + 1, leaves = growth->self->table.rows + 1;
	struct summing sum = {
		.growth = growth,
		.part = part,
		.out = out,
		.weight = rg_arena_array(arena, rows, sizeof(double)),
		.seen = rg_arena_array(arena, rows, sizeof(size_t)),
	};

	*out = (struct rg_growth_sums){
		.change = rg_arena_array(arena, rows, sizeof(double)),
		.base_of = rg_arena_array(arena, rows, sizeof(double)),
		.height = rg_arena_array(arena, rows, sizeof(double)),
		.leaf = {rg_arena_array(arena, leaves, sizeof(double)),
			 rg_arena_array(arena, leaves, sizeof(double))},
	};
	if (!sum.weight || !sum.seen || !out->change || !out->base_of || !out->height ||
	    !out->leaf[RG_END_BASE] || !out->leaf[RG_END_CANARY])
		return rg_err_nomem(err, "diff");
	for (size_t run = 0; run < rg_run_set_count(growth->set); run++)
		if (growth->set->run[run].measured)
			sum_run(&sum, run);
	for (size_t row = 0; row + 1 < rows; row++)
		out->height[row] =
			sum.weight[row] > 0 ? out->height[row] / sum.weight[row] : INFINITY;
	return 0;
}
