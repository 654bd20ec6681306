/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "align.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <stdlib.h>

/* One run while its stacks are added up, each function once a stack however often it calls itself. */
struct including {
	struct rg_functions *functions;
	struct rg_run *run;
	const struct rg_frame *frame;
	const struct rg_stack *stack;
	const struct rg_sample *sample;
	size_t frames, samples;
	uint32_t *function; /* frames: function */
	uint32_t *local;    /* frames: number of the function within this run */
	uint32_t *global;   /* locals: function */
	size_t locals;
	int64_t *on_stack; /* frames: value of the samples it stands for its function in */
	/* Of locals; not in the arena, which would hold them for every run. */
	int64_t *sum, *batch;
	size_t *seen; /* sample it was met in last, from 1 */
	struct rg_batches batches;
};

static int64_t value_of(const struct including *in, size_t sample)
{
	return in->sample[sample].value[in->run->value];
}

static int name_frames(struct including *in, struct rg_err *err)
{
	struct rg_arena *arena = in->functions->arena;
	const struct rg_module *module = rg_profile_modules(in->run->profile, &(size_t){0});

	in->function = rg_arena_array(arena, in->frames + 1, sizeof(*in->function));
	in->on_stack = rg_arena_array(arena, in->frames + 1, sizeof(*in->on_stack));
	if (!in->function || !in->on_stack)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < in->frames; i++) {
		const struct rg_frame *frame = &in->frame[i];
		int code = rg_functions_add(in->functions, frame,
					    rg_run_module(in->run, module[frame->module].name),
					    &in->function[i], err);

		if (code)
			return code;
	}
	return 0;
}

static int number_functions(struct including *in, struct rg_err *err)
{
	struct rg_arena *arena = in->functions->arena;
	uint32_t *number = rg_arena_array(arena, in->functions->count + 1, sizeof(*number));

	in->local = rg_arena_array(arena, in->frames + 1, sizeof(*in->local));
	in->global = rg_arena_array(arena, in->frames + 1, sizeof(*in->global));
	if (!number || !in->local || !in->global)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < in->functions->count; i++)
		number[i] = RG_FUNCTION_NONE;
	for (size_t i = 0; i < in->frames; i++) {
		uint32_t function = in->function[i];

		if (number[function] == RG_FUNCTION_NONE) {
			number[function] = (uint32_t)in->locals;
			in->global[in->locals++] = function;
		}
		in->local[i] = number[function];
	}
	return 0;
}

static void add_sample(struct including *in, size_t index)
{
	const struct rg_sample *sample = &in->sample[index];
	const struct rg_stack *stack = &in->stack[sample->stack];
	int64_t value = value_of(in, index);
	bool sliced = sample->slice < in->batches.slices;

	for (uint32_t i = 0; value > 0 && i < stack->depth; i++) {
		uint32_t local = in->local[stack->frames[i]];

		if (in->seen[local] == index + 1)
			continue;
		in->seen[local] = index + 1;
		in->sum[local] += value;
		in->on_stack[stack->frames[i]] += value;
		if (sliced)
			in->batch[local * RG_BATCH_COUNT + in->batches.of_slice[sample->slice]] +=
				value;
	}
}

static int add_up(struct including *in, struct rg_err *err)
{
	in->sum = calloc(in->locals + 1, sizeof(*in->sum));
	in->seen = calloc(in->locals + 1, sizeof(*in->seen));
	in->batch = calloc(in->locals + 1, RG_BATCH_COUNT * sizeof(*in->batch));
	if (!in->sum || !in->seen || !in->batch)
		return rg_err_nomem(err, "diff");
	/* No sum is larger than that of all samples, which fits: the self totals were added before. */
	for (size_t i = 0; i < in->samples; i++)
		add_sample(in, i);
	return 0;
}

static int list_functions(const struct including *in, struct rg_self_list *out, struct rg_err *err)
{
	struct rg_self *list = rg_arena_array(in->functions->arena, in->locals + 1, sizeof(*list));
	size_t count = 0;

	if (!list)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < in->locals; i++) {
		struct rg_self *one = &list[count];

		if (in->sum[i] == 0)
			continue;
		one->function = in->global[i];
		rg_self_set(one, in->run, &in->batches, in->sum[i], &in->batch[i * RG_BATCH_COUNT]);
		count++;
	}
	*out = (struct rg_self_list){list, count, in->function, in->frames};
	return 0;
}

static int vote(const struct including *in, struct rg_err *err)
{
	const struct rg_module *module = rg_profile_modules(in->run->profile, &(size_t){0});

	for (size_t i = 0; i < in->frames; i++) {
		const struct rg_frame *frame = &in->frame[i];
		const struct rg_vote vote = {in->function[i], in->run->end, in->on_stack[i], frame,
					     rg_run_module(in->run, module[frame->module].name)};
		int code = in->on_stack[i] > 0 ? rg_functions_vote(in->functions, &vote, err) : 0;

		if (code)
			return code;
	}
	return 0;
}

int rg_aggregate_callers(struct rg_functions *functions, struct rg_run *run,
			 enum rg_spread_basis spread, struct rg_self_list *out, struct rg_err *err)
{
	struct including in = {.functions = functions, .run = run};

	*out = (struct rg_self_list){0};
	if (!run->measured)
		return 0;
	in.frame = rg_profile_frames(run->profile, &in.frames);
	in.stack = rg_profile_stacks(run->profile, &(size_t){0});
	in.sample = rg_profile_samples(run->profile, &in.samples);
	int code = rg_batches_weighed(&in.batches, run, spread, functions->arena, err);

	if (!code)
		code = name_frames(&in, err);
	if (!code)
		code = number_functions(&in, err);
	if (!code)
		code = add_up(&in, err);
	if (!code)
		code = list_functions(&in, out, err);
	if (!code)
		code = vote(&in, err);
	free(in.sum);
	free(in.seen);
	free(in.batch);
	return code;
}
