/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cells.h"

#include <stdio.h>

/* Percent: two digits are worth reading below 10. */
static void rate(double value)
{
	double percent = 100 * value;

	if (percent >= 9.95 || percent == 0)
		printf(" %.0f |", percent);
	else
		printf(percent < 0.995 ? " %.2f |" : " %.1f |", percent);
}

static void sizes(const struct cell *cell)
{
	const struct rg_sim_scenario *s = &cell->scenario;

	printf("| %zu, %zu | %g | %g |", s->base_runs, s->canary_runs, s->cores, 100 * s->sigma);
}

static void print_nulls(const struct cell *cells, const struct result *results, size_t count)
{
	printf("### Nothing changed\n\n"
	       "Fails, of 100 pairs, by rule; then, of this rule: passes, 95 %% intervals that "
	       "hold "
	       "the truth, the growth it says it would have found (%%), and how often it does find "
	       "just "
	       "that.\n\n"
	       "| runs | cores | sigma %% | seed rule | Mann-Whitney | z-test | bound | **this "
	       "rule** | "
	       "pass | covered | detectable | found |\n"
	       "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |\n");
	for (size_t i = 0; i < count; i++) {
		const struct outcome *null = &results[i].truth[TRUTH_NONE];

		if (!cells[i].truths || cells[i].part != PART_GRID)
			continue;
		sizes(&cells[i]);
		rate(null->rival_fail[RIVAL_SEED]);
		rate(null->rival_fail[RIVAL_RANKS]);
		rate(null->rival_fail[RIVAL_Z]);
		rate(null->rival_fail[RIVAL_BOUND]);
		rate(null->fail);
		rate(null->pass);
		rate(null->covered);
		printf(" %.0f |", 100 * results[i].mdg);
		rate(results[i].mdg_power);
		printf("\n");
	}
}

static void print_powers(const struct cell *cells, const struct result *results, size_t count)
{
	static const enum truth truths[] = {TRUTH_25, TRUTH_40, TRUTH_100};

	printf("\n### One function grew\n\n"
	       "Finds it, of 100 pairs: this rule / the bound that knows sigma; then passes at +40 "
	       "%%, "
	       "and how often a new function of 3 %% is found.\n\n"
	       "| runs | cores | sigma %% | +25 %% | bound | +40 %% | bound | +100 %% | bound | "
	       "passes +40 "
	       "%% | new |\n"
	       "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |\n");
	for (size_t i = 0; i < count; i++) {
		if (!cells[i].truths || cells[i].part != PART_GRID)
			continue;
		sizes(&cells[i]);
		for (size_t k = 0; k < 3; k++) {
			rate(results[i].truth[truths[k]].changed);
			rate(results[i].truth[truths[k]].rival_changed[RIVAL_BOUND]);
		}
		rate(results[i].truth[TRUTH_40].pass);
		rate(results[i].truth[TRUTH_NEW].changed);
		printf("\n");
	}
}

static void print_shares(const struct cell *cells, const struct result *results, size_t count)
{
	printf("\n### On shares, guarded\n\n"
	       "Fails when nothing changed; finds +40 %%; when a function of 30 %% is removed, "
	       "fails "
	       "anything else: this rule, and unguarded shares (seed rule, z-test).\n\n"
	       "| runs | cores | sigma %% | null | pass | +40 %% | removed | seed rule | z-test |\n"
	       "| --- | --: | --: | --: | --: | --: | --: | --: | --: |\n");
	for (size_t i = 0; i < count; i++) {
		const struct outcome *removed = &results[i].truth[TRUTH_REMOVED];

		if (!cells[i].truths || cells[i].part != PART_SHARES)
			continue;
		sizes(&cells[i]);
		rate(results[i].truth[TRUTH_NONE].fail);
		rate(results[i].truth[TRUTH_NONE].pass);
		rate(results[i].truth[TRUTH_40].changed);
		rate(removed->other);
		rate(removed->rival_other[RIVAL_SEED]);
		rate(removed->rival_other[RIVAL_Z]);
		printf("\n");
	}
}

static void print_rounds(const struct cell *cells, const struct result *results, size_t count)
{
	printf("\n### Paired rounds\n\n"
	       "A machine whose speed varies by 20 %% from round to round, and by another 10 %% "
	       "for each "
	       "function; sigma 5 %%. Fails when nothing changed, passes then, finds +25 %% and "
	       "+40 %%; "
	       "the same runs judged unpaired beside it.\n\n"
	       "| rounds | cores | basis | null | pass | +25 %% | +40 %% | unpaired: null | pass | "
	       "+25 %% | "
	       "+40 %% |\n"
	       "| --: | --: | --- | --: | --: | --: | --: | --: | --: | --: | --: |\n");
	for (size_t i = 0; i + 1 < count; i++) {
		if (!cells[i].truths || cells[i].part != PART_ROUNDS)
			continue;
		printf("| %zu | %g | %s |", cells[i].scenario.base_runs, cells[i].scenario.cores,
		       rg_basis_name(cells[i].basis));
		for (size_t k = i; k <= i + 1; k++) { /* the unpaired cell follows */
			rate(results[k].truth[TRUTH_NONE].fail);
			rate(results[k].truth[TRUTH_NONE].pass);
			rate(results[k].truth[TRUTH_25].changed);
			rate(results[k].truth[TRUTH_40].changed);
		}
		printf("\n");
	}
}

static void print_other(const struct cell *cells, const struct result *results, size_t count)
{
	printf("\n### Other kinds of noise\n\n"
	       "One core, sigma 5 %% besides. Shown, not held against a threshold.\n\n"
	       "| noise | runs | null fails | pass | covered | +40 %% |\n"
	       "| --- | --- | --: | --: | --: | --: |\n");
	for (size_t i = 0; i < count; i++) {
		const struct outcome *null = &results[i].truth[TRUTH_NONE];

		if (!cells[i].truths || cells[i].part != PART_OTHER)
			continue;
		printf("| %s | %zu, %zu |", cells[i].name, cells[i].scenario.base_runs,
		       cells[i].scenario.canary_runs);
		rate(null->fail);
		rate(null->pass);
		rate(null->covered);
		rate(results[i].truth[TRUTH_40].changed);
		printf("\n");
	}
}

static void print_apart(const struct cell *cells, const struct result *results, size_t count)
{
	printf("\n### Releases far apart\n\n"
	       "Ten paired rounds of a minute on a quarter of a core, on the machine above. Each "
	       "build "
	       "moves every function by so much, and so many of the functions were rewritten, "
	       "which "
	       "changed what they cost by a log-normal factor of that variation, of the ten "
	       "heaviest "
	       "none by more than +10 %%; one gained by half besides. Fails and passes when that "
	       "is "
	       "all, and 95 %% intervals that hold the truth; then how often it is found that one "
	       "of "
	       "the five heaviest grew, and at +40 %%: passes, and anything else fails.\n\n"
	       "| build %% | rewritten | by %% | basis | fails | pass | covered | +25 %% | +40 %% "
	       "| "
	       "+100 %% | passes +40 %% | other fails |\n"
	       "| --: | --: | --: | --- | --: | --: | --: | --: | --: | --: | --: | --: |\n");
	for (size_t i = 0; i < count; i++) {
		const struct rg_sim_scenario *s = &cells[i].scenario;
		const struct outcome *truth = results[i].truth;

		if (!cells[i].truths || cells[i].part != PART_APART)
			continue;
		printf("| %g | %.0f %% | %g | %s |", 100 * s->build, 100 * s->rewritten,
		       100 * s->rewritten_cv, rg_basis_name(cells[i].basis));
		rate(truth[TRUTH_NONE].fail);
		rate(truth[TRUTH_NONE].pass);
		if (cells[i].basis == RG_BASIS_SHARE) /* shares of what changed are another truth */
			printf(" |");
		else
			rate(truth[TRUTH_NONE].covered);
		rate(truth[TRUTH_25].changed);
		rate(truth[TRUTH_40].changed);
		rate(truth[TRUTH_100].changed);
		rate(truth[TRUTH_40].pass);
		rate(truth[TRUTH_40].other);
		printf("\n");
	}
}

void figures_print(const struct cell *cells, const struct result *results, size_t count,
		   size_t pairs)
{
	printf("%zu pairs a cell. Runs: of the baseline, of the canary.\n\n", pairs);
	print_nulls(cells, results, count);
	print_powers(cells, results, count);
	print_shares(cells, results, count);
	print_rounds(cells, results, count);
	print_other(cells, results, count);
	print_apart(cells, results, count);
}
