/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fit.h"

#include <math.h>

/*
 * Paired rounds (step 13 of the rule). A round's two runs were taken one after the other: what the
 * machine did to both cancels in the log of their ratio, D, and D's spread over the rounds is that of
 * the comparison, whatever it came from.
 */

static size_t canary_run(const struct rg_fit *fit, size_t round)
{
	return rg_table_first(fit->table, RG_END_CANARY) + round;
}

static double log_rate(const struct rg_fit *fit, size_t row, size_t run, const double *scale)
{
	double count = (double)rg_table_count(fit->table, row, run);

	return log((count + rg_table_half(fit->table, row)) / scale[run]);
}

static double difference(const struct rg_fit *fit, size_t row, size_t round, const double *scale)
{
	return log_rate(fit, row, canary_run(fit, round), scale) - log_rate(fit, row, round, scale);
}

/* The mean over the rounds. */
static double growth(const struct rg_fit *fit, size_t row, const double *scale)
{
	double sum = 0;

	for (size_t round = 0; round < fit->table->rounds; round++)
		sum += difference(fit, row, round, scale);
	return sum / (double)fit->table->rounds;
}

/* --- What most rows of a round did ------------------------------------------------------------ */

/* The inverse of the variance of one round's D: the counts of the round are R times smaller. */
static double row_weight(const struct rg_fit *fit, size_t row)
{
	const struct rg_table *table = fit->table;
	double phi = table->phi[row];
	double within = phi / (double)table->side[RG_END_BASE][row] +
			phi / (double)table->side[RG_END_CANARY][row];

	return 1 / ((double)table->rounds * within + fit->prior);
}

static double round_factor(const struct rg_fit *fit, size_t round)
{
	struct rg_weighted points[RG_POOL_MAX] = {0};

	if (!fit->table->shares || rg_fit_pool_too_small(fit))
		return 0;
	for (size_t i = 0; i < fit->pool_count; i++)
		points[i] = (struct rg_weighted){difference(fit, fit->pool[i], round,
							    fit->table->exposure),
						 row_weight(fit, fit->pool[i])};
	return rg_fit_location(fit, points);
}

void rg_rounds_scale(const struct rg_fit *fit, double *scale)
{
	for (size_t round = 0; round < fit->table->rounds; round++) {
		size_t canary = canary_run(fit, round);

		scale[round] = fit->table->exposure[round];
		scale[canary] = fit->table->exposure[canary] * exp(round_factor(fit, round));
	}
}

/* --- One row ---------------------------------------------------------------------------------- */

void rg_rounds_growth(const struct rg_fit *fit, size_t row, struct rg_estimate *out)
{
	const struct rg_table *table = fit->table;

	out->log_growth = growth(fit, row, fit->scale);
	if (table->side[RG_END_BASE][row] > 0 && table->side[RG_END_CANARY][row] > 0)
		out->raw = growth(fit, row, table->exposure);
	else
		out->raw = table->side[RG_END_CANARY][row] > 0 ? INFINITY : -INFINITY;
}

void rg_rounds_between(const struct rg_fit *fit, size_t row, struct rg_between *out)
{
	const struct rg_table *table = fit->table;
	double mean = growth(fit, row, fit->scale), half = rg_table_half(table, row);

	*out = (struct rg_between){0};
	for (size_t round = 0; round < table->rounds; round++) {
		double base = (double)rg_table_count(table, row, round) + half;
		double canary = (double)rg_table_count(table, row, canary_run(fit, round)) + half;
		double distance = difference(fit, row, round, fit->scale) - mean;

		out->variance += distance * distance / fit->d;
		out->within += table->phi[row] * (1 / base + 1 / canary) / (double)table->rounds;
	}
}

/*
 * Each round's from its expected counts under no change, which are in proportion to the round's
 * exposures; the mean of R has their sum over R squared.
 */
void rg_rounds_within(const struct rg_fit *fit, size_t row, struct rg_estimate *out)
{
	const struct rg_table *table = fit->table;
	double rounds = (double)table->rounds, half = rg_table_half(table, row);

	out->within[RG_END_BASE] = out->within[RG_END_CANARY] = 0;
	for (size_t round = 0; round < table->rounds; round++) {
		size_t run[RG_END_COUNT] = {round, canary_run(fit, round)};
		double counts = (double)rg_table_count(table, row, run[RG_END_BASE]) +
				(double)rg_table_count(table, row, run[RG_END_CANARY]) + 2 * half;
		double scales = fit->scale[run[RG_END_BASE]] + fit->scale[run[RG_END_CANARY]];

		for (int end = 0; end < RG_END_COUNT; end++)
			out->within[end] += table->phi[row] * scales /
					    (counts * fit->scale[run[end]]) / (rounds * rounds);
	}
}

/* --- The total -------------------------------------------------------------------------------- */

static double total_difference(const struct rg_fit *fit, size_t round, double half)
{
	const struct rg_table *table = fit->table;
	size_t canary = canary_run(fit, round);

	return log(((double)table->run_total[canary] + half) / table->exposure[canary]) -
	       log(((double)table->run_total[round] + half) / table->exposure[round]);
}

/* The prior, of a difference, is worth four rounds. */
void rg_rounds_total(const struct rg_fit *fit, double phi, double half, struct rg_estimate *out)
{
	const struct rg_table *table = fit->table;
	double rounds = (double)table->rounds, mean = 0, squares = 0;
	double base = (double)table->total[RG_END_BASE] + half;
	double canary = (double)table->total[RG_END_CANARY] + half;

	for (size_t round = 0; round < table->rounds; round++)
		mean += total_difference(fit, round, half) / rounds;
	for (size_t round = 0; round < table->rounds; round++) {
		double distance = total_difference(fit, round, half) - mean;

		squares += distance * distance;
	}
	*out = (struct rg_estimate){
		.log_growth = mean,
		.raw = mean,
		.within = {phi / base, phi / canary},
		.df = 4 + fit->d,
	};
	out->variance =
		fmax((4 * fit->prior + squares) / (4 + fit->d) / rounds, phi / base + phi / canary);
}
