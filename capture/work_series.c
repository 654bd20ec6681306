/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work_series.h"

#include "rg/err.h"
#include "rg/grow.h"
#include "rg/units.h"

#include <math.h>
#include <stdlib.h>

/* Of the window, that must lie between two readings. */
#define COVERED_MIN 0.9

int rg_work_series_add(struct rg_work_series *series, uint64_t time_ns, double value,
		       struct rg_err *err)
{
	if (!isfinite(value))
		return rg_err_set(err, RG_EFORMAT, "the number is not finite");
	if (RG_GROW(series->point, series->cap, series->count))
		return rg_err_nomem(err, "work");
	series->point[series->count++] = (struct rg_work_point){time_ns, value};
	return 0;
}

void rg_work_series_done(struct rg_work_series *series)
{
	free(series->point);
	*series = (struct rg_work_series){0};
}

/* Between the readings around it; before the first and behind the last one as those. */
static double value_at(const struct rg_work_series *series, uint64_t time_ns)
{
	const struct rg_work_point *point = series->point;
	size_t after = 0;
	double part;

	while (after < series->count && point[after].time_ns < time_ns)
		after++;
	if (after == 0)
		return point[0].value;
	if (after == series->count)
		return point[after - 1].value;
	part = (double)(time_ns - point[after - 1].time_ns) /
	       (double)(point[after].time_ns - point[after - 1].time_ns);
	return point[after - 1].value + part * (point[after].value - point[after - 1].value);
}

/* The part of the window between the first and the last reading. */
static double covered(const struct rg_work_series *series, uint64_t start_ns, uint64_t end_ns)
{
	uint64_t from = series->point[0].time_ns, to = series->point[series->count - 1].time_ns;

	if (from < start_ns)
		from = start_ns;
	if (to > end_ns)
		to = end_ns;
	return to > from ? (double)(to - from) / (double)(end_ns - start_ns) : 0;
}

static int check_rising(const struct rg_work_series *series, struct rg_err *err)
{
	for (size_t i = 1; i < series->count; i++) {
		const struct rg_work_point *point = &series->point[i];

		if (point->value < point[-1].value)
			return rg_err_set(err, RG_EFORMAT,
					  "it fell from %.10g to %.10g within the window: was the "
					  "counter reset?",
					  point[-1].value, point->value);
	}
	return 0;
}

int rg_work_series_growth(const struct rg_work_series *series, uint64_t start_ns, uint64_t end_ns,
			  double *growth, struct rg_err *err)
{
	double part;
	int rc = check_rising(series, err);

	if (rc)
		return rc;
	if (series->count < 2)
		return rg_err_set(err, RG_EFORMAT, "it could %s",
				  series->count ? "be read only once" : "never be read");
	part = covered(series, start_ns, end_ns);
	if (part < COVERED_MIN)
		return rg_err_set(err, RG_EFORMAT,
				  "it could be read over %.0f %% of the window only: let the "
				  "target be ready before (--warmup)",
				  100 * part);
	*growth = (value_at(series, end_ns) - value_at(series, start_ns)) / part;
	return 0;
}

void rg_work_series_slices(const struct rg_work_series *series, uint64_t start_ns, uint64_t end_ns,
			   uint64_t slice_ns, double *growth, size_t count)
{
	double part = covered(series, start_ns, end_ns), before = value_at(series, start_ns);

	for (size_t i = 0; i < count; i++) {
		uint64_t edge = start_ns + (uint64_t)(i + 1) * slice_ns;
		double value = value_at(series, edge < end_ns ? edge : end_ns);

		growth[i] = (value - before) / part;
		before = value;
	}
}
