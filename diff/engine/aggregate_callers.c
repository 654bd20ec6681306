/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "align.h"

#include "rg/arena.h"
#include "rg/err.h"

/* One run while its stacks are added up, each function once a stack however often it calls itself. */
struct including {
	struct rg_aggregation *to;
	struct rg_run *run;
	const struct rg_frame *frame;
	const struct rg_stack *stack;
	size_t frames;
	bool *used;              /* frames: whether a stack with samples holds it */
	struct rg_locals locals; /* of frames that are used */
	int64_t *on_stack;       /* frames: value of the samples it stands for its function in */
	/* Of locals: */
	int64_t *sum, *batch;
	size_t *seen; /* sample it was met in last, from 1 */
	struct rg_batches batches;
};

/* Other runs may have frames in the same list. */
static int find_used(struct including *in, struct rg_err *err)
{
	struct rg_sample_reader reader = rg_profile_read_samples(in->run->profile);
	uint32_t last = UINT32_MAX;
	struct rg_sample sample;

	in->used = rg_arena_array(in->to->scratch, in->frames + 1, sizeof(*in->used));
	if (!in->used)
		return rg_err_nomem(err, "diff");
	while (rg_sample_next(&reader, &sample)) {
		const struct rg_stack *stack = &in->stack[sample.stack];

		for (uint32_t i = 0; sample.stack != last && i < stack->depth; i++)
			in->used[stack->frames[i]] = true;
		last = sample.stack;
	}
	return 0;
}

static int name_frames(struct including *in, struct rg_err *err)
{
	const struct rg_module *module = rg_profile_modules(in->run->profile, &(size_t){0});
	uint32_t *function = in->to->function;
	int code = 0;

	for (size_t i = 0; !code && i < in->frames; i++) {
		const struct rg_frame *frame = &in->frame[i];
		const char *name = rg_run_module(in->run, module[frame->module].name);

		if (in->used[i] && function[i] == RG_FUNCTION_NONE)
			code = rg_functions_add(in->to->functions, frame, name, &function[i], err);
	}
	return code;
}

static bool is_used(const void *ctx, size_t frame)
{
	const struct including *in = ctx;

	return in->used[frame];
}

/* `met`: samples until now, this one included. */
static void add_sample(struct including *in, const struct rg_sample *sample, size_t met)
{
	const struct rg_stack *stack = &in->stack[sample->stack];
	int64_t value = sample->value[in->run->value];
	bool sliced = sample->slice < in->batches.slices;

	for (uint32_t i = 0; value > 0 && i < stack->depth; i++) {
		uint32_t local = in->locals.local[stack->frames[i]];

		if (in->seen[local] == met)
			continue;
		in->seen[local] = met;
		in->sum[local] += value;
		in->on_stack[stack->frames[i]] += value;
		if (sliced)
			in->batch[local * RG_BATCH_COUNT + in->batches.of_slice[sample->slice]] +=
				value;
	}
}

static int add_up(struct including *in, struct rg_err *err)
{
	struct rg_sample_reader reader = rg_profile_read_samples(in->run->profile);
	struct rg_arena *scratch = in->to->scratch;
	struct rg_sample sample;
	size_t met = 0;

	in->on_stack = rg_arena_array(scratch, in->frames + 1, sizeof(*in->on_stack));
	in->sum = rg_arena_array(scratch, in->locals.count + 1, sizeof(*in->sum));
	in->seen = rg_arena_array(scratch, in->locals.count + 1, sizeof(*in->seen));
	in->batch =
		rg_arena_array(scratch, in->locals.count + 1, RG_BATCH_COUNT * sizeof(*in->batch));
	if (!in->on_stack || !in->sum || !in->seen || !in->batch)
		return rg_err_nomem(err, "diff");
	/* No sum is larger than that of all samples, which fits: the self totals were added before. */
	while (rg_sample_next(&reader, &sample))
		add_sample(in, &sample, ++met);
	return 0;
}

static int list_functions(const struct including *in, struct rg_err *err)
{
	struct rg_self *list = rg_arena_array(in->to->scratch, in->locals.count + 1, sizeof(*list));
	struct rg_apart *apart;
	size_t count = 0;

	if (!list || rg_apart_places(in->run, in->locals.count, &apart, in->to->functions->arena))
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < in->locals.count; i++) {
		struct rg_self *one = &list[count];

		if (in->sum[i] == 0)
			continue;
		one->function = in->locals.global[i];
		rg_self_set(one, in->run, &in->batches, in->sum[i], &in->batch[i * RG_BATCH_COUNT],
			    apart ? &apart[i] : NULL);
		count++;
	}
	in->to->self = (struct rg_self_list){list, count};
	return 0;
}

static int vote(const struct including *in, struct rg_err *err)
{
	const struct rg_module *module = rg_profile_modules(in->run->profile, &(size_t){0});
	struct rg_functions *functions = in->to->functions;

	for (size_t i = 0; i < in->frames; i++) {
		const struct rg_frame *frame = &in->frame[i];
		const struct rg_vote vote = {in->to->function[i], in->run->end, in->on_stack[i],
					     frame,
					     rg_run_module(in->run, module[frame->module].name)};

		if (in->on_stack[i] > 0 && rg_votes_add(&functions->votes, &vote, functions->arena))
			return rg_err_nomem(err, "diff");
	}
	return 0;
}

int rg_aggregate_callers(struct rg_aggregation *aggregation, struct rg_run *run, struct rg_err *err)
{
	struct including in = {.to = aggregation, .run = run};

	aggregation->self = (struct rg_self_list){0};
	if (!run->measured)
		return 0;
	in.frame = rg_profile_frames(run->profile, &in.frames);
	in.stack = rg_profile_stacks(run->profile, &(size_t){0});
	int code = rg_batches_weighed(&in.batches, run, aggregation->spread, aggregation->scratch,
				      err);

	if (!code)
		code = find_used(&in, err);
	if (!code)
		code = name_frames(&in, err);
	if (!code)
		code = rg_locals_make(&in.locals, aggregation, in.frames, is_used, &in, err);
	if (!code)
		code = add_up(&in, err);
	if (!code)
		code = list_functions(&in, err);
	return code ? code : vote(&in, err);
}
