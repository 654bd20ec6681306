/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "calls_moved.h"

#include <math.h>

/* One-sided, in standard errors: 97.5 %. */
#define CERTAIN       1.96
/* A function is none that the caller calls when no more of its cost is under it. */
#define UNTOUCHED_MAX 0.05

struct comparing {
	const struct rg_fit *fit;
	const struct rg_growth_sums *under, *whole;
	struct rg_calls_factor factor;
};

static double cost(const struct comparing *comparing, const struct rg_growth_sums *sums,
		   enum rg_end end, size_t row)
{
	double factor = end == RG_END_CANARY ? comparing->factor.value : 1;

	return sums->leaf[end][row] / factor;
}

/* --- What is common to the others ------------------------------------------------------------- */

static bool is_untouched(const struct rg_growth_sums *under, const struct rg_growth_sums *whole,
			 size_t row)
{
	double called = 0, all = 0;

	for (int end = 0; end < RG_END_COUNT; end++) {
		called += under->leaf[end][row];
		all += whole->leaf[end][row];
	}
	return called <= UNTOUCHED_MAX * all;
}

/* A cost's variance, by its two sides: of the samples it was counted by, and from run to run. */
static double noise(const struct rg_fit *fit, double base, double canary)
{
	double mean = (base + canary) / 2;

	return base / fit->scale_side[RG_END_BASE] + canary / fit->scale_side[RG_END_CANARY] +
	       fit->between * fit->inverse_runs * mean * mean;
}

struct rg_calls_factor rg_calls_common(const struct rg_fit *fit, const struct rg_growth_sums *under,
				       const struct rg_growth_sums *whole)
{
	struct rg_fit others = *fit;
	double weights = 0;

	others.pool_count = 0;
	for (size_t i = 0; i < fit->pool_count; i++) {
		uint32_t row = fit->pool[i];
		double base = whole->leaf[RG_END_BASE][row];
		double canary = whole->leaf[RG_END_CANARY][row];

		if (!is_untouched(under, whole, row) || !(base > 0) || !(canary > 0))
			continue;
		others.pool[others.pool_count++] = row;
		weights += base * canary / noise(&others, base, canary);
	}
	if (rg_fit_pool_too_small(&others))
		return (struct rg_calls_factor){.value = 1};
	return (struct rg_calls_factor){
		.value = exp(rg_fit_common(&others, others.scale_side[RG_END_BASE],
					   others.scale_side[RG_END_CANARY])),
		.variance = 1 / weights,
	};
}

/* --- What moved ------------------------------------------------------------------------------- */

/* Of gains under the caller and losses outside of it, weighted by how well each is known. */
struct slopes {
	double gains, losses, rests;
};

static void add_row(struct slopes *slopes, const struct comparing *comparing, size_t row)
{
	double in[RG_END_COUNT], rest[RG_END_COUNT];

	for (int end = 0; end < RG_END_COUNT; end++) {
		in[end] = cost(comparing, comparing->under, (enum rg_end)end, row);
		rest[end] =
			fmax(cost(comparing, comparing->whole, (enum rg_end)end, row) - in[end], 0);
	}
	double gain = in[RG_END_CANARY] - in[RG_END_BASE];
	double variance = noise(comparing->fit, in[RG_END_BASE], in[RG_END_CANARY]) +
			  noise(comparing->fit, rest[RG_END_BASE], rest[RG_END_CANARY]);

	if (!(variance > 0))
		return;
	slopes->gains += gain * gain / variance;
	slopes->losses += gain * (rest[RG_END_BASE] - rest[RG_END_CANARY]) / variance;
	slopes->rests += gain * rest[RG_END_CANARY] / variance;
}

/*
 * Calls that another function makes now take their cost away function by function in the proportions they bring it in, so
 * the part that moved is the slope of the losses over the gains.
 */
double rg_calls_certain_growth(const struct rg_fit *fit, const struct rg_growth_sums *under,
			       const struct rg_growth_sums *whole)
{
	struct comparing comparing = {
		.fit = fit,
		.under = under,
		.whole = whole,
		.factor = rg_calls_common(fit, under, whole),
	};
	struct slopes slopes = {0};

	for (size_t row = 0; row < fit->table->rows; row++)
		add_row(&slopes, &comparing, row);
	if (!(slopes.gains > 0))
		return 0;
	double moved = slopes.losses / slopes.gains, by_factor = slopes.rests / slopes.gains;
	double variance = 1 / slopes.gains + by_factor * by_factor * comparing.factor.variance;

	return (under->canary / comparing.factor.value - under->base) *
	       (1 - fmax(0, moved + CERTAIN * sqrt(variance)));
}
