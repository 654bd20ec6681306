/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_COUNTERPARTS_H
#define RG_ENGINE_COUNTERPARTS_H

#include "align.h"

/*
 * The part of each side's samples in functions that have no name and cannot be matched by their place either. A library without
 * symbols is compared as well as one with them, as long as both sides have the same: how much of the whole it
 * is may change with everything else. Errors: RG_ENOMEM.
 */
int rg_unmatched_shares(double share[RG_END_COUNT], const struct rg_alignment *alignment,
			struct rg_arena *scratch, struct rg_err *err);

#endif
