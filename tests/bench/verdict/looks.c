/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "looks.h"

#include <stdio.h>
#include <stdlib.h>

enum { RANKS = 5, KINDS = LOOKS_CELLS / 4, ROUNDS = 16 };

static const uint32_t looks_of[] = {1, 2, 4, 8};

/* base_runs 0: paired rounds, on a machine that changes from round to round. */
static const struct kind {
	size_t base_runs;
	double cores, sigma;
	enum rg_basis basis;
} kinds[KINDS] = {
	{0, 1, 0.05, RG_BASIS_SECOND},   {0, 0.25, 0.10, RG_BASIS_SECOND},
	{0, 0.25, 0.10, RG_BASIS_SHARE}, {1, 0.25, 0.05, RG_BASIS_SECOND},
	{1, 1, 0.05, RG_BASIS_SECOND},   {3, 0.25, 0.05, RG_BASIS_SECOND},
	{3, 1, 0.10, RG_BASIS_SECOND},   {3, 1, 0.05, RG_BASIS_SHARE},
};

static struct rg_sim_growing growing_of(const struct kind *kind, uint32_t looks)
{
	struct rg_sim_growing growing = {.basis = kind->basis, .looks = looks};
	size_t runs = kind->base_runs;

	growing.scenario = runs ? rg_sim_default(runs, 1) : rg_sim_default(ROUNDS, ROUNDS);
	growing.scenario.cores = kind->cores;
	growing.scenario.sigma = kind->sigma;
	if (runs) {
		growing.window = 3 * growing.scenario.seconds;
	} else {
		growing.scenario.seconds = 60;
		growing.scenario.paired = true;
		growing.scenario.round = 0.20;
		growing.scenario.round_function = 0.10;
	}
	return growing;
}

void looks_make(struct looks_cell cells[LOOKS_CELLS])
{
	for (size_t i = 0; i < LOOKS_CELLS; i++)
		cells[i] = (struct looks_cell){
			.kind = i / 4, .growing = growing_of(&kinds[i / 4], looks_of[i % 4])};
}

static void add_end(struct looks_rates *rates, const struct rg_sim_end *end, uint32_t looks,
		    size_t pairs)
{
	double one = 1 / (double)pairs;

	rates->fail += end->outcome == RG_OUTCOME_FAIL ? one : 0;
	rates->pass += end->outcome == RG_OUTCOME_PASS ? one : 0;
	rates->found += end->hits.changed ? one : 0;
	rates->used += one * end->look / looks;
}

int looks_run(struct looks_cell *cell, enum looks_truth truth, size_t pairs, uint64_t seed)
{
	static const double growth[LOOKS_TRUTHS] = {0, 0.40, 1};
	struct rg_sim_whole *whole = malloc(sizeof(*whole));
	struct rg_sim_pair *room = malloc(sizeof(*room));
	struct rg_sim_growing growing = cell->growing;
	struct rg_sim_random random = {seed};
	int code = whole && room ? 0 : -1;

	for (size_t n = 0; !code && n < pairs; n++) {
		struct rg_sim_end end;

		growing.scenario.changed = truth == LOOKS_NONE ? -1 : (int)(n % RANKS);
		growing.scenario.growth = growth[truth];
		code = rg_sim_grow(&growing, whole, room, &random, &end);
		if (!code)
			add_end(&cell->rates[truth], &end, growing.looks, pairs);
	}
	free(whole);
	free(room);
	return code;
}

/* --- Table ------------------------------------------------------------------------------------ */

static void print_used(const struct rg_sim_growing *growing, double used)
{
	if (growing->window > 0)
		printf(" %.1f min |", used * growing->window / 60);
	else
		printf(" %.1f |", used * (double)growing->scenario.base_runs);
}

static void print_rate(double rate)
{
	printf(rate >= 0.0995 ? " %.0f |" : " %.2f |", 100 * rate);
}

static void print_row(const struct looks_cell *cell)
{
	const struct rg_sim_scenario *s = &cell->growing.scenario;

	if (cell->growing.window > 0)
		printf("| %zu, 1 |", s->base_runs);
	else
		printf("| rounds |");
	printf(" %g | %g | %s | %u |", s->cores, 100 * s->sigma, rg_basis_name(cell->growing.basis),
	       cell->growing.looks);
	for (int truth = 0; truth < LOOKS_TRUTHS; truth++) {
		const struct looks_rates *rates = &cell->rates[truth];

		print_rate(truth == LOOKS_NONE ? rates->fail : rates->found);
		print_rate(rates->pass);
		print_used(&cell->growing, rates->used);
	}
	printf("\n");
}

void looks_print(const struct looks_cell cells[LOOKS_CELLS])
{
	printf("\n### Going on until it is decided\n\n"
	       "Up to %d paired rounds of a minute, as above; or one canary run of up to 15 "
	       "minutes "
	       "against baseline runs of five. Looked at so many times, evenly, until it is "
	       "decided, the last time at the end: fails, passes, and what was used until then, "
	       "when nothing changed; found, passes and used at +40 %% and +100 %%.\n\n"
	       "| runs | cores | sigma %% | basis | looks | null fails | pass | used | +40 %% | "
	       "pass | used | +100 %% | pass | used |\n"
	       "| --- | --: | --: | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | "
	       "--: |\n",
	       ROUNDS);
	for (size_t i = 0; i < LOOKS_CELLS; i++)
		print_row(&cells[i]);
}

/* --- Thresholds ------------------------------------------------------------------------------- */

/* Of a rate's limit: three standard errors of the pairs, where these are fewer than 10,000. */
static double slack(double limit, size_t pairs)
{
	double spread = 3 * sqrt(limit * (1 - limit));

	return fmax(spread / sqrt((double)pairs) - spread / sqrt(10000), 0);
}

static bool print_check(const char *what, double worst, double limit, size_t pairs)
{
	bool holds = worst <= limit + slack(limit, pairs);

	printf("- %s: %s; worst %.2f %%\n", holds ? "holds" : "**missed**", what, 100 * worst);
	return holds;
}

bool looks_check(const struct looks_cell cells[LOOKS_CELLS], size_t pairs)
{
	double null = 0, pass = 0, lost = 0;

	for (size_t i = 0; i < LOOKS_CELLS; i++) {
		const struct looks_cell *once = &cells[i - i % 4];

		null = fmax(null, cells[i].rates[LOOKS_NONE].fail);
		pass = fmax(pass, cells[i].rates[LOOKS_40].pass);
		if (cells[i].growing.looks <= 4)
			lost = fmax(lost,
				    once->rates[LOOKS_40].found - cells[i].rates[LOOKS_40].found);
	}
	bool all = print_check("nothing changed fails <= 1.3 % over all looks", null, 0.013, pairs);

	all &= print_check("+40 % passes <= 2 % over all looks", pass, 0.02, pairs);
	all &= print_check(
		"4 looks and fewer: +40 % is found within 10 points of one look at the end", lost,
		0.10, pairs);
	return all;
}
