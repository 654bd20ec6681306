/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fit.h"
#include "stats.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>

static bool is_counted(const struct rg_table *table, size_t row, enum rg_end end)
{
	return table->side[end][row] > 0 && rg_table_events(table, row, end) >= RG_POOL_COUNT_MIN;
}

void rg_fit_pool(struct rg_fit *fit, const uint32_t *order, size_t order_count)
{
	const struct rg_table *table = fit->table;

	fit->pool_count = 0;
	for (size_t i = 0; i < order_count && fit->pool_count < RG_POOL_MAX; i++) {
		uint32_t row = order[i];

		if (is_counted(table, row, RG_END_BASE) && is_counted(table, row, RG_END_CANARY))
			fit->pool[fit->pool_count++] = row;
	}
}

/* The inverse of the variance a row's log ratio has when nothing changed. */
static double row_weight(const struct rg_fit *fit, size_t row)
{
	const struct rg_table *table = fit->table;
	double phi = table->phi[row];

	return 1 / (phi / (double)table->side[RG_END_BASE][row] +
		    phi / (double)table->side[RG_END_CANARY][row] + fit->prior * fit->inverse_runs);
}

static double log_rate(const struct rg_table *table, size_t row, size_t run)
{
	double count = (double)rg_table_count(table, row, run) + rg_table_half(table, row);

	return log(count / table->exposure[run]);
}

static double side_mean(const struct rg_table *table, size_t row, enum rg_end end)
{
	size_t first = rg_table_first(table, end);
	double sum = 0;

	for (size_t run = first; run < first + table->runs[end]; run++)
		sum += log_rate(table, row, run);
	return sum / (double)table->runs[end];
}

/*
 * What most rows did, not what the best known one did: of times, whose few rows differ by orders of
 * magnitude in how well they are known, none counts for more than the one in the middle.
 */
static void cap_weights(struct rg_weighted *points, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct rg_weighted moved = points[i];
		size_t to = i;

		for (; to > 0 && points[to - 1].weight > moved.weight; to--)
			points[to] = points[to - 1];
		points[to] = moved;
	}
	for (size_t i = count / 2; i < count; i++)
		points[i].weight = points[count / 2].weight;
}

double rg_fit_location(const struct rg_fit *fit, struct rg_weighted *points)
{
	if (fit->table->unit)
		cap_weights(points, fit->pool_count);
	return rg_huber_location(points, fit->pool_count);
}

bool rg_fit_pool_too_small(const struct rg_fit *fit)
{
	return fit->pool_count < (fit->table->unit ? RG_POOL_TIMES_MIN : RG_POOL_ROWS_MIN);
}

/* How far this run lies from its side, in most rows: the log of its own factor. */
static double run_factor(const struct rg_fit *fit, enum rg_end end, size_t run)
{
	struct rg_weighted points[RG_POOL_MAX] = {0};

	if (fit->table->runs[end] < 2 || rg_fit_pool_too_small(fit))
		return 0;
	for (size_t i = 0; i < fit->pool_count; i++) {
		size_t row = fit->pool[i];

		points[i].value = log_rate(fit->table, row, run) - side_mean(fit->table, row, end);
		points[i].weight = row_weight(fit, row);
	}
	return rg_fit_location(fit, points);
}

double rg_fit_common(const struct rg_fit *fit, double exposure_base, double exposure_canary)
{
	struct rg_weighted points[RG_POOL_MAX] = {0};

	if (rg_fit_pool_too_small(fit))
		return 0;
	for (size_t i = 0; i < fit->pool_count; i++) {
		size_t row = fit->pool[i];

		points[i].value =
			log((double)fit->table->side[RG_END_CANARY][row] / exposure_canary) -
			log((double)fit->table->side[RG_END_BASE][row] / exposure_base);
		points[i].weight = row_weight(fit, row);
	}
	return rg_fit_location(fit, points);
}

static void scale_runs(const struct rg_fit *fit, enum rg_end end, double *scale)
{
	size_t first = rg_table_first(fit->table, end);

	for (size_t run = first; run < first + fit->table->runs[end]; run++)
		scale[run] = fit->table->exposure[run] * exp(run_factor(fit, end, run));
}

static void sum_scale(struct rg_fit *fit)
{
	for (size_t run = 0; run < rg_table_runs(fit->table); run++) {
		enum rg_end end = run < fit->table->runs[RG_END_BASE] ? RG_END_BASE : RG_END_CANARY;

		fit->exposure_side[end] += fit->table->exposure[run];
		fit->scale_side[end] += fit->scale[run];
	}
}

int rg_fit_factors(struct rg_fit *fit, struct rg_arena *arena, struct rg_err *err)
{
	const struct rg_table *table = fit->table;
	double *scale = rg_arena_array(arena, rg_table_runs(table), sizeof(*scale));

	if (!scale)
		return rg_err_nomem(err, "diff");
	fit->scale = scale;
	if (rg_table_paired(table)) {
		rg_rounds_scale(fit, scale);
		sum_scale(fit);
		return 0;
	}
	scale_runs(fit, RG_END_BASE, scale);
	scale_runs(fit, RG_END_CANARY, scale);
	sum_scale(fit);
	fit->common =
		rg_fit_common(fit, fit->scale_side[RG_END_BASE], fit->scale_side[RG_END_CANARY]);
	for (size_t run = table->runs[RG_END_BASE]; run < rg_table_runs(table); run++)
		scale[run] *= exp(fit->common);
	fit->scale_side[RG_END_CANARY] *= exp(fit->common);
	return 0;
}
