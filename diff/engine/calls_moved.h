/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_CALLS_MOVED_H
#define RG_ENGINE_CALLS_MOVED_H

#include "growth.h"

/*
 * What the functions that a caller does not call have in common, beyond what the fit divides out: a factor of the canary, and
 * the variance of its log. Where a caller's callees are a large part of the program, what most functions have in
 * common is in part that they grew with it; the others' is not. 1 and 0 where the others are too few.
 */
struct rg_calls_factor {
	double value, variance;
};
struct rg_calls_factor rg_calls_common(const struct rg_fit *fit, const struct rg_growth_sums *under,
				       const struct rg_growth_sums *whole);

/*
 * How much of what grew under a caller is growth for certain, in the sums' unit, and at most all of it: others may have
 * lost that much, as when another function makes calls now that they made. `under` are the sums of the caller's part of
 * the samples, `whole` those of all; `fit` is of the functions' own cost.
 */
double rg_calls_certain_growth(const struct rg_fit *fit, const struct rg_growth_sums *under,
			       const struct rg_growth_sums *whole);

#endif
