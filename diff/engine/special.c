/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats.h"

#include <math.h>

double rg_root_falling(double (*f)(double x, const void *ctx), const void *ctx, double low,
		       double high)
{
	double a = log(low), b = log(high);

	if (!(f(low, ctx) > 0))
		return low;
	if (f(high, ctx) > 0)
		return high;
	for (int i = 0; i < 64; i++) {
		double middle = a + (b - a) / 2;

		if (f(exp(middle), ctx) > 0)
			a = middle;
		else
			b = middle;
	}
	return exp(a + (b - a) / 2);
}

double rg_trigamma(double x)
{
	double sum = 0;

	if (!(x > 0))
		return NAN;
	/* trigamma(x) = trigamma(x + 1) + 1/x^2, up to where the asymptotic series has 15 digits. */
	while (x < 10) {
		sum += 1 / (x * x);
		x++;
	}
	double r = 1 / (x * x);

	/* Abramowitz & Stegun 6.4.12: the coefficients are the Bernoulli numbers. */
	return sum + 1 / x + r / 2 +
	       r / x *
		       (1.0 / 6 +
			r * (-1.0 / 30 +
			     r * (1.0 / 42 + r * (-1.0 / 30 + r * (5.0 / 66 - r * 691.0 / 2730)))));
}

static double trigamma_excess(double x, const void *ctx)
{
	return rg_trigamma(x) - *(const double *)ctx;
}

double rg_trigamma_inverse(double y)
{
	if (!(y > 0))
		return NAN;
	return rg_root_falling(trigamma_excess, &y, 1e-8, 1e8);
}
