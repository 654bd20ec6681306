/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ENGINE_MOVED_DRAWN_H
#define TEST_ENGINE_MOVED_DRAWN_H

#include "drawn.h"

/* Programs in two versions of which one function's growth is known to be moved code, or not to be. */

enum { OTHERS = 40, HANDLERS = 5, PATHS_MAX = 80, DEPTH_MAX = 16, NO_HANDLER = -1 };

/* A function's own cost under one caller. */
struct path {
	const char *leaf,
		*caller;   /* under a handler, or that handler itself; "one@libc.so.6<its caller" */
	const char *above; /* calls the caller; NULL: a handler does */
	int handler;       /* or NO_HANDLER: main calls it */
	double cost;       /* part of the whole */
	const char *file;
};

struct program {
	struct path path[PATHS_MAX];
	int count;
};

static const char *const other_names[OTHERS] = {
	"alpha", "bravo", "carol", "delta", "ember", "fjord", "gamma", "hotel", "index", "joule",
	"kappa", "lemma", "mango", "nylon", "oscar", "paper", "quark", "radio", "sigma", "tango",
	"ultra", "vapor", "water", "xenon", "yacht", "zebra", "amber", "basil", "cedar", "dune",
	"eagle", "flint", "grape", "hazel", "ivory", "jade",  "kelp",  "lilac", "maple", "night",
};

static const char *const handler_names[HANDLERS] = {"serve", "query", "store", "audit", "flush"};

static inline void add(struct program *program, struct path path)
{
	assert_true(program->count < PATHS_MAX);
	program->path[program->count++] = path;
}

/* What does not change. */
static inline struct program background(void)
{
	struct program program = {0};

	for (int i = 0; i < OTHERS; i++)
		add(&program, (struct path){.leaf = other_names[i],
					    .handler = i % HANDLERS,
					    .cost = 0.8 * pow(1 + i, -0.6) / 15.5,
					    .file = i % 2 ? "shop.c" : "lib.c"});
	return program;
}

/* --- Profiles --------------------------------------------------------------------------------- */

/* "name" of the server's, or "name@module"; `from` may go on with "<" and its callers. Returns what follows, or NULL. */
static inline const char *add_frame(struct rg_profile_builder *builder, const char *from,
				    const char *file, uint32_t *out)
{
	size_t length = strcspn(from, "<"), name = strcspn(from, "@<");
	char function[32], module[32] = "server";

	assert_true(name < sizeof(function) && length - name < sizeof(module));
	snprintf(function, sizeof(function), "%.*s", (int)name, from);
	if (name < length)
		snprintf(module, sizeof(module), "%.*s", (int)(length - name - 1), from + name + 1);
	*out = drawn_frame(builder, function, file, module);
	return from[length] ? from + length + 1 : NULL;
}

static inline void add_path(struct rg_profile_builder *builder, const struct path *path,
			    double mean, struct rg_sim_random *random)
{
	const char *handler = path->handler == NO_HANDLER ? NULL : handler_names[path->handler];
	const char *callers[] = {path->caller, path->above, handler, "main"};
	uint32_t frames[DEPTH_MAX], depth = 0;

	add_frame(builder, path->leaf, path->file ? path->file : "", &frames[depth++]);
	for (size_t i = 0; i < COUNT(callers); i++) {
		for (const char *rest = callers[i]; rest;) {
			assert_true(depth < DEPTH_MAX);
			rest = add_frame(builder, rest, "", &frames[depth++]);
		}
	}
	drawn_add(builder, frames, depth, mean, random);
}

static inline struct rg_profile *draw(const struct program *program, struct rg_sim_random *random)
{
	struct rg_profile_builder *builder = drawn_begin();
	struct drawn_factors factors = {.count = 0};

	for (int i = 0; i < program->count; i++) {
		const struct path *path = &program->path[i];

		add_path(builder, path,
			 path->cost * DRAWN_SAMPLES * drawn_factor(&factors, path->leaf, random),
			 random);
	}
	return drawn_finish(builder);
}

/* --- Pairs ------------------------------------------------------------------------------------ */

/* Two versions of the program; what is random in them is drawn anew for every pair. */
struct scenario {
	const char *what;
	void (*make)(struct program *base, struct program *canary, struct rg_sim_random *random);
	const char *grown; /* the function that is asked about */
	bool stripped;     /* no file is known */
	const char *from;  /* one of the functions that lost it */
};

struct rates {
	double fails; /* the verdict, by this function or by chance */
	double moved; /* the function is told to have moved */
	double named; /* and from where */
};

static inline void strip(struct program *program)
{
	for (int i = 0; i < program->count; i++)
		program->path[i].file = NULL;
}

static inline void look_for(const struct rg_verdict *verdict, const struct scenario *scenario,
			    double part, struct rates *rates)
{
	for (size_t i = 0; i < verdict->row_count; i++) {
		if (strcmp(verdict->rows[i].function, scenario->grown) != 0 ||
		    verdict->rows[i].status != RG_STATUS_MOVED)
			continue;
		rates->moved += part;
		for (size_t k = 0; k < verdict->move_count; k++) {
			if (verdict->moves[k].row != i ||
			    strcmp(verdict->moves[k].function, scenario->from) != 0)
				continue;
			rates->named += part;
			break;
		}
	}
}

/* `kinships`: what the sources say; NULL: nothing. */
static inline struct rg_verdict *judge_pair(const struct scenario *scenario,
					    const struct rg_kinships *kinships,
					    const struct rg_policy *policy,
					    struct rg_sim_random *random)
{
	struct program before = background(), after = background();

	scenario->make(&before, &after, random);
	if (scenario->stripped) {
		strip(&before);
		strip(&after);
	}
	struct rg_profile *base = draw(&before, random);

	return drawn_judge(base, draw(&after, random), policy, kinships);
}

static inline struct rates rates_of(const struct scenario *scenario,
				    const struct rg_kinships *kinships, enum rg_basis basis,
				    int pairs)
{
	struct rg_sim_random random = {31};
	struct rates rates = {0};
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = basis;
	for (int i = 0; i < pairs; i++) {
		struct rg_verdict *verdict = judge_pair(scenario, kinships, &policy, &random);

		rates.fails += (double)(verdict->outcome == RG_OUTCOME_FAIL) / pairs;
		look_for(verdict, scenario, 1.0 / pairs, &rates);
		rg_verdict_free(verdict);
	}
	return rates;
}

static inline struct rates say_kin(const struct scenario *scenario,
				   const struct rg_kinships *kinships, enum rg_basis basis,
				   int pairs)
{
	struct rates rates = rates_of(scenario, kinships, basis, drawn_pairs(pairs));

	print_message("%-46s %-6s fails %5.1f %%, moved %5.1f, named %5.1f\n", scenario->what,
		      rg_basis_name(basis), 100 * rates.fails, 100 * rates.moved,
		      100 * rates.named);
	return rates;
}

static inline struct rates say(const struct scenario *scenario, enum rg_basis basis, int pairs)
{
	return say_kin(scenario, NULL, basis, pairs);
}

#endif
