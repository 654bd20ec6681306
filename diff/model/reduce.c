/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "copy.h"

#include "rg/profile.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <string.h>

/* A profile on its way into a smaller one. */
struct reducing {
	struct rg_copying copy;
	const uint32_t *slice; /* of each of its slices, the slice it becomes part of */
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
	const struct rg_slice *slice = rg_profile_slices(reducing->copy.from, &count);
	uint32_t *part = rg_arena_array(reducing->copy.arena, count + 1, sizeof(*part));
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
		int code = rg_profile_builder_slice(reducing->copy.to, &sum, err);

		if (code)
			return code;
		sum = (struct rg_slice){0};
	}
	return 0;
}

/* --- The rest --------------------------------------------------------------------------------- */

static int copy_samples(struct reducing *reducing, struct rg_err *err)
{
	size_t count;
	const struct rg_sample *sample = rg_profile_samples(reducing->copy.from, &count);
	int code = 0;

	for (size_t i = 0; !code && i < count; i++) {
		struct rg_sample copy = sample[i];

		copy.stack = reducing->copy.stack[copy.stack];
		if (copy.slice != RG_NO_SLICE)
			copy.slice = reducing->slice[copy.slice];
		/* Who waits may be told by the thread alone; what runs is told by its function. */
		if (copy.value[RG_VALUE_WAITS] == 0 && copy.value[RG_VALUE_OFF_CPU_NS] == 0)
			copy.thread = "";
		code = rg_profile_builder_sample(reducing->copy.to, &copy, err);
	}
	return code;
}

static int copy_facts(struct reducing *reducing, struct rg_err *err)
{
	size_t count;
	const struct rg_fact *fact = rg_profile_facts(reducing->copy.from, &count);
	int code = 0;

	for (size_t i = 0; !code && i < count; i++)
		code = rg_profile_builder_fact(reducing->copy.to, fact[i].key, fact[i].value, err);
	return code;
}

static int reduce(struct reducing *reducing, uint32_t most, struct rg_profile **out,
		  struct rg_err *err)
{
	int code = reduce_slices(reducing, most, err);

	if (!code)
		code = rg_copy_stacks(&reducing->copy, err);
	if (!code)
		code = copy_samples(reducing, err);
	if (!code)
		code = copy_facts(reducing, err);
	return code ? code : rg_profile_builder_finish(reducing->copy.to, out, err);
}

int rg_profile_reduce(const struct rg_profile *profile, uint32_t most_slices,
		      struct rg_profile **out, struct rg_err *err)
{
	struct reducing reducing = {.copy = {.from = profile,
					     .to = rg_profile_builder_new(),
					     .arena = rg_arena_new(0)}};
	int code = reducing.copy.to && reducing.copy.arena
			   ? reduce(&reducing, most_slices, out, err)
			   : rg_err_nomem(err, "profile");

	rg_profile_builder_free(reducing.copy.to);
	rg_arena_free(reducing.copy.arena);
	return code;
}
