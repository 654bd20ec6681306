/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "calls_estimate.h"
#include "calls_moved.h"

#include <math.h>

/* Of one function on one side: counts under all callers but this one, and under all. */
struct counts {
	double rest, all;
};

static struct counts count(const struct rg_fit *fit, const struct rg_growth_sums *under,
			   const struct rg_growth_sums *whole, enum rg_end end, uint32_t row)
{
	double all = whole->leaf[end][row], rest = fmax(all - under->leaf[end][row], 0);

	return (struct counts){rest * fit->scale_side[end], all * fit->scale_side[end]};
}

/* Fewer counts scatter more than those of all, of which the fit knows the variance. */
static double scatter_of_fewer(const struct rg_table *table, uint32_t row, const struct counts *of)
{
	return table->phi[row] * (1 / of->rest - 1 / of->all);
}

static void add_row(const struct rg_fit *fit, const struct rg_growth_sums *under,
		    const struct rg_growth_sums *whole, double factor, size_t index,
		    struct rg_spread_of *others)
{
	uint32_t row = fit->pool[index];
	struct counts base = count(fit, under, whole, RG_END_BASE, row);
	struct counts canary = count(fit, under, whole, RG_END_CANARY, row);

	if (base.rest < RG_POOL_COUNT_MIN || canary.rest < RG_POOL_COUNT_MIN)
		return;
	double growth = log(canary.rest / fit->scale_side[RG_END_CANARY] / factor) -
			log(base.rest / fit->scale_side[RG_END_BASE]);

	others->square[others->count] = growth * growth;
	others->variance[others->count++] = fit->pool_variance[index] +
					    scatter_of_fewer(fit->table, row, &base) +
					    scatter_of_fewer(fit->table, row, &canary);
}

void rg_calls_estimate(const struct rg_fit *fit, const struct rg_growth_sums *under,
		       const struct rg_growth_sums *whole, struct rg_estimate *estimate)
{
	struct rg_calls_factor factor = rg_calls_common(fit, under, whole);
	struct rg_spread_of others = {.count = 0};

	for (size_t i = 0; i < rg_fit_spread_count(fit); i++)
		add_row(fit, under, whole, factor.value, i, &others);
	if (others.count < RG_SPREAD_ROWS_MIN)
		return;
	estimate->variance += factor.variance - estimate->spread;
	rg_fit_add_spread(fit, rg_spread_of(fit, &others, estimate->variance), estimate);
	estimate->log_growth -= log(factor.value);
}
