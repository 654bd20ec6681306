/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ENGINE_PATHS_DRAWN_H
#define TEST_ENGINE_PATHS_DRAWN_H

#include "drawn.h"

/*
 * Programs as call paths of a known cost, and whole profiles drawn of them: between runs the cost of every function varies
 * by 5 %.
 */

enum { PATHS_MAX = 96, PATH_DEPTH_MAX = 8, PATH_TEXT_MAX = 96, PATHS_OTHERS = 40 };

struct path {
	char stack[PATH_TEXT_MAX]; /* names, the leaf first */
	double cost;               /* part of the whole, about */
};

struct paths {
	struct path path[PATHS_MAX];
	int count;
};

/* `names` as in a path, without main(). */
static inline void paths_add(struct paths *paths, double cost, const char *names)
{
	struct path *path = &paths->path[paths->count++];

	assert_true(paths->count <= PATHS_MAX);
	assert_true(snprintf(path->stack, PATH_TEXT_MAX, "%s main", names) < PATH_TEXT_MAX);
	path->cost = cost;
}

/* What the program does besides, in functions of very different costs. */
static inline void paths_add_others(struct paths *paths, double cost)
{
	char names[PATH_TEXT_MAX];

	for (int i = 0; i < PATHS_OTHERS; i++) {
		snprintf(names, sizeof(names), "other%02d respond", i);
		paths_add(paths, cost * pow(1 + i, -0.6) / 15.5, names);
	}
}

/* The cost of paths that begin with `leaf` and have `above` in them. */
static inline void paths_multiply(struct paths *paths, const char *leaf, const char *above,
				  double factor)
{
	for (int i = 0; i < paths->count; i++) {
		struct path *path = &paths->path[i];

		if (strncmp(path->stack, leaf, strlen(leaf)) == 0 && strstr(path->stack, above))
			path->cost *= factor;
	}
}

/* Enters a function's frame. */
typedef uint32_t paths_frame(const void *ctx, struct rg_profile_builder *builder, const char *name);

static inline struct rg_profile *paths_draw(const struct paths *paths, paths_frame *frame_of,
					    const void *ctx, struct rg_sim_random *random)
{
	struct rg_profile_builder *builder = drawn_begin();
	struct drawn_factors factors = {.count = 0};

	for (int i = 0; i < paths->count; i++) {
		const struct path *path = &paths->path[i];
		uint32_t frames[PATH_DEPTH_MAX], depth = 0;
		char names[PATH_TEXT_MAX], *rest = NULL;

		memcpy(names, path->stack, sizeof(names));
		for (char *name = strtok_r(names, " ", &rest); name;
		     name = strtok_r(NULL, " ", &rest)) {
			assert_true(depth < PATH_DEPTH_MAX);
			frames[depth++] = frame_of(ctx, builder, name);
		}
		/* What is left of the text is the leaf's name. */
		drawn_add(builder, frames, depth,
			  path->cost * DRAWN_SAMPLES * drawn_factor(&factors, names, random),
			  random);
	}
	return drawn_finish(builder);
}

#endif
