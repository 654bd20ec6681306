/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_CALLS_MOVED_H
#define RG_ENGINE_CALLS_MOVED_H

#include "growth.h"

/*
 * How much of what grew under a caller is growth for certain, in the sums' unit, and at most all of it: others may have
 * lost that much, as when another function makes calls now that they made. `under` are the sums of the caller's part of
 * the samples, `whole` those of all; `fit` is of the functions' own cost.
 */
double rg_calls_certain_growth(const struct rg_fit *fit, const struct rg_growth_sums *under,
			       const struct rg_growth_sums *whole);

#endif
