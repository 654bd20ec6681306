/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_ASKED_H
#define RG_ENGINE_ASKED_H

#include "growth.h"

/*
 * Who asks more of a function. Samples count no calls; but a function that costs others of its callers what it cost before, and one
 * of them more in all its parts alike, is the function it was: that one calls it more often, or with more to do.
 *
 * Goes up from *row, of `growth->callers`, as long as that is so of a function further from the leaves through which at least that
 * much of the part's growth goes; `sums` are the part's. RG_ENOMEM.
 */
int rg_growth_asked(const struct rg_growth *growth, const struct rg_growth_part *part,
		    const struct rg_growth_sums *sums, double least, uint32_t *row,
		    struct rg_err *err);

#endif
