/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ENGINE_WAIT_MADE_H
#define TEST_ENGINE_WAIT_MADE_H

#include "made.h"

#include "../../bench/random.h"

/*
 * Waits made to order, for profiles of made.h. A stack is a text, leaf first: "futex;pthread_mutex_lock
 * of libc.so.6;Pool::acquire;main": frames without a module are the program's, in "server".
 */

enum { WAITS_MAX = 12, WAIT_FRAMES_MAX = 16, WAIT_FRAME_BYTES = 128 };

/* How long waits are, of a mean. */
enum wait_shape {
	WAIT_EVEN = 0, /* all alike, as many in every slice */
	WAIT_POISSON,  /* all alike, at random times */
	WAIT_EXPONENTIAL,
	WAIT_LOG_NORMAL, /* sigma 1.5 */
	WAIT_PARETO,     /* alpha 1.5: no variance */
	WAIT_BURSTS,     /* exponential, twenty at a time */
	WAIT_SHAPES,
};

struct wait_spec {
	const char *stack, *wait, *thread;
	double per_second; /* waits */
	double mean_ms;
	enum wait_shape shape;
};

struct wait_set {
	struct wait_spec wait[WAITS_MAX];
	size_t slices;
	double slice_seconds;
	double sigma; /* CV of each wait's cost between runs */
	uint64_t seed;
};

static inline uint32_t wait_frame(struct rg_profile_builder *builder, const char *text)
{
	char function[WAIT_FRAME_BYTES], module_name[WAIT_FRAME_BYTES] = "server";
	const char *of = strstr(text, " of ");
	uint32_t module, id;

	snprintf(function, sizeof(function), "%.*s", (int)(of ? of - text : (long)strlen(text)),
		 text);
	if (of)
		snprintf(module_name, sizeof(module_name), "%s", of + strlen(" of "));
	assert_int_equal(rg_profile_builder_module(builder, module_name, "", &module, NULL), 0);
	const struct rg_frame frame = {
		.function = function,
		.file = "server.c",
		.line = 7,
		.module = module,
		.unnamed = function[0] == '[',
	};

	assert_int_equal(rg_profile_builder_frame(builder, &frame, &id, NULL), 0);
	return id;
}

static inline uint32_t wait_stack(struct rg_profile_builder *builder, const char *text)
{
	uint32_t frames[WAIT_FRAMES_MAX], id;
	size_t depth = 0;

	for (const char *at = text; at; at = strchr(at, ';') ? strchr(at, ';') + 1 : NULL) {
		char one[WAIT_FRAME_BYTES];

		snprintf(one, sizeof(one), "%.*s", (int)strcspn(at, ";"), at);
		assert_true(depth < WAIT_FRAMES_MAX);
		frames[depth++] = wait_frame(builder, one);
	}
	assert_int_equal(rg_profile_builder_stack(builder, frames, depth, &id, NULL), 0);
	return id;
}

static inline uint64_t wait_poisson(struct rg_sim_random *random, double mean)
{
	uint64_t count = 0;

	for (double left = mean + log(rg_sim_uniform(random)); left > 0;
	     left += log(rg_sim_uniform(random)))
		count++;
	return count;
}

static inline double wait_length(struct rg_sim_random *random, const struct wait_spec *spec)
{
	double u = rg_sim_uniform(random);

	switch (spec->shape) {
	case WAIT_EVEN:
	case WAIT_POISSON:
	case WAIT_SHAPES:
		break;
	case WAIT_EXPONENTIAL:
	case WAIT_BURSTS:
		return -log(u) * spec->mean_ms;
	case WAIT_LOG_NORMAL:
		return exp(1.5 * rg_sim_normal(random) - 1.5 * 1.5 / 2) * spec->mean_ms;
	case WAIT_PARETO:
		return pow(u, -1 / 1.5) * spec->mean_ms / 3;
	}
	return spec->mean_ms;
}

static inline uint64_t wait_count(struct rg_sim_random *random, const struct wait_spec *spec,
				  double seconds)
{
	double mean = spec->per_second * seconds;

	if (spec->shape == WAIT_EVEN)
		return (uint64_t)(mean + 0.5);
	if (spec->shape == WAIT_BURSTS)
		return 20 * wait_poisson(random, mean / 20);
	return wait_poisson(random, mean);
}

static inline void wait_slice(struct rg_profile_builder *builder, struct rg_sim_random *random,
			      const struct wait_spec *spec, double factor, uint32_t stack,
			      uint32_t slice, double seconds)
{
	struct rg_sample sample = {
		.stack = stack, .slice = slice, .thread = spec->thread, .wait = spec->wait};
	uint64_t count = wait_count(random, spec, seconds);
	double ms = 0;

	for (uint64_t i = 0; i < count; i++)
		ms += wait_length(random, spec);
	sample.value[RG_VALUE_WAITS] = (int64_t)count;
	sample.value[RG_VALUE_OFF_CPU_NS] = (int64_t)(ms * factor * 1e6);
	assert_int_equal(rg_profile_builder_sample(builder, &sample, NULL), 0);
}

/* made_spec.more */
static inline void wait_add(struct rg_profile_builder *builder, const void *with)
{
	const struct wait_set *set = with;
	struct rg_sim_random random = {set->seed};

	rg_profile_builder_measures(builder, RG_VALUE_WAITS);
	rg_profile_builder_measures(builder, RG_VALUE_OFF_CPU_NS);
	for (size_t i = 0; i < WAITS_MAX && set->wait[i].stack; i++) {
		uint32_t stack = wait_stack(builder, set->wait[i].stack);
		double factor = exp(set->sigma * rg_sim_normal(&random));

		for (size_t slice = 0; slice < set->slices; slice++)
			wait_slice(builder, &random, &set->wait[i], factor, stack, (uint32_t)slice,
				   set->slice_seconds);
	}
}

/* A minute in slices of three seconds, and the same CPU time on either side. */
static inline struct made_spec wait_default(const struct wait_set *set)
{
	struct made_spec spec = made_default();

	spec.wall_ns = UINT64_C(60000000000);
	spec.heaviest = 1400;
	spec.more = set ? wait_add : NULL;
	spec.with = set;
	return spec;
}

static inline struct wait_set wait_set_default(void)
{
	return (struct wait_set){.slices = 20, .slice_seconds = 3, .seed = 1};
}

static inline void wait_put(struct wait_set *set, const struct wait_spec *spec)
{
	for (size_t i = 0; i < WAITS_MAX; i++) {
		if (set->wait[i].stack)
			continue;
		set->wait[i] = *spec;
		return;
	}
	fail_msg("too many waits");
}

static inline const struct rg_row *find_wait(const struct rg_row *rows, size_t count,
					     const char *function, const char *wait,
					     const char *api)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rows[i].function, function) == 0 && strcmp(rows[i].wait, wait) == 0 &&
		    strcmp(rows[i].api, api) == 0)
			return &rows[i];
	}
	return NULL;
}

static inline const struct rg_row *judged_wait(const struct rg_verdict *verdict,
					       const char *function, const char *wait,
					       const char *api)
{
	return find_wait(verdict->off_cpu.rows, verdict->off_cpu.row_count, function, wait, api);
}

static inline const struct rg_row *idle_wait(const struct rg_verdict *verdict, const char *function,
					     const char *wait, const char *api)
{
	return find_wait(verdict->off_cpu.idle, verdict->off_cpu.idle_count, function, wait, api);
}

#endif
