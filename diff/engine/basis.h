/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_BASIS_H
#define RG_ENGINE_BASIS_H

#include "align.h"
#include "comparable.h"

/*
 * What cost is divided by: seconds, units of work, or the total. The quotient of a count and its exposure is CPU time in
 * seconds per second, or per unit of work; or a share.
 */

/*
 * The basis of this comparison, never auto. What the basis asked for lacks is a blocking issue; shares are shown then. Work that only one side
 * counted is a caution where it was not asked for.
 */
enum rg_basis rg_basis_choose(const struct rg_run_set *set, const struct rg_policy *policy,
			      struct rg_issues *issues);

/* What counts are held against to see how they spread. */
enum rg_spread_basis rg_basis_spread(const struct rg_policy *policy, enum rg_basis basis);

/* Sets table->exposure; the table must be summed. RG_ENOMEM. */
int rg_basis_exposures(struct rg_table *table, const struct rg_run_set *set, enum rg_basis basis,
		       struct rg_arena *arena, struct rg_err *err);

/* Off-CPU time is never a share: it is per unit of work where CPU time is, else per second. */
static inline enum rg_basis rg_basis_of_waits(enum rg_basis basis)
{
	return basis == RG_BASIS_WORK ? RG_BASIS_WORK : RG_BASIS_SECOND;
}

/* Whether costs of work can be compared; if not, why not is an issue, blocking or not. */
bool rg_work_comparable(const struct rg_run_set *set, bool asked_for, struct rg_issues *issues);

/* What a unit of work is called: the canary's name, else the baseline's; "" where none was counted. NULL: out of memory. */
const char *rg_work_unit(const struct rg_run_set *set, struct rg_arena *arena);

#endif
