/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_JUDGE_WAITS_H
#define RG_ENGINE_JUDGE_WAITS_H

#include "comparable.h"
#include "judgement.h"
#include "kinship.h"
#include "waits.h"

/* The off-CPU half of a comparison. */
struct rg_wait_part {
	bool measured[RG_END_COUNT]; /* by every run of the side */
	bool gathered;               /* waits hold both sides' time */
	bool judged; /* the judgement is made: what it says counts if nothing blocks */
	struct rg_waits waits;
	struct rg_judgement judgement;
};

/*
 * Gathers and judges, as far as both sides were measured; why it cannot be is an issue. `basis` is that of CPU time;
 * `callers` aligns the same runs, as the statistical rule needs it. `kinships` may be NULL.
 * RG_ENOMEM, RG_ELIMIT.
 */
int rg_waits_judge(struct rg_wait_part *out, const struct rg_run_set *set,
		   const struct rg_alignment *callers, const struct rg_kinships *kinships,
		   const struct rg_policy *policy, enum rg_basis basis, struct rg_issues *issues,
		   struct rg_arena *scratch, struct rg_err *err);

/* What of the account, the threads and the stacks stands in the way of comparing off-CPU time. */
void rg_comparable_waits(struct rg_issues *issues, const struct rg_run_set *set,
			 const struct rg_side *base, const struct rg_side *canary,
			 const struct rg_wait_part *part, const struct rg_policy *policy);

/* The part of a side's time that is not idle that no function of the application answers for. */
double rg_waits_unattributed(const struct rg_waits *waits, enum rg_end end);

#endif
