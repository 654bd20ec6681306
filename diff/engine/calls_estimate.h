/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_CALLS_ESTIMATE_H
#define RG_ENGINE_CALLS_ESTIMATE_H

#include "growth.h"

/*
 * A caller's growth, of which rg_fit_row() made the first estimate, against what it does not call. When it asks more of
 * its callees these grow with it, each by as much as it is one of their callers: the fit takes that for noise of this pair
 * of sides, and in part for what all functions have in common. What the functions cost under all others than this
 * caller says how noisy they are without it. Left as it is where too little is known of that. `fit` is of the
 * functions' own cost, of which `under` and `whole` are as for rg_calls_certain_growth().
 */
void rg_calls_estimate(const struct rg_fit *fit, const struct rg_growth_sums *under,
		       const struct rg_growth_sums *whole, struct rg_estimate *estimate);

#endif
