/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fit.h"
#include "stats.h"

#include <math.h>

static double log_ratio(double base, double canary, const double *scale)
{
	return log((canary / scale[RG_END_CANARY]) / (base / scale[RG_END_BASE]));
}

/* L alone takes the continuity rule: a half is added to both counts when one is zero. */
static void row_growth(const struct rg_fit *fit, size_t row, struct rg_estimate *out)
{
	double base = (double)fit->table->side[RG_END_BASE][row];
	double canary = (double)fit->table->side[RG_END_CANARY][row];

	if (rg_table_paired(fit->table)) {
		rg_rounds_growth(fit, row, out);
		return;
	}
	if (base > 0 && canary > 0)
		out->raw = log_ratio(base, canary, fit->exposure_side);
	else
		out->raw = canary > 0 ? INFINITY : -INFINITY;
	double half = base > 0 && canary > 0 ? 0 : rg_table_half(fit->table, row);

	out->log_growth = log_ratio(base + half, canary + half, fit->scale_side);
}

static void fit_spread_inputs(struct rg_fit *fit)
{
	for (size_t i = 0; i < rg_fit_spread_count(fit); i++) {
		struct rg_estimate estimate;

		row_growth(fit, fit->pool[i], &estimate);
		rg_fit_row_variance(fit, fit->pool[i], &estimate);
		fit->pool_square[i] = estimate.log_growth * estimate.log_growth;
		fit->pool_variance[i] = estimate.variance;
	}
}

int rg_fit_make(struct rg_fit *fit, const struct rg_table *table, const uint32_t *order,
		size_t order_count, double prior_cv, struct rg_arena *arena, struct rg_err *err)
{
	double base_runs = (double)table->runs[RG_END_BASE];
	double canary_runs = (double)table->runs[RG_END_CANARY];
	bool paired = rg_table_paired(table);

	*fit = (struct rg_fit){
		.table = table,
		.prior = (paired ? 2 : 1) * prior_cv * prior_cv,
		.inverse_runs = paired ? 1 / base_runs : 1 / base_runs + 1 / canary_runs,
		.d = paired ? base_runs - 1 : base_runs - 1 + canary_runs - 1,
	};
	rg_fit_pool(fit, order, order_count);
	int code = rg_fit_factors(fit, arena, err);

	if (code)
		return code;
	rg_fit_between(fit);
	fit_spread_inputs(fit);
	return 0;
}

void rg_fit_row(const struct rg_fit *fit, size_t row, struct rg_estimate *out)
{
	row_growth(fit, row, out);
	rg_fit_row_variance(fit, row, out);
	rg_fit_add_spread(fit, rg_fit_spread(fit, row, out->variance), out);
}

/* --- The total ------------------------------------------------------------------------------- */

static double mean_phi(const struct rg_table *table)
{
	double sum = 0;

	for (size_t row = 0; row < table->rows; row++)
		sum += table->phi[row] * rg_table_both(table, row);
	return sum / ((double)table->total[RG_END_BASE] + (double)table->total[RG_END_CANARY]);
}

/* Samples are never all missing; waits may be, in one run or on one side. */
static double total_half(const struct rg_table *table)
{
	for (size_t run = 0; run < rg_table_runs(table); run++) {
		if (table->run_total[run] == 0)
			return rg_table_half(table, table->rows);
	}
	return 0;
}

static double log_total(const struct rg_table *table, size_t run, double half)
{
	return log(((double)table->run_total[run] + half) / table->exposure[run]);
}

/* Sum of squares of the logs of the run totals about their side's mean. */
static double total_squares(const struct rg_table *table, enum rg_end end, double half)
{
	size_t first = rg_table_first(table, end), runs = table->runs[end];
	double mean = 0, squares = 0;

	for (size_t run = first; run < first + runs; run++)
		mean += log_total(table, run, half) / (double)runs;
	for (size_t run = first; run < first + runs; run++) {
		double distance = log_total(table, run, half) - mean;

		squares += distance * distance;
	}
	return squares;
}

/* The prior is worth 10 runs; one run a side has nothing else, and then the 30 of a single row. */
void rg_fit_total(const struct rg_fit *fit, struct rg_estimate *out)
{
	const struct rg_table *table = fit->table;
	double phi = fmax(mean_phi(table), table->total_phi), half = total_half(table);
	double base = (double)table->total[RG_END_BASE] + half;
	double canary = (double)table->total[RG_END_CANARY] + half;
	if (rg_table_paired(table)) {
		rg_rounds_total(fit, phi, half, out);
		return;
	}
	double squares =
		total_squares(table, RG_END_BASE, half) + total_squares(table, RG_END_CANARY, half);
	double between = fit->d >= 1 ? (10 * fit->prior + squares) / (10 + fit->d) : fit->prior;

	*out = (struct rg_estimate){
		.log_growth = log_ratio(base, canary, fit->exposure_side),
		.within = {phi / base, phi / canary},
		.df = fit->d >= 1 ? 10 + fit->d : 30,
	};
	out->raw = out->log_growth;
	out->variance = fit->inverse_runs * between + phi / base + phi / canary;
}
