/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alternate_plan.h"

#include "rg/capture.h"
#include "rg/config.h"
#include "rg/units.h"

#include <stdio.h>

enum {
	LEAST_WINDOW_MS = 500,
	WARMUP_MS = 1000,     /* where none is configured */
	LEAST_SLICE_MS = 100, /* as the configuration has it */
	SLICES = 20,          /* of a run: the batches that noise within it is measured in */
	AROUND_MS = 1000,     /* loading, naming and ending, as seen on a small machine */
	EXECUTIONS_MAX = 1000,
	LEAST_EXECUTION_MS = 25, /* starting one and noticing its end take about as much */
	SLOWER = 4,              /* executions may take so many times what the rehearsal took */
	SHORT_ROUNDS_MAX = 20,   /* of what ends by itself */
	SHORT_RUN_MS = 1000,
	ORDER_SHOWN = 4, /* rounds: what follows is the same again, and a line has 80 columns */
};

static uint64_t most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint32_t at_most(uint64_t rounds, uint32_t limit)
{
	return rounds < limit ? (uint32_t)rounds : limit;
}

/*
 * A neighbour makes a program slower for seconds, and between runs that follow each other closely this cancels. A program
 * that ends by itself has nothing to warm up for, so that its rounds can be short: more of them tell its noise much better,
 * too. Where more rounds may follow, the first look is not to take half of them.
 */
static uint32_t plan_rounds(const struct rg_config *config, uint64_t took_ns)
{
	const struct rg_config_alternate *alternate = &config->alternate;
	uint64_t rounds = config->window_ns / most(took_ns, SHORT_RUN_MS * RG_NS_PER_MS);

	if (alternate->rounds)
		return alternate->rounds;
	if (!took_ns)
		return RG_ROUNDS_DEFAULT;
	rounds = at_most(rounds, SHORT_ROUNDS_MAX);
	if (alternate->max_rounds)
		rounds = at_most(rounds, alternate->max_rounds / 2);
	return (uint32_t)most(rounds, RG_ROUNDS_DEFAULT);
}

/* Each run a part of the window, so that a side is profiled for as long as with one run of it. */
static uint64_t part_of_window(const struct rg_config *config, uint32_t rounds)
{
	return most(config->window_ns / rounds, LEAST_WINDOW_MS * RG_NS_PER_MS);
}

static uint64_t slice_for(const struct rg_config *config, uint64_t window_ns)
{
	uint64_t slice = most(window_ns / SLICES, LEAST_SLICE_MS * RG_NS_PER_MS);

	return slice < config->slice_ns ? slice : config->slice_ns;
}

/* As often on both sides, by the slower one. */
static void plan_executions(struct alternate_plan *plan, uint64_t took_ns)
{
	uint64_t one = most(took_ns, LEAST_EXECUTION_MS * RG_NS_PER_MS);
	uint64_t count = (plan->window_ns + one - 1) / one;

	plan->executions = count > EXECUTIONS_MAX ? EXECUTIONS_MAX : (uint32_t)count;
	plan->run_ns = plan->executions * one;
	plan->window_ns = SLOWER * (plan->run_ns + RG_NS_PER_S);
	plan->warmup_ns = 0;
}

struct alternate_plan alternate_plan_make(const struct rg_config *config,
					  const struct rg_capture_rehearsal *rehearsals,
					  bool canary_first)
{
	const struct rg_capture_rehearsal *base = &rehearsals[ALTERNATE_BASELINE];
	const struct rg_capture_rehearsal *canary = &rehearsals[ALTERNATE_CANARY];
	const bool ended = base->ended && canary->ended;
	const uint64_t took_ns = most(base->took_ns, canary->took_ns);
	const uint32_t rounds = plan_rounds(config, ended ? took_ns : 0);
	struct alternate_plan plan = {
		.rounds = rounds,
		.canary_first = canary_first,
		.window_ns = part_of_window(config, rounds),
		.warmup_ns = config->warmup_ns ? config->warmup_ns : WARMUP_MS * RG_NS_PER_MS,
	};

	plan.slice_ns = slice_for(config, plan.window_ns);
	if (ended)
		plan_executions(&plan, took_ns);
	else
		plan.run_ns =
			plan.warmup_ns + plan.window_ns + (canary->ready ? canary->took_ns : 0);
	plan.run_ns += AROUND_MS * RG_NS_PER_MS;
	return plan;
}

enum alternate_side alternate_plan_first(const struct alternate_plan *plan, uint32_t round)
{
	bool canary = plan->canary_first ^ (round % 2 != 0);

	return canary ? ALTERNATE_CANARY : ALTERNATE_BASELINE;
}

void alternate_plan_order(const struct alternate_plan *plan, uint32_t rounds, char *out,
			  size_t size)
{
	const uint32_t shown = at_most(rounds, ORDER_SHOWN);
	size_t len = 0;

	out[0] = '\0';
	for (uint32_t i = 0; i < shown && len < size; i++) {
		bool base_first = alternate_plan_first(plan, i) == ALTERNATE_BASELINE;

		len += (size_t)snprintf(out + len, size - len, "%s%s", i ? " " : "",
					base_first ? "A B" : "B A");
	}
	if (shown < rounds && len < size)
		snprintf(out + len, size - len, " …");
}
