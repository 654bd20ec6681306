/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ENGINE_CALLERS_DRAWN_H
#define TEST_ENGINE_CALLERS_DRAWN_H

#include "drawn.h"

/*
 * Whole profiles with a known truth: functions of a library, called by the program's own, which its
 * handlers call. Between runs the cost of every function varies, and what each caller makes of it. Counts
 * are Poisson. Seeded: it passes or fails the same every time.
 */

enum { LEAVES = 120, CALLERS = 24, HANDLERS = 4, PATHS = 360 };

struct path {
	int leaf, caller, handler;
	double cost; /* part of the whole */
};

struct program {
	struct path path[PATHS];
	double caller_share[CALLERS];
};

/* What is different in the canary. */
struct change {
	int caller; /* asks for so much more of all it calls; below 0: none */
	double growth;
	int moved_to; /* the calls of `caller` are made by this one now; below 0: no */
	int removed;  /* a library function that is gone; below 0: none */
	int renamed; /* a library function that has another name and costs so much more; below 0: none */
	double renamed_growth;
};

static const struct change no_change = {.caller = -1, .moved_to = -1, .removed = -1, .renamed = -1};

static inline struct program make_program(uint64_t seed)
{
	struct rg_sim_random random = {seed};
	struct program program = {0};
	double sum = 0;

	for (int i = 0; i < PATHS; i++) {
		struct path *path = &program.path[i];

		path->leaf = (int)(rg_sim_next(&random) % LEAVES);
		path->caller = (int)(rg_sim_next(&random) % CALLERS);
		path->handler = path->caller % HANDLERS;
		path->cost = pow(1 + i, -0.8);
		sum += path->cost;
	}
	for (int i = 0; i < PATHS; i++) {
		program.path[i].cost /= sum;
		program.caller_share[program.path[i].caller] += program.path[i].cost;
	}
	return program;
}

static inline uint32_t frame_of(struct rg_profile_builder *builder, const char *kind, int number,
				const char *module)
{
	char name[32];

	snprintf(name, sizeof(name), "%s%02d", kind, number);
	return drawn_frame(builder, name, "", module);
}

static inline void add_path(struct rg_profile_builder *builder, const struct path *path,
			    double mean, const char *leaf, struct rg_sim_random *random)
{
	const uint32_t frames[] = {frame_of(builder, leaf, path->leaf, "libc.so.6"),
				   frame_of(builder, "caller", path->caller, "server"),
				   frame_of(builder, "handler", path->handler, "server"),
				   frame_of(builder, "main", 0, "server")};

	drawn_add(builder, frames, COUNT(frames), mean, random);
}

static inline struct rg_profile *draw(const struct program *program, const struct change *change,
				      double cv, struct rg_sim_random *random)
{
	struct rg_profile_builder *builder = drawn_begin();
	double leaf[LEAVES], caller[CALLERS];

	for (int i = 0; i < LEAVES; i++)
		leaf[i] = rg_sim_factor(random, cv, false);
	for (int i = 0; i < CALLERS; i++)
		caller[i] = rg_sim_factor(random, cv / 2, false);
	for (int i = 0; i < PATHS; i++) {
		struct path path = program->path[i];
		double mean = path.cost * DRAWN_SAMPLES * leaf[path.leaf] * caller[path.caller];

		if (path.caller == change->caller) {
			mean *= 1 + change->growth;
			if (change->moved_to >= 0) {
				path.caller = change->moved_to;
				path.handler = path.caller % HANDLERS;
			}
		}
		bool renamed = path.leaf == change->renamed;

		if (renamed)
			mean *= 1 + change->renamed_growth;
		if (path.leaf != change->removed)
			add_path(builder, &path, mean, renamed ? "another" : "leaf", random);
	}
	return drawn_finish(builder);
}

#endif
