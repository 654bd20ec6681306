/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_CALLERS_H
#define RG_ENGINE_CALLERS_H

#include "growth.h"
#include "judgement.h"

/*
 * Functions judged by what they cost with all they call. Where a change makes a function ask more of what it calls
 * (an allocator, a parser, copying), no function of the top need grow beyond its threshold, and on shares the total is
 * not judged: the caller is where it shows.
 *
 * The family is the application's functions whose cost is mostly in what they call. They only fail, never withhold a
 * pass, and at a quarter of the policy's false discovery rate, so that the two families together keep within it.
 */
struct rg_callers {
	struct rg_alignment alignment;
	struct rg_growth growth;
	/* Its findings are the callers that fail or are accepted, none of which another or a failing function explains. */
	struct rg_judgement judgement;
};

/*
 * out->alignment and out->growth are set: rg_align_callers(), rg_growth_make(). `self` is the judgement over the functions' own cost; its fit says how costs vary. Returns 0, RG_ENOMEM or
 * RG_ELIMIT.
 */
int rg_callers_judge(struct rg_callers *out, const struct rg_run_set *set,
		     const struct rg_alignment *self, const struct rg_judgement *judgement,
		     const struct rg_policy *policy, struct rg_arena *arena, struct rg_err *err);

bool rg_callers_fail(const struct rg_callers *callers);

#endif
