/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_RENAMES_H
#define RG_ENGINE_RENAMES_H

#include "kinship.h"

/*
 * Functions that go by another name in the canary: one that vanished and one that is new, of like cost, called by the
 * same callers, called the same in another module, or renamed as the sources say. Each pair becomes one row, the canary's, so that it is compared with
 * what it was, whatever it costs now; alignment->renamed_from tells. `callers` aligns the same runs.
 *
 * Wrong pairs do little harm: what replaced something at the same callers is judged by what it costs more.
 * Returns 0, RG_ENOMEM or RG_ELIMIT.
 */
int rg_renames_join(struct rg_alignment *alignment, const struct rg_alignment *callers,
		    const struct rg_run_set *set, const struct rg_kinships *kinships,
		    struct rg_arena *arena, struct rg_err *err);

#endif
