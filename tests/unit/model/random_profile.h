/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_MODEL_RANDOM_PROFILE_H
#define TEST_MODEL_RANDOM_PROFILE_H

/*
 * Profiles of random content: names of any bytes but NUL, repeated and empty texts, few or many
 * slices, any set of measured values.
 */
#include "make.h"

struct random_profile {
	uint64_t seed;
	struct rg_profile_builder *builder;
	uint32_t modules[6], frames[24], stacks[24];
	unsigned int measured; /* a bit per rg_value */
	uint32_t slices;
};

static inline uint64_t random_below(uint64_t *seed, uint64_t limit)
{
	return next_random(seed) % limit;
}

/* Short, so that equal ones occur; of any bytes but NUL and those in `without`. */
static inline void random_text(uint64_t *seed, char *text, size_t max, const char *without)
{
	size_t len = (size_t)random_below(seed, max);

	for (size_t i = 0; i < len; i++) {
		do
			text[i] = (char)(1 + random_below(seed, 255));
		while (strchr(without, text[i]));
	}
	text[len] = '\0';
}

static inline void random_modules(struct random_profile *r)
{
	static const char *const ids[] = {"", "", "0f", "deadbeef"};
	char name[8];

	for (size_t i = 0; i < COUNT(r->modules); i++) {
		random_text(&r->seed, name, sizeof(name), "");
		r->modules[i] = make_module(r->builder, name, ids[random_below(&r->seed, 4)]);
	}
}

static inline void random_frame(struct random_profile *r, uint32_t *id)
{
	char function[12] = "f", file[5];
	struct rg_frame frame = {.function = function, .file = file};
	struct rg_err err = {0};

	if (random_below(&r->seed, 5) == 0)
		frame.function = "[app]+0x12f";
	else
		random_text(&r->seed, function + 1, sizeof(function) - 1, "");
	random_text(&r->seed, file, sizeof(file), "");
	frame.line = (uint32_t)random_below(&r->seed, 3) * UINT32_MAX / 2;
	frame.start_line = (uint32_t)random_below(&r->seed, 3);
	frame.code = random_below(&r->seed, 3) * (UINT64_MAX / 2);
	frame.module = r->modules[random_below(&r->seed, COUNT(r->modules))];
	assert_int_equal(rg_profile_builder_frame(r->builder, &frame, id, &err), 0);
}

static inline void random_places(struct random_profile *r)
{
	random_modules(r);
	for (size_t i = 0; i < COUNT(r->frames); i++)
		random_frame(r, &r->frames[i]);
	for (size_t i = 0; i < COUNT(r->stacks); i++) {
		uint32_t frames[9];
		size_t depth = 1 + (size_t)random_below(&r->seed, COUNT(frames));

		for (size_t j = 0; j < depth; j++)
			frames[j] = r->frames[random_below(&r->seed, COUNT(r->frames))];
		r->stacks[i] = make_stack(r->builder, frames, depth);
	}
}

static inline void random_sample(struct random_profile *r)
{
	static const char *const waits[] = {"", RG_WAIT_LOCK, RG_WAIT_POLL, "of tomorrow"};
	char thread[4];
	struct rg_sample sample = {.thread = thread, .slice = RG_NO_SLICE};
	struct rg_err err = {0};

	sample.wait = waits[random_below(&r->seed, COUNT(waits))];

	random_text(&r->seed, thread, sizeof(thread), "");
	sample.stack = r->stacks[random_below(&r->seed, COUNT(r->stacks))];
	if (r->slices > 0 && random_below(&r->seed, 8) != 0)
		sample.slice = (uint32_t)random_below(&r->seed, r->slices);
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		if (r->measured >> v & 1)
			sample.value[v] = (int64_t)(next_random(&r->seed) >>
						    (12 + random_below(&r->seed, 52)));
	assert_int_equal(rg_profile_builder_sample(r->builder, &sample, &err), 0);
}

static inline void random_facts(struct random_profile *r)
{
	static const char *const keys[] = {RG_KEY_TOOL, RG_KEY_PERIOD_NS, RG_KEY_WALL_NS,
					   RG_KEY_STARTED_NS, "a.b_c9"};
	static const char *const values[] = {"", "0", "007", "10101010", "18446744073709551615"};
	char value[12];

	for (size_t i = 0; i < COUNT(keys); i++) {
		random_text(&r->seed, value, sizeof(value), "\n");
		if (random_below(&r->seed, 3) != 0)
			make_fact(r->builder, keys[i],
				  random_below(&r->seed, 2) ? value
							    : values[random_below(&r->seed, 5)]);
	}
}

static inline void random_slice(struct random_profile *r)
{
	struct rg_slice slice = {.wall_ns = 1000000};
	struct rg_err err = {0};

	if (random_below(&r->seed, 4) == 0)
		slice.wall_ns = next_random(&r->seed);
	if (random_below(&r->seed, 3) == 0) {
		slice.thread_ns = next_random(&r->seed);
		slice.cpu_ns = random_below(&r->seed, 2);
		slice.runq_ns = random_below(&r->seed, 3);
		slice.blocked_ns = next_random(&r->seed);
	}
	assert_int_equal(rg_profile_builder_slice(r->builder, &slice, &err), 0);
}

static inline struct rg_profile *random_profile(uint64_t seed)
{
	struct random_profile r = {.seed = seed, .builder = rg_profile_builder_new()};

	r.measured = 1 + (unsigned int)random_below(&r.seed, 15);
	r.slices = (uint32_t)random_below(&r.seed, 2) * (uint32_t)random_below(&r.seed, 700);
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		if (r.measured >> v & 1)
			rg_profile_builder_measures(r.builder, (enum rg_value)v);
	random_places(&r);
	for (uint32_t i = 0; i < r.slices; i++)
		random_slice(&r);
	for (uint64_t i = random_below(&r.seed, 60); i > 0; i--)
		random_sample(&r);
	random_facts(&r);
	return make_profile(r.builder);
}

#endif
