/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "align.h"

#include "rg/arena.h"
#include "rg/err.h"

/* One run while it is added up. */
struct adding {
	struct rg_aggregation *to;
	struct rg_run *run;
	const struct rg_frame *frame;
	const struct rg_stack *stack;
	size_t frames;
	int64_t *self;           /* frames: value of the samples it is the leaf of */
	struct rg_locals locals; /* of frames with such samples */
	int64_t *batch;          /* locals x RG_BATCH_COUNT: value of the samples in each */
	struct rg_batches batches;
};

static int64_t value_of(const struct adding *adding, const struct rg_sample *sample)
{
	return sample->value[adding->run->value];
}

static uint32_t leaf_of(const struct adding *adding, const struct rg_sample *sample)
{
	return rg_stack_leaf(adding->frame, &adding->stack[sample->stack]);
}

static int64_t to_count(const struct rg_run *run, int64_t value)
{
	return value / run->unit + (value % run->unit >= run->unit - value % run->unit);
}

static int add_self(struct adding *adding, struct rg_err *err)
{
	struct rg_sample_reader reader = rg_profile_read_samples(adding->run->profile);
	struct rg_sample sample;
	int64_t all = 0;

	adding->self =
		rg_arena_array(adding->to->scratch, adding->frames + 1, sizeof(*adding->self));
	if (!adding->self)
		return rg_err_nomem(err, "diff");
	while (rg_sample_next(&reader, &sample)) {
		/* The whole fits, none is negative: so will every part that is added up later. */
		if (__builtin_add_overflow(all, value_of(adding, &sample), &all))
			return rg_err_set(err, RG_ELIMIT,
					  "diff: add up the samples: more than 2^63 - 1");
		adding->self[leaf_of(adding, &sample)] += value_of(adding, &sample);
	}
	return 0;
}

static int name_frame(struct adding *adding, size_t index, const char *module, struct rg_err *err)
{
	const struct rg_frame *frame = &adding->frame[index];
	struct rg_functions *functions = adding->to->functions;
	uint32_t *function = &adding->to->function[index];
	double count = (double)adding->self[index] / (double)adding->run->unit;
	int code = 0;

	if (*function == RG_FUNCTION_NONE)
		code = rg_functions_add(functions, frame, module, function, err);
	if (code)
		return code;
	adding->run->all += count;
	adding->run->named += frame->unnamed ? 0 : count;
	const struct rg_vote vote = {*function, adding->run->end, adding->self[index], frame,
				     module};

	return rg_votes_add(&functions->votes, &vote, functions->arena) ? rg_err_nomem(err, "diff")
									: 0;
}

static int name_frames(struct adding *adding, struct rg_err *err)
{
	struct rg_run *run = adding->run;
	const struct rg_module *module = rg_profile_modules(run->profile, &(size_t){0});
	int code = 0;

	for (size_t i = 0; !code && i < adding->frames; i++) {
		const char *name = module[adding->frame[i].module].name;

		if (adding->self[i] > 0)
			code = name_frame(adding, i, rg_run_module(run, name), err);
	}
	return code;
}

static bool has_self(const void *ctx, size_t frame)
{
	const struct adding *adding = ctx;

	return adding->self[frame] != 0;
}

static int add_batches(struct adding *adding, struct rg_err *err)
{
	const struct rg_batches *batches = &adding->batches;
	struct rg_sample_reader reader = rg_profile_read_samples(adding->run->profile);
	struct rg_sample sample;

	adding->batch = rg_arena_array(adding->to->scratch, adding->locals.count + 1,
				       RG_BATCH_COUNT * sizeof(*adding->batch));
	if (!adding->batch)
		return rg_err_nomem(err, "diff");
	while (rg_sample_next(&reader, &sample)) {
		size_t first;

		if (sample.slice >= batches->slices || value_of(adding, &sample) == 0)
			continue;
		first = (size_t)adding->locals.local[leaf_of(adding, &sample)] * RG_BATCH_COUNT;
		adding->batch[first + batches->of_slice[sample.slice]] += value_of(adding, &sample);
	}
	return 0;
}

/* Samples outside all slices count, but say nothing of the variance. */
static void measure_spread(const struct rg_run *run, const struct rg_batches *batches,
			   const int64_t *batch, struct rg_self *self)
{
	double unit = (double)run->unit, sliced = 0;

	for (size_t i = 0; i < RG_BATCH_COUNT; i++)
		sliced += (double)batch[i] / unit;
	for (size_t i = 0; i < RG_BATCH_COUNT; i++) {
		double distance = (double)batch[i] / unit - sliced * batches->part[i];

		self->squares += distance * distance;
	}
	self->expected = sliced * (1 - batches->part_square);
}

void rg_self_set(struct rg_self *self, const struct rg_run *run, const struct rg_batches *batches,
		 int64_t sum, const int64_t *batch, struct rg_apart *apart)
{
	self->count = to_count(run, sum);
	if (batches->used > 0)
		measure_spread(run, batches, batch, self);
	if (apart)
		self->apart = rg_apart_measure(batches, batch, (double)run->unit, apart);
}

static int sum_functions(struct adding *adding, struct rg_err *err)
{
	struct rg_self *list =
		rg_arena_array(adding->to->scratch, adding->locals.count + 1, sizeof(*list));
	int64_t *sum = rg_arena_array(adding->to->scratch, adding->locals.count + 1, sizeof(*sum));
	struct rg_apart *apart;

	if (!list || !sum ||
	    rg_apart_places(adding->run, adding->locals.count, &apart,
			    adding->to->functions->arena))
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < adding->frames; i++) {
		if (adding->self[i] > 0)
			sum[adding->locals.local[i]] += adding->self[i];
	}
	for (size_t i = 0; i < adding->locals.count; i++) {
		list[i].function = adding->locals.global[i];
		rg_self_set(&list[i], adding->run, &adding->batches, sum[i],
			    &adding->batch[i * RG_BATCH_COUNT], apart ? &apart[i] : NULL);
	}
	adding->run->batches = adding->batches.used;
	adding->to->self = (struct rg_self_list){list, adding->locals.count};
	return 0;
}

/* Each batch's part of the sliced samples in place of its part of the time. */
static void weigh_by_samples(struct rg_batches *batches, const struct rg_run *run)
{
	double sum[RG_BATCH_COUNT] = {0}, all = 0;
	struct rg_sample_reader reader = rg_profile_read_samples(run->profile);
	struct rg_sample sample;

	while (rg_sample_next(&reader, &sample)) {
		double value = (double)sample.value[run->value];

		if (sample.slice >= batches->slices)
			continue;
		sum[batches->of_slice[sample.slice]] += value;
		all += value;
	}
	rg_batches_weigh(batches, sum, all);
}

int rg_batches_weighed(struct rg_batches *out, const struct rg_run *run,
		       enum rg_spread_basis spread, struct rg_arena *arena, struct rg_err *err)
{
	int code = rg_batches_make(out, run->profile, arena, err);

	if (!code && spread == RG_SPREAD_BY_SAMPLES)
		weigh_by_samples(out, run);
	if (!code && spread == RG_SPREAD_BY_WORK)
		rg_batches_weigh_by_work(out, run->profile);
	return code;
}

int rg_aggregate(struct rg_aggregation *aggregation, struct rg_run *run, struct rg_err *err)
{
	struct adding adding = {.to = aggregation, .run = run};

	adding.frame = rg_profile_frames(run->profile, &adding.frames);
	adding.stack = rg_profile_stacks(run->profile, &(size_t){0});
	aggregation->self = (struct rg_self_list){0};
	if (!run->measured)
		return 0;
	int code = rg_batches_weighed(&adding.batches, run, aggregation->spread,
				      aggregation->scratch, err);

	if (!code)
		code = add_self(&adding, err);
	if (!code)
		code = name_frames(&adding, err);
	if (!code)
		code = rg_locals_make(&adding.locals, aggregation, adding.frames, has_self, &adding,
				      err);
	if (!code)
		code = add_batches(&adding, err);
	return code ? code : sum_functions(&adding, err);
}
