/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "align.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <string.h>

/* One run while it is added up. */
struct adding {
	struct rg_functions *functions;
	struct rg_run *run;
	const struct rg_frame *frame;
	const struct rg_stack *stack;
	const struct rg_sample *sample;
	size_t frames, samples;
	int64_t *self;      /* frames: value of the samples it is the leaf of */
	uint32_t *function; /* frames: its function; RG_FUNCTION_NONE when it is no leaf */
	/* Samples in the order of their functions: those of `local` i end before end[i]. */
	uint32_t *order;
	size_t *end;
	uint32_t *local;  /* functions: number within this run */
	uint32_t *global; /* locals: function */
	size_t locals;
	struct rg_batches batches;
};

static int64_t value_of(const struct adding *adding, size_t sample)
{
	return adding->sample[sample].value[adding->run->value];
}

static uint32_t leaf_of(const struct adding *adding, size_t sample)
{
	return rg_stack_leaf(adding->frame, &adding->stack[adding->sample[sample].stack]);
}

static int64_t to_count(const struct rg_run *run, int64_t value)
{
	return value / run->unit + (value % run->unit >= run->unit - value % run->unit);
}

static int add_self(struct adding *adding, struct rg_err *err)
{
	adding->self =
		rg_arena_array(adding->functions->arena, adding->frames + 1, sizeof(*adding->self));
	int64_t all = 0;

	if (!adding->self)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < adding->samples; i++) {
		/* The whole fits, none is negative: so will every part that is added up later. */
		if (__builtin_add_overflow(all, value_of(adding, i), &all))
			return rg_err_set(err, RG_ELIMIT,
					  "diff: add up the samples: more than 2^63 - 1");
		adding->self[leaf_of(adding, i)] += value_of(adding, i);
	}
	return 0;
}

int rg_functions_vote(struct rg_functions *functions, const struct rg_vote *vote,
		      struct rg_err *err)
{
	if (functions->vote_count == functions->vote_cap) {
		size_t cap = functions->vote_cap ? 2 * functions->vote_cap : 256;
		struct rg_vote *votes = rg_arena_array(functions->arena, cap, sizeof(*votes));

		if (!votes)
			return rg_err_nomem(err, "diff");
		if (functions->vote_count > 0)
			memcpy(votes, functions->vote, functions->vote_count * sizeof(*votes));
		functions->vote = votes;
		functions->vote_cap = cap;
	}
	functions->vote[functions->vote_count++] = *vote;
	return 0;
}

static int name_frames(struct adding *adding, struct rg_err *err)
{
	struct rg_run *run = adding->run;
	const struct rg_module *module = rg_profile_modules(run->profile, &(size_t){0});

	adding->function = rg_arena_array(adding->functions->arena, adding->frames + 1,
					  sizeof(*adding->function));
	if (!adding->function)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < adding->frames; i++) {
		const struct rg_frame *frame = &adding->frame[i];
		const char *place = rg_run_module(run, module[frame->module].name);

		adding->function[i] = RG_FUNCTION_NONE;
		if (adding->self[i] == 0)
			continue;
		int code = rg_functions_add(adding->functions, frame, place, &adding->function[i],
					    err);
		if (code)
			return code;
		double count = (double)adding->self[i] / (double)run->unit;

		run->all += count;
		run->named += frame->unnamed ? 0 : count;
		struct rg_vote vote = {adding->function[i], run->end, adding->self[i], frame,
				       place};

		code = rg_functions_vote(adding->functions, &vote, err);
		if (code)
			return code;
	}
	return 0;
}

/* Numbers the functions this run has, and counts their samples into end[]. */
static void number_functions(struct adding *adding)
{
	for (size_t i = 0; i < adding->functions->count; i++)
		adding->local[i] = RG_FUNCTION_NONE;
	for (size_t i = 0; i < adding->samples; i++) {
		uint32_t function = adding->function[leaf_of(adding, i)];

		if (function == RG_FUNCTION_NONE)
			continue;
		if (adding->local[function] == RG_FUNCTION_NONE) {
			adding->global[adding->locals] = function;
			adding->local[function] = (uint32_t)adding->locals++;
		}
		adding->end[adding->local[function]]++;
	}
}

/* A counting sort: afterwards end[] holds where each function's samples end in order[]. */
static void order_samples(struct adding *adding)
{
	size_t start = 0;

	for (size_t i = 0; i < adding->locals; i++) {
		size_t count = adding->end[i];

		adding->end[i] = start;
		start += count;
	}
	for (size_t i = 0; i < adding->samples; i++) {
		uint32_t function = adding->function[leaf_of(adding, i)];

		if (function != RG_FUNCTION_NONE)
			adding->order[adding->end[adding->local[function]]++] = (uint32_t)i;
	}
}

static int group_samples(struct adding *adding, struct rg_err *err)
{
	struct rg_arena *arena = adding->functions->arena;
	size_t functions = adding->functions->count + 1;

	adding->order = rg_arena_array(arena, adding->samples + 1, sizeof(*adding->order));
	adding->end = rg_arena_array(arena, functions, sizeof(*adding->end));
	adding->local = rg_arena_array(arena, functions, sizeof(*adding->local));
	adding->global = rg_arena_array(arena, functions, sizeof(*adding->global));
	if (!adding->order || !adding->end || !adding->local || !adding->global)
		return rg_err_nomem(err, "diff");
	number_functions(adding);
	order_samples(adding);
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
		 int64_t sum, const int64_t *batch)
{
	self->count = to_count(run, sum);
	if (batches->used > 0)
		measure_spread(run, batches, batch, self);
}

static void sum_function(const struct adding *adding, size_t from, size_t to, struct rg_self *self)
{
	int64_t batch[RG_BATCH_COUNT] = {0};
	int64_t sum = 0;

	for (size_t i = from; i < to; i++) {
		uint32_t sample = adding->order[i], slice = adding->sample[sample].slice;
		int64_t value = value_of(adding, sample);

		sum += value;
		if (slice < adding->batches.slices)
			batch[adding->batches.of_slice[slice]] += value;
	}
	rg_self_set(self, adding->run, &adding->batches, sum, batch);
}

static int sum_functions(struct adding *adding, struct rg_self_list *out, struct rg_err *err)
{
	struct rg_self *list =
		rg_arena_array(adding->functions->arena, adding->locals + 1, sizeof(*list));
	size_t from = 0;

	if (!list)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < adding->locals; i++) {
		list[i].function = adding->global[i];
		sum_function(adding, from, adding->end[i], &list[i]);
		from = adding->end[i];
	}
	adding->run->batches = adding->batches.used;
	*out = (struct rg_self_list){list, adding->locals, adding->function, adding->frames};
	return 0;
}

/* Each batch's part of the sliced samples in place of its part of the time. */
static void weigh_by_samples(struct rg_batches *batches, const struct rg_run *run)
{
	double sum[RG_BATCH_COUNT] = {0}, all = 0;
	size_t count;
	const struct rg_sample *sample = rg_profile_samples(run->profile, &count);

	for (size_t i = 0; i < count; i++) {
		double value = (double)sample[i].value[run->value];

		if (sample[i].slice >= batches->slices)
			continue;
		sum[batches->of_slice[sample[i].slice]] += value;
		all += value;
	}
	if (!(all > 0))
		return;
	batches->part_square = 0;
	for (size_t i = 0; i < RG_BATCH_COUNT; i++) {
		batches->part[i] = sum[i] / all;
		batches->part_square += batches->part[i] * batches->part[i];
	}
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

int rg_aggregate(struct rg_functions *functions, struct rg_run *run, enum rg_spread_basis spread,
		 struct rg_self_list *out, struct rg_err *err)
{
	struct adding adding = {.functions = functions, .run = run};

	adding.frame = rg_profile_frames(run->profile, &adding.frames);
	adding.stack = rg_profile_stacks(run->profile, &(size_t){0});
	adding.sample = rg_profile_samples(run->profile, &adding.samples);
	*out = (struct rg_self_list){0};
	if (!run->measured)
		return 0;
	int code = rg_batches_weighed(&adding.batches, run, spread, functions->arena, err);

	if (!code)
		code = add_self(&adding, err);
	if (!code)
		code = name_frames(&adding, err);
	if (!code)
		code = group_samples(&adding, err);
	return code ? code : sum_functions(&adding, out, err);
}
