/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/profile.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <string.h>

/* A profile on its way into a smaller one. */
struct reducing {
	const struct rg_profile *from;
	struct rg_profile_builder *to;
	struct rg_arena *arena;
	const uint32_t *slice; /* of each of its slices, the slice it becomes part of */
	uint32_t *module, *frame, *stack;
};

/* --- Slices ----------------------------------------------------------------------------------- */

/* Slice i of `count` by the middle of its time, as good as equal parts of the window. */
static void assign(const struct rg_slice *slice, size_t count, uint32_t most, uint32_t *part)
{
	double whole = 0, start = 0;
	uint32_t last = 0, parts = 0;

	for (size_t i = 0; i < count; i++)
		whole += (double)slice[i].wall_ns;
	for (size_t i = 0; i < count; i++) {
		double length = whole > 0 ? (double)slice[i].wall_ns : 1;
		double place = (start + length / 2) / (whole > 0 ? whole : (double)count) * most;
		uint32_t at = place < most ? (uint32_t)place : most - 1;

		start += length;
		parts += i == 0 || at != last; /* what is empty is left out */
		last = at;
		part[i] = parts - 1;
	}
}

/* Sums stop at their type's end: 64 bits of ns are centuries. */
static void add_slice(struct rg_slice *to, const struct rg_slice *slice)
{
	const uint64_t *from_field = (const uint64_t *)slice;
	uint64_t *to_field = (uint64_t *)to;

	_Static_assert(sizeof(struct rg_slice) % sizeof(uint64_t) == 0, "all its fields are sums");
	for (size_t i = 0; i < sizeof(*slice) / sizeof(uint64_t); i++) {
		if (__builtin_add_overflow(to_field[i], from_field[i], &to_field[i]))
			to_field[i] = UINT64_MAX;
	}
}

static int reduce_slices(struct reducing *reducing, uint32_t most, struct rg_err *err)
{
	size_t count;
	const struct rg_slice *slice = rg_profile_slices(reducing->from, &count);
	uint32_t *part = rg_arena_array(reducing->arena, count + 1, sizeof(*part));
	struct rg_slice sum = {0};

	if (!part) {
		rg_err_nomem(err, "profile");
		return RG_ENOMEM;
	}
	assign(slice, count, most, part);
	reducing->slice = part;
	for (size_t i = 0; i < count; i++) {
		add_slice(&sum, &slice[i]);
		if (i + 1 < count && part[i + 1] == part[i])
			continue;
		int code = rg_profile_builder_slice(reducing->to, &sum, err);

		if (code)
			return code;
		sum = (struct rg_slice){0};
	}
	return 0;
}

/* --- Frames and stacks ------------------------------------------------------------------------ */

static int copy_frames(struct reducing *reducing, struct rg_err *err)
{
	size_t modules, frames;
	const struct rg_module *module = rg_profile_modules(reducing->from, &modules);
	const struct rg_frame *frame = rg_profile_frames(reducing->from, &frames);
	int code = 0;

	reducing->module = rg_arena_array(reducing->arena, modules + 1, sizeof(uint32_t));
	reducing->frame = rg_arena_array(reducing->arena, frames + 1, sizeof(uint32_t));
	if (!reducing->module || !reducing->frame) {
		rg_err_nomem(err, "profile");
		return RG_ENOMEM;
	}
	for (size_t i = 0; !code && i < modules; i++)
		code = rg_profile_builder_module(reducing->to, module[i].name, module[i].build_id,
						 &reducing->module[i], err);
	for (size_t i = 0; !code && i < frames; i++) {
		struct rg_frame copy = frame[i];

		copy.module = reducing->module[copy.module];
		code = rg_profile_builder_frame(reducing->to, &copy, &reducing->frame[i], err);
	}
	return code;
}

static int copy_stack(struct reducing *reducing, const struct rg_stack *stack, uint32_t *id,
		      struct rg_err *err)
{
	uint32_t frames[RG_PROFILE_MAX_DEPTH];

	for (uint32_t i = 0; i < stack->depth; i++)
		frames[i] = reducing->frame[stack->frames[i]];
	return rg_profile_builder_stack(reducing->to, frames, stack->depth, id, err);
}

static int copy_stacks(struct reducing *reducing, struct rg_err *err)
{
	size_t count;
	const struct rg_stack *stack = rg_profile_stacks(reducing->from, &count);
	int code = 0;

	reducing->stack = rg_arena_array(reducing->arena, count + 1, sizeof(uint32_t));
	if (!reducing->stack) {
		rg_err_nomem(err, "profile");
		return RG_ENOMEM;
	}
	for (size_t i = 0; !code && i < count; i++)
		code = copy_stack(reducing, &stack[i], &reducing->stack[i], err);
	return code;
}

/* --- The rest --------------------------------------------------------------------------------- */

static int copy_samples(struct reducing *reducing, struct rg_err *err)
{
	size_t count;
	const struct rg_sample *sample = rg_profile_samples(reducing->from, &count);
	int code = 0;

	for (size_t i = 0; !code && i < count; i++) {
		struct rg_sample copy = sample[i];

		copy.stack = reducing->stack[copy.stack];
		if (copy.slice != RG_NO_SLICE)
			copy.slice = reducing->slice[copy.slice];
		/* Who waits may be told by the thread alone; what runs is told by its function. */
		if (copy.value[RG_VALUE_WAITS] == 0 && copy.value[RG_VALUE_OFF_CPU_NS] == 0)
			copy.thread = "";
		code = rg_profile_builder_sample(reducing->to, &copy, err);
	}
	return code;
}

static int copy_facts(struct reducing *reducing, struct rg_err *err)
{
	size_t count;
	const struct rg_fact *fact = rg_profile_facts(reducing->from, &count);
	int code = 0;

	for (size_t i = 0; !code && i < count; i++)
		code = rg_profile_builder_fact(reducing->to, fact[i].key, fact[i].value, err);
	for (int value = 0; value < RG_VALUE_COUNT; value++) {
		if (rg_profile_has(reducing->from, (enum rg_value)value))
			rg_profile_builder_measures(reducing->to, (enum rg_value)value);
	}
	return code;
}

static int reduce(struct reducing *reducing, uint32_t most, struct rg_profile **out,
		  struct rg_err *err)
{
	int code = reduce_slices(reducing, most, err);

	if (!code)
		code = copy_frames(reducing, err);
	if (!code)
		code = copy_stacks(reducing, err);
	if (!code)
		code = copy_samples(reducing, err);
	if (!code)
		code = copy_facts(reducing, err);
	return code ? code : rg_profile_builder_finish(reducing->to, out, err);
}

int rg_profile_reduce(const struct rg_profile *profile, uint32_t most_slices,
		      struct rg_profile **out, struct rg_err *err)
{
	struct reducing reducing = {
		.from = profile, .to = rg_profile_builder_new(), .arena = rg_arena_new(0)};
	int code = reducing.to && reducing.arena ? reduce(&reducing, most_slices, out, err)
						 : rg_err_nomem(err, "profile");

	rg_profile_builder_free(reducing.to);
	rg_arena_free(reducing.arena);
	return code;
}
