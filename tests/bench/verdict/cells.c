/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cells.h"

#include <stdlib.h>

enum { CELLS_MAX = 400 };

#define BIT(truth) (1u << (truth))

static const double every_cores[] = {0.1, 0.25, 1, 4, 16}, some_cores[] = {0.25, 1, 16};
static const double sigmas[] = {0, 0.05, 0.10};
static const size_t base_runs[] = {1, 3, 8}, canary_runs[] = {1, 3};

#define EACH(index, array) \
	for (size_t index = 0; index < sizeof(array) / sizeof((array)[0]); index++)

struct list {
	struct cell *cell;
	size_t count;
};

static struct cell *add(struct list *list, enum part part, struct rg_sim_scenario scenario,
			enum rg_basis basis, unsigned truths)
{
	struct cell *cell = &list->cell[list->count++];

	*cell = (struct cell){.part = part, .scenario = scenario, .basis = basis, .truths = truths};
	return cell;
}

static struct rg_sim_scenario scenario_of(size_t base, size_t canary, double cores, double sigma)
{
	struct rg_sim_scenario scenario = rg_sim_default(base, canary);

	scenario.cores = cores;
	scenario.sigma = sigma;
	return scenario;
}

static void add_grid(struct list *list)
{
	EACH(j, base_runs)
	EACH(m, canary_runs)
	EACH(c, every_cores)
	EACH(s, sigmas)
	{
		struct cell *cell =
			add(list, PART_GRID,
			    scenario_of(base_runs[j], canary_runs[m], every_cores[c], sigmas[s]),
			    RG_BASIS_SECOND,
			    BIT(TRUTH_NONE) | BIT(TRUTH_25) | BIT(TRUTH_40) | BIT(TRUTH_100) |
				    BIT(TRUTH_NEW));
		cell->rivals = cell->mdg = true;
	}
}

static void add_shares(struct list *list)
{
	EACH(j, base_runs)
	EACH(c, some_cores)
	EACH(s, sigmas)
	{
		struct rg_sim_scenario scenario =
			scenario_of(base_runs[j], 1, some_cores[c], sigmas[s]);

		add(list, PART_SHARES, scenario, RG_BASIS_SHARE,
		    BIT(TRUTH_NONE) | BIT(TRUTH_40) | BIT(TRUTH_REMOVED))
			->rivals = true;
	}
}

/* The machine is up to half as fast again, and each function has its own part in that. */
static void add_rounds(struct list *list)
{
	static const size_t rounds[] = {2, 4, 8};
	const unsigned truths = BIT(TRUTH_NONE) | BIT(TRUTH_25) | BIT(TRUTH_40);

	EACH(r, rounds)
	EACH(c, some_cores)
	for (int basis = RG_BASIS_SECOND; basis <= RG_BASIS_SHARE; basis++) {
		struct rg_sim_scenario scenario =
			scenario_of(rounds[r], rounds[r], some_cores[c], 0.05);

		scenario.paired = true;
		scenario.round = 0.20;
		scenario.round_function = 0.10;
		add(list, PART_ROUNDS, scenario, (enum rg_basis)basis, truths);
		add(list, PART_UNROUND, scenario, (enum rg_basis)basis, truths);
	}
}

static void add_noise(struct list *list, const char *name, const struct rg_sim_scenario *like)
{
	static const size_t runs[][2] = {{1, 1}, {3, 1}, {8, 1}, {3, 3}};

	EACH(r, runs)
	{
		struct rg_sim_scenario scenario = *like;

		scenario.base_runs = runs[r][0];
		scenario.canary_runs = runs[r][1];
		add(list, PART_OTHER, scenario, RG_BASIS_SECOND, BIT(TRUTH_NONE) | BIT(TRUTH_40))
			->name = name;
	}
}

static void add_other(struct list *list)
{
	struct rg_sim_scenario plain = rg_sim_default(1, 1), scenario = plain;

	scenario.heavy_tails = true;
	add_noise(list, "heavy tails between runs (t, 3 degrees)", &scenario);
	scenario = plain;
	scenario.canary_sigma = 0.10;
	add_noise(list, "the canary's runs vary by 10 %", &scenario);
	scenario = plain;
	scenario.build = 0.05;
	add_noise(list, "every build moves every function by 5 %", &scenario);
	scenario = plain;
	scenario.drift = 0.30;
	add_noise(list, "load drifts by 30 % within a run", &scenario);
	scenario = plain;
	scenario.machine = 0.05;
	add_noise(list, "the machine's speed varies by 5 % between runs", &scenario);
	scenario.machine = 0.20;
	add_noise(list, "the machine's speed varies by 20 % between runs", &scenario);
}

/* How two releases differ, months apart or not: what was rewritten, by what CV, and what each build does to functions. */
static const struct {
	double rewritten, cv, build;
} releases[] = {
	{0, 0, 0.03},       {0, 0, 0.05},    {0, 0, 0.08},    {0.33, 0.20, 0.03},
	{0.33, 0.30, 0.03}, {1, 0.10, 0.03}, {1, 0.20, 0.03}, {1, 0.30, 0.03},
};

/* In ten short rounds, as of a program that ends by itself; of what was rewritten one function gained by half. */
static void add_apart(struct list *list)
{
	const unsigned truths = BIT(TRUTH_NONE) | BIT(TRUTH_25) | BIT(TRUTH_40) | BIT(TRUTH_100);

	EACH(r, releases)
	for (int basis = RG_BASIS_SECOND; basis <= RG_BASIS_SHARE; basis++) {
		struct rg_sim_scenario scenario = scenario_of(10, 10, 0.25, 0.05);

		scenario.seconds = 60;
		scenario.paired = true;
		scenario.round = 0.20;
		scenario.round_function = 0.10;
		scenario.build = releases[r].build;
		scenario.rewritten = releases[r].rewritten;
		scenario.rewritten_cv = releases[r].cv;
		scenario.gained = scenario.rewritten > 0 ? 0.5 : 0;
		add(list, PART_APART, scenario, (enum rg_basis)basis, truths);
	}
}

struct cell *cells_make(size_t *count)
{
	struct list list = {.cell = calloc(CELLS_MAX, sizeof(struct cell))};

	if (!list.cell)
		return NULL;
	add_grid(&list);
	add_shares(&list);
	add_rounds(&list);
	add_other(&list);
	add_apart(&list);
	*count = list.count;
	return list.cell;
}
