/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BENCH_SIMULATE_LOOKS_H
#define RG_BENCH_SIMULATE_LOOKS_H

#include "simulate_run.h"

/*
 * One comparison that is looked at several times while it grows, until it is decided: paired rounds that go on, or
 * the window of the one canary run. The looks lie evenly, the last at the end, where a comparison that
 * is looked at once has its only one.
 */

enum { RG_SIM_PARTS = 8, RG_SIM_FINE = RG_SIM_PARTS * RG_SIM_BATCHES };

struct rg_sim_growing {
	struct rg_sim_scenario
		scenario; /* at the end; `seconds` of every run, of a window the baseline's */
	double window;    /* seconds of the canary's at the end; 0: it is rounds that go on */
	enum rg_basis basis;
	uint32_t looks; /* divides RG_SIM_PARTS, and the rounds */
};

/* What there is at the end; looks before see parts of it. */
struct rg_sim_whole {
	struct rg_sim_pair pair;
	int64_t fine[RG_SIM_ROWS][RG_SIM_FINE]; /* of the canary's window */
};

/* How it ended. */
struct rg_sim_end {
	enum rg_outcome outcome;
	uint32_t look;
	struct rg_sim_hits hits;
};

static inline void rg_sim_draw_window(struct rg_sim_whole *whole,
				      const struct rg_sim_growing *growing,
				      struct rg_sim_random *random)
{
	struct rg_sim_scenario part = growing->scenario;
	double share[RG_SIM_FUNCTIONS];

	part.seconds = growing->window / RG_SIM_PARTS;
	rg_sim_shares(&part, share);
	for (size_t row = 0; row < RG_SIM_ROWS; row++) {
		double factor = rg_sim_factor(random, part.sigma, false);
		double mean = factor * rg_sim_mean(&part, share, row, RG_END_CANARY);

		for (size_t i = 0; i < RG_SIM_PARTS; i++)
			rg_sim_row(&part, random, mean, &whole->fine[row][i * RG_SIM_BATCHES]);
	}
}

static inline int rg_sim_draw_whole(struct rg_sim_whole *whole,
				    const struct rg_sim_growing *growing,
				    struct rg_sim_random *random, struct rg_arena *arena)
{
	if (growing->window > 0)
		rg_sim_draw_window(whole, growing, random);
	return rg_sim_draw(&whole->pair, &growing->scenario, growing->basis, random, arena);
}

static inline void rg_sim_take_run(struct rg_sim_pair *to, size_t run,
				   const struct rg_sim_pair *from, size_t of)
{
	memcpy(to->batch[run], from->batch[of], sizeof(to->batch[run]));
	for (size_t row = 0; row < RG_SIM_ROWS; row++)
		to->count[row * rg_table_runs(&to->table) + run] =
			rg_table_count(&from->table, row, of);
}

/* The first `parts` of the window, in batches that are so many times as long. */
static inline void rg_sim_take_window(struct rg_sim_pair *to, size_t run,
				      const struct rg_sim_whole *from, size_t parts)
{
	for (size_t row = 0; row < RG_SIM_ROWS; row++) {
		int64_t *batch = to->batch[run][row], sum = 0;

		memset(batch, 0, sizeof(to->batch[run][row]));
		for (size_t i = 0; i < parts * RG_SIM_BATCHES; i++) {
			batch[i / parts] += from->fine[row][i];
			sum += from->fine[row][i];
		}
		to->count[row * rg_table_runs(&to->table) + run] = sum;
	}
}

static inline int rg_sim_take_look(struct rg_sim_pair *to, const struct rg_sim_whole *whole,
				   const struct rg_sim_growing *growing, uint32_t look,
				   struct rg_arena *arena)
{
	struct rg_sim_scenario part = growing->scenario;
	size_t canary = growing->scenario.base_runs;
	int code;

	memcpy(to->truth, whole->pair.truth, sizeof(to->truth));
	if (growing->window > 0) {
		size_t parts = RG_SIM_PARTS * look / growing->looks;

		rg_sim_begin(to, &part, growing->basis);
		for (size_t run = 0; run < canary; run++)
			rg_sim_take_run(to, run, &whole->pair, run);
		rg_sim_take_window(to, canary, whole, parts);
		code = rg_sim_finish(to, growing->basis, part.seconds * part.hertz, arena);
		if (growing->basis != RG_BASIS_SHARE)
			to->exposure[canary] =
				growing->window * (double)parts / RG_SIM_PARTS * part.hertz;
		return code;
	}
	part.base_runs = part.canary_runs = growing->scenario.base_runs * look / growing->looks;
	rg_sim_begin(to, &part, growing->basis);
	for (size_t run = 0; run < part.base_runs; run++) {
		rg_sim_take_run(to, run, &whole->pair, run);
		rg_sim_take_run(to, part.base_runs + run, &whole->pair, canary + run);
	}
	return rg_sim_finish(to, growing->basis, part.seconds * part.hertz, arena);
}

/* `room` is of rg_sim_take_look(). */
static inline int rg_sim_look(const struct rg_sim_growing *growing,
			      const struct rg_sim_whole *whole, struct rg_sim_pair *room,
			      uint32_t look, struct rg_sim_end *out)
{
	const struct rg_scope scope = {.total = growing->basis == RG_BASIS_SECOND};
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_judgement judgement;
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = growing->basis;
	policy.look = (struct rg_policy_look){
		.number = look,
		.of = growing->looks,
		.before = (double)(look - 1) / growing->looks,
		.now = (double)look / growing->looks,
	};
	int code = arena ? rg_sim_take_look(room, whole, growing, look, arena) : -1;

	if (!code)
		code = rg_judgement_make(&judgement, &room->table, &policy, &scope, arena, NULL);
	if (!code)
		*out = (struct rg_sim_end){judgement.outcome, look,
					   rg_sim_hits(&growing->scenario, room, &judgement)};
	rg_arena_free(arena);
	return code;
}

/* Looks until it is decided, or for the last time. */
static inline int rg_sim_grow(const struct rg_sim_growing *growing, struct rg_sim_whole *whole,
			      struct rg_sim_pair *room, struct rg_sim_random *random,
			      struct rg_sim_end *out)
{
	struct rg_arena *arena = rg_arena_new(0);
	int code = arena ? rg_sim_draw_whole(whole, growing, random, arena) : -1;

	*out = (struct rg_sim_end){.outcome = RG_OUTCOME_UNDECIDED};
	for (uint32_t look = 1;
	     !code && look <= growing->looks && out->outcome == RG_OUTCOME_UNDECIDED; look++)
		code = rg_sim_look(growing, whole, room, look, out);
	rg_arena_free(arena);
	return code;
}

#endif
