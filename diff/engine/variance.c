/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fit.h"
#include "stats.h"

#include <math.h>

/* The mean of min(Z^2, 2.25) for a standard normal Z: what the check below expects. */
#define SPREAD_EXPECTED 0.7785
#define SPREAD_CLIP     2.25
/* The prior for the variance between runs is worth this many degrees of freedom alone. */
#define PRIOR_DF        30
/* That many rounds, less one, show what varies from run to run. */
#define ROUNDS_DF_MIN   3
/* What placing functions anew may come to before one fails by it: half as much again as the prior, squared. */
#define PLACED_WORST    2.25
/* Beyond this, t is normal; keeps infinity out when all terms are known exactly. */
#define DF_MAX          1e6

/* What within comes to squared: as two that were measured by themselves, or as one, of their difference. */
static double within_square(const struct rg_fit *fit, const double *within)
{
	if (fit->table->concurrent)
		return (within[0] + within[1]) * (within[0] + within[1]);
	return within[0] * within[0] + within[1] * within[1];
}

/* One run a side: Satterthwaite over the prior's and the within-run variance's own uncertainty. */
static double single_run_df(const struct rg_fit *fit, const struct rg_estimate *estimate)
{
	double prior = fit->prior * fit->inverse_runs;
	double sum = prior * prior / PRIOR_DF;

	if (fit->table->phi_df > 0)
		sum += within_square(fit, estimate->within) / fit->table->phi_df;
	double df = estimate->variance * estimate->variance / sum;

	return df < DF_MAX ? df : DF_MAX;
}

/* From the expected counts under no change; the observed ones would be biased by what is tested. */
static void row_within(const struct rg_fit *fit, size_t row, struct rg_estimate *out)
{
	const struct rg_table *table = fit->table;
	double rate = rg_table_both(table, row) /
		      (fit->scale_side[RG_END_BASE] + fit->scale_side[RG_END_CANARY]);

	for (int end = 0; end < RG_END_COUNT; end++)
		out->within[end] = table->phi[row] / (rate * fit->scale_side[end]);
}

void rg_fit_row_variance(const struct rg_fit *fit, size_t row, struct rg_estimate *out)
{
	double kappa = 1;

	if (rg_table_paired(fit->table))
		rg_rounds_within(fit, row, out);
	else
		row_within(fit, row, out);
	double within = out->within[RG_END_BASE] + out->within[RG_END_CANARY];

	if (fit->d >= 1) {
		struct rg_between own;

		rg_fit_row_between(fit, row, &own);
		kappa = (fit->prior_df + fit->d * own.variance / (fit->between + own.within)) /
			(fit->prior_df + fit->d);
	}
	out->variance = fmax(kappa * (fit->between * fit->inverse_runs + within), within);
	out->df = fit->d >= 1 ? fit->prior_df + fit->d : single_run_df(fit, out);
	out->spread = out->versions = 0;
}

/*
 * What varies from run to run is measured in rounds, whatever it comes from. What no round shows is where a build happened
 * to place its functions: then the spread of the other rows is that, and what really changed.
 */
static bool is_measured_in_rounds(const struct rg_fit *fit)
{
	return rg_table_paired(fit->table) && fit->d >= ROUNDS_DF_MIN;
}

/* `square` and `variance` of others, and what each counts. */
struct weighed {
	const struct rg_spread_of *others;
	double weight[RG_SPREAD_MAX];
	double total,
		effective; /* of the weights: their sum, and the number of rows they are worth */
};

/* For a placement of about the prior a row says the more the less it varies besides. */
static void weigh(const struct rg_fit *fit, const struct rg_spread_of *others, struct weighed *out)
{
	double squares = 0;

	out->others = others;
	out->total = 0;
	for (size_t i = 0; i < others->count; i++) {
		out->weight[i] =
			is_measured_in_rounds(fit) ? 1 / (others->variance[i] + fit->prior) : 1;
		out->total += out->weight[i];
		squares += out->weight[i] * out->weight[i];
	}
	out->effective = out->total * out->total / squares;
}

static double spread_excess(double extra, const void *ctx)
{
	const struct weighed *weighed = ctx;
	const struct rg_spread_of *others = weighed->others;
	double sum = 0;

	for (size_t i = 0; i < others->count; i++)
		sum += weighed->weight[i] *
		       fmin(others->square[i] / (others->variance[i] + extra), SPREAD_CLIP);
	return sum / weighed->total - SPREAD_EXPECTED;
}

double rg_spread_of(const struct rg_fit *fit, const struct rg_spread_of *others, double variance)
{
	struct weighed weighed;

	if (others->count < RG_SPREAD_ROWS_MIN)
		return 0;
	weigh(fit, others, &weighed);
	double slack = fit->d >= 1 ? SPREAD_EXPECTED * 2 / sqrt(weighed.effective) : 0;
	double excess = spread_excess(0, &weighed);
	bool rounds = is_measured_in_rounds(fit);

	if (!(excess > (rounds ? 0 : slack)))
		return 0;
	double spread = rg_root_falling(spread_excess, &weighed, variance * 1e-9, 1e4);

	/* In rounds what may be chance is a part of it; where less is known, none. */
	return rounds ? spread * fmin(excess / slack, 1) : spread;
}

double rg_fit_spread(const struct rg_fit *fit, size_t row, double variance)
{
	struct rg_spread_of others = {.count = 0};

	for (size_t i = 0; i < rg_fit_spread_count(fit); i++) {
		if (fit->pool[i] == row)
			continue;
		others.square[others.count] = fit->pool_square[i];
		others.variance[others.count++] = fit->pool_variance[i];
	}
	return rg_spread_of(fit, &others, variance);
}

void rg_fit_add_spread(const struct rg_fit *fit, double spread, struct rg_estimate *out)
{
	double most = is_measured_in_rounds(fit) ? fit->prior : INFINITY;

	out->spread = fmin(spread, most);
	out->versions = fmin(spread, PLACED_WORST * most) - out->spread;
	out->variance += out->spread;
}
