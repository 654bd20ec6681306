/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a function's samples and those around it cost, by whose code called it. */
#include "placed.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <string.h>

/* Callers that bring less of it say nothing of what it is called with. */
#define CALLER_MIN 0.05

enum { BUILDS_MAX = 32 }; /* files that one function is in, over all runs */

/* Build ids of the files it is in. */
struct builds {
	const char *id[BUILDS_MAX];
	bool has[BUILDS_MAX][RG_END_COUNT];
	size_t count;
	bool unknown; /* of one of them, or too many */
};

struct summing {
	struct rg_placed_parts *out;
	const struct rg_judgement *judgement;
	const struct rg_placed_source *source;
	const struct rg_placed_codes *codes;
	uint32_t row;    /* of the judgement */
	uint32_t called; /* the same of `callers` */
	bool *same,
		*any; /* rows of `callers`: it calls the function, by code that both sides have */
	struct builds builds;
};

/* One run while it is read. */
struct reading {
	const struct rg_run *run;
	const struct rg_frame *frame;
	const struct rg_module *module;
	const uint32_t *self, *callers; /* rows of its frames */
	double worth;                   /* of a value, in units of the estimates */
};

/* One sample: its leaf is stack->frames[leaf]. */
struct stack {
	const uint32_t *frames;
	uint32_t depth, leaf, row;
};

typedef void (*sum_fn)(struct summing *sum, const struct reading *reading,
		       const struct stack *stack, double cost);

static void add(struct summing *sum, struct rg_placed_part *part, const struct reading *reading,
		const struct stack *stack, double cost)
{
	const double phi =
		stack->row == RG_FUNCTION_NONE ? 1 : sum->judgement->fit.table->phi[stack->row];

	part->cost[reading->run->end] += cost;
	part->events += cost * phi;
}

/* --- The samples -------------------------------------------------------------------------------- */

static struct stack stack_of(const struct reading *reading, const struct rg_stack *from)
{
	const uint32_t leaf = rg_stack_leaf(reading->frame, from);
	struct stack stack = {
		.frames = from->frames, .depth = from->depth, .row = reading->self[leaf]};

	while (stack.frames[stack.leaf] != leaf)
		stack.leaf++;
	return stack;
}

static void read_run(struct summing *sum, size_t index, sum_fn take)
{
	const struct rg_placed_source *source = sum->source;
	const struct rg_run *run = &source->set->run[index];
	const struct rg_stack *stacks = rg_profile_stacks(run->profile, &(size_t){0});
	const struct reading reading = {
		.run = run,
		.frame = rg_profile_frames(run->profile, &(size_t){0}),
		.module = rg_profile_modules(run->profile, &(size_t){0}),
		.self = source->alignment->row_of_frame[index],
		.callers = source->callers->row_of_frame[index],
		.worth = 1 / ((double)run->unit * sum->judgement->fit.scale_side[run->end]),
	};
	struct rg_sample_reader reader = rg_profile_read_samples(run->profile);
	struct rg_sample sample;

	while (rg_sample_next(&reader, &sample)) {
		double cost = (double)sample.value[run->value] * reading.worth;
		struct stack stack;

		if (!(cost > 0))
			continue;
		stack = stack_of(&reading, &stacks[sample.stack]);
		take(sum, &reading, &stack, cost);
	}
}

static void read_all(struct summing *sum, sum_fn take)
{
	for (size_t run = 0; run < rg_run_set_count(sum->source->set); run++) {
		if (sum->source->set->run[run].measured)
			read_run(sum, run, take);
	}
}

/* --- Its own ------------------------------------------------------------------------------------ */

static void note_build(struct builds *builds, const char *id, enum rg_end end)
{
	size_t i = 0;

	while (i < builds->count && strcmp(builds->id[i], id) != 0)
		i++;
	if (!*id || i == BUILDS_MAX) {
		builds->unknown = true;
		return;
	}
	builds->id[i] = id;
	builds->has[i][end] = true;
	builds->count = i == builds->count ? i + 1 : builds->count;
}

static bool builds_differ(const struct builds *builds)
{
	for (size_t i = 0; i < builds->count; i++) {
		if (builds->has[i][RG_END_BASE] && builds->has[i][RG_END_CANARY])
			return false;
	}
	return !builds->unknown && builds->count > 0;
}

/* The nearest frame outwards that is another function's, or the depth. */
static uint32_t caller_of(const struct summing *sum, const struct reading *reading,
			  const struct stack *stack)
{
	uint32_t at = stack->leaf + 1;

	while (at < stack->depth && reading->callers[stack->frames[at]] == sum->called)
		at++;
	return at;
}

static void take_own(struct summing *sum, const struct reading *reading, const struct stack *stack,
		     double cost)
{
	struct rg_placed_parts *out = sum->out;
	const struct rg_frame *frame = &reading->frame[stack->frames[stack->leaf]];
	uint32_t at = caller_of(sum, reading, stack), caller = RG_FUNCTION_NONE;
	bool same = false;

	if (stack->row != sum->row)
		return;
	note_build(&sum->builds, reading->module[frame->module].build_id, reading->run->end);
	if (at < stack->depth) {
		caller = reading->callers[stack->frames[at]];
		same = rg_placed_codes_same(sum->codes, caller,
					    reading->frame[stack->frames[at]].code);
	}
	add(sum, &out->all, reading, stack, cost);
	if (rg_placed_codes_same(sum->codes, sum->called, frame->code))
		add(sum, &out->known, reading, stack, cost);
	add(sum, same ? &out->same : &out->other, reading, stack, cost);
	if (caller == RG_FUNCTION_NONE)
		return;
	add(sum, &out->under[caller], reading, stack, cost);
	if (same)
		sum->same[caller] = true;
}

/* --- What is around it -------------------------------------------------------------------------- */

static double both(const struct rg_placed_part *part)
{
	return part->cost[RG_END_BASE] + part->cost[RG_END_CANARY];
}

static void choose_callers(struct summing *sum)
{
	const struct rg_placed_parts *out = sum->out;

	for (size_t row = 0; row < out->callers; row++) {
		sum->any[row] = both(&out->under[row]) >= CALLER_MIN * both(&out->all);
		sum->same[row] &= sum->any[row];
	}
}

static void take_around(struct summing *sum, const struct reading *reading,
			const struct stack *stack, double cost)
{
	struct rg_placed_parts *out = sum->out;
	bool below = false, any = false, same = false;

	if (stack->row == sum->row)
		return;
	for (uint32_t i = stack->leaf; i < stack->depth; i++) {
		uint32_t row = reading->callers[stack->frames[i]];

		if (row == RG_FUNCTION_NONE)
			continue;
		below |= row == sum->called;
		any |= sum->any[row];
		same |= sum->same[row];
	}
	if (below)
		add(sum, &out->below, reading, stack, cost);
	else if (any)
		add(sum, &out->beside, reading, stack, cost);
	if (!below && same)
		add(sum, &out->beside_same, reading, stack, cost);
}

int rg_placed_sum(struct rg_placed_parts *out, uint32_t row, const struct rg_judgement *judgement,
		  const struct rg_placed_source *source, const struct rg_placed_codes *codes,
		  struct rg_arena *arena, struct rg_err *err)
{
	const size_t callers = source->callers->table.rows;
	struct summing sum = {
		.out = out,
		.judgement = judgement,
		.source = source,
		.codes = codes,
		.row = row,
		.called = rg_function_row(source->callers, &source->alignment->function[row]),
		.same = rg_arena_array(arena, callers + 1, sizeof(bool)),
		.any = rg_arena_array(arena, callers + 1, sizeof(bool)),
	};

	*out = (struct rg_placed_parts){
		.under = rg_arena_array(arena, callers + 1, sizeof(*out->under)),
		.callers = callers,
	};
	if (!sum.same || !sum.any || !out->under)
		return rg_err_nomem(err, "diff");
	read_all(&sum, take_own);
	choose_callers(&sum);
	read_all(&sum, take_around);
	out->builds_differ = builds_differ(&sum.builds);
	return 0;
}
