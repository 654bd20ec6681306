/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fit.h"
#include "stats.h"

#include <math.h>

/* Sum of squares about the side's mean, and of phi/(x + 1/2). */
static void side_between(const struct rg_fit *fit, size_t row, enum rg_end end,
			 struct rg_between *sum)
{
	const struct rg_table *table = fit->table;
	size_t first = rg_table_first(table, end), runs = table->runs[end];
	double mean = 0, half = rg_table_half(table, row);

	if (runs < 2)
		return;
	for (size_t run = first; run < first + runs; run++) {
		double count = (double)rg_table_count(table, row, run) + half;

		mean += log(count / fit->scale[run]) / (double)runs;
		sum->within += table->phi[row] / count;
	}
	for (size_t run = first; run < first + runs; run++) {
		double count = (double)rg_table_count(table, row, run) + half;
		double distance = log(count / fit->scale[run]) - mean;

		sum->variance += distance * distance;
	}
}

void rg_fit_row_between(const struct rg_fit *fit, size_t row, struct rg_between *out)
{
	size_t runs = 0;

	if (rg_table_paired(fit->table)) {
		rg_rounds_between(fit, row, out);
		return;
	}
	*out = (struct rg_between){0};
	for (int end = 0; end < RG_END_COUNT; end++) {
		side_between(fit, row, (enum rg_end)end, out);
		if (fit->table->runs[end] >= 2)
			runs += fit->table->runs[end];
	}
	if (runs > 0) {
		out->variance /= fit->d;
		out->within /= (double)runs;
	}
}

struct pooled {
	struct rg_between row[RG_SPREAD_MAX];
	size_t count;
	double d, prior;
};

/*
 * The derivative of the log likelihood of the pool's variances plus a prior worth two observations:
 * it falls through zero at the between-run variance that fits them best.
 */
static double between_slope(double between, const void *ctx)
{
	const struct pooled *pooled = ctx;
	double slope = 2 * (pooled->prior - between) / (between * between);

	for (size_t i = 0; i < pooled->count; i++) {
		double expected = between + pooled->row[i].within;

		slope += pooled->d * (pooled->row[i].variance - expected) / (expected * expected);
	}
	return slope;
}

/*
 * How many degrees of freedom the common variance is worth for one row: few when the rows' own
 * variances differ more than chance makes them (moments of log F, Smyth 2004).
 */
static double prior_df(const struct pooled *pooled, double between)
{
	const double least = 4, most = 40;
	double sum = 0, squares = 0;
	size_t n = 0;

	for (size_t i = 0; i < pooled->count; i++) {
		double ratio = pooled->row[i].variance / (between + pooled->row[i].within);

		if (!(ratio > 0)) /* runs that agree to the last sample have no logarithm */
			continue;
		n++;
		double delta = log(ratio) - sum;

		sum += delta / (double)n; /* the running mean */
		squares += delta * (log(ratio) - sum);
	}
	if (n < 2)
		return most;
	double excess = squares / (double)(n - 1) - rg_trigamma(pooled->d / 2);

	if (!(excess > 0))
		return most;
	return fmin(fmax(2 * rg_trigamma_inverse(excess), least), most);
}

void rg_fit_between(struct rg_fit *fit)
{
	struct pooled pooled = {
		.count = rg_fit_spread_count(fit), .d = fit->d, .prior = fit->prior};

	fit->between = fit->prior;
	fit->prior_df = 30;
	if (fit->d < 1)
		return;
	for (size_t i = 0; i < pooled.count; i++)
		rg_fit_row_between(fit, fit->pool[i], &pooled.row[i]);
	fit->between = rg_root_falling(between_slope, &pooled, 1e-12, 1e4);
	fit->prior_df = fit->d < 4 ? 20 : prior_df(&pooled, fit->between);
}
