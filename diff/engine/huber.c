/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *left, const void *right)
{
	const struct rg_weighted *a = left, *b = right;

	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return (a->weight > b->weight) - (a->weight < b->weight);
}

/*
 * Half the weight is reached from below at one point and from above at the same or a neighbouring
 * one: their mean, so that negated values give exactly the negated median.
 */
static double weighted_median(const struct rg_weighted *points, size_t count, double total)
{
	size_t low = 0, high = count - 1;
	double below = points[low].weight, above = points[high].weight;

	while (below < total / 2 && low + 1 < count)
		below += points[++low].weight;
	while (above < total / 2 && high > 0)
		above += points[--high].weight;
	return (points[low].value + points[high].value) / 2;
}

static double huber_step(const struct rg_weighted *points, size_t count, double centre)
{
	double sum = 0, weights = 0;

	for (size_t i = 0; i < count; i++) {
		double distance = fabs(points[i].value - centre) * sqrt(points[i].weight);
		double weight = points[i].weight * (distance > 1.5 ? 1.5 / distance : 1);

		sum += weight * (points[i].value - centre);
		weights += weight;
	}
	return centre + sum / weights;
}

double rg_huber_location(struct rg_weighted *points, size_t count)
{
	double total = 0;

	if (count == 0)
		return 0;
	qsort(points, count, sizeof(points[0]), by_value);
	for (size_t i = 0; i < count; i++)
		total += points[i].weight;
	double centre = weighted_median(points, count, total);

	for (int round = 0; round < 8; round++)
		centre = huber_step(points, count, centre);
	return centre;
}
