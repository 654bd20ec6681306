/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats.h"

#include <math.h>

/* Beyond this many degrees of freedom t is normal to more digits than anything here needs. */
#define NORMAL_DF 1e5

/*
 * The continued fraction of the incomplete beta function (DLMF 8.17.22), evaluated forwards by
 * Lentz's method. Converges fast for x < (a + 1) / (a + b + 2).
 */
static double beta_fraction(double a, double b, double x)
{
	const double tiny = 1e-300;
	double c = 1;
	double d = 1 - (a + b) * x / (a + 1);

	d = 1 / (fabs(d) < tiny ? tiny : d);
	double h = d;

	for (int m = 1; m < 5000; m++) {
		for (int odd = 0; odd < 2; odd++) {
			double coef =
				odd ? -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
				    : m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));

			d = 1 + coef * d;
			d = 1 / (fabs(d) < tiny ? tiny : d);
			c = 1 + coef / c;
			c = fabs(c) < tiny ? tiny : c;
			h *= c * d;
		}
		if (fabs(c * d - 1) < 1e-15)
			break;
	}
	return h;
}

static double log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign); /* plain lgamma() writes a global */
}

/* The regularized incomplete beta function I_x(a, b); y is 1 - x, given apart to keep its digits. */
static double beta_regularized(double a, double b, double x, double y)
{
	if (x <= 0)
		return 0;
	if (y <= 0)
		return 1;
	double front =
		exp(a * log(x) + b * log(y) + log_gamma(a + b) - log_gamma(a) - log_gamma(b));

	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, y) / b;
}

double rg_student_sf(double t, double df)
{
	if (isnan(t) || !(df > 0))
		return NAN;
	if (df > NORMAL_DF)
		return 0.5 * erfc(t / M_SQRT2);
	double square = t * t;

	if (isinf(square))
		return t > 0 ? 0 : 1;
	double tail =
		0.5 * beta_regularized(df / 2, 0.5, df / (df + square), square / (df + square));

	return t > 0 ? tail : 1 - tail;
}

static double student_density(double t, double df)
{
	if (df > NORMAL_DF)
		return exp(-t * t / 2) / sqrt(2 * M_PI);
	return exp(log_gamma((df + 1) / 2) - log_gamma(df / 2) - (df + 1) / 2 * log1p(t * t / df)) /
	       sqrt(df * M_PI);
}

/*
 * Newton's steps, kept within a bracket: the t > 0 whose upper tail is `tail` (< 1/2). Ends at 12
 * digits: more than the tail itself has.
 */
static double upper_quantile(double tail, double df)
{
	double low = 0, high = 2;

	while (rg_student_sf(high, df) > tail && high < 1e150) {
		low = high;
		high *= 2;
	}
	double t = low > 0 ? low : 1;

	for (int i = 0; i < 100; i++) {
		double excess = rg_student_sf(t, df) - tail;
		double next = t + excess / student_density(t, df);

		if (excess > 0)
			low = t;
		else
			high = t;
		if (!(next > low && next < high))
			next = low + (high - low) / 2;
		if (fabs(next - t) <= 1e-12 * t)
			return next;
		t = next;
	}
	return t;
}

double rg_student_quantile(double p, double df)
{
	if (!(p > 0 && p < 1) || !(df > 0))
		return NAN;
	if (p < 0.5)
		return -upper_quantile(p, df);
	return p > 0.5 ? upper_quantile(1 - p, df) : 0;
}
