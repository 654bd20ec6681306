/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_STATS_H
#define RG_ENGINE_STATS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The numerics the rule needs. All are pure and give the same bits for the same input on one
 * machine; degrees of freedom may be any positive real number.
 */

/* P(T > t) for Student's t; accurate in the far tail. */
double rg_student_sf(double t, double df);
/* The t with P(T <= t) = p, for 0 < p < 1. */
double rg_student_quantile(double p, double df);

/* The second derivative of ln Gamma, x > 0. */
double rg_trigamma(double x);
/* Its inverse, y > 0. */
double rg_trigamma_inverse(double y);

struct rg_weighted {
	double value, weight; /* weight > 0: the inverse of the variance */
};

/*
 * Huber's location: weighted median, then 8 rounds of means in which a value farther from the
 * centre than 1.5 of its own standard errors is weighed down. Sorts `points`. 0 for no points.
 */
double rg_huber_location(struct rg_weighted *points, size_t count);

/*
 * Benjamini-Hochberg (1995): sets reject[i] for the tests whose null hypothesis is rejected at
 * false discovery rate q. A NaN is never rejected.
 */
void rg_bh_reject(const double *p, size_t count, double q, bool *reject);

/*
 * The argument at which the falling function `f` crosses zero, by bisection on the logarithm of the
 * argument within [low, high]; the nearer end when it does not cross.
 */
double rg_root_falling(double (*f)(double x, const void *ctx), const void *ctx, double low,
		       double high);

#endif
