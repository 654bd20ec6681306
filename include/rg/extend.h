/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_EXTEND_H
#define RG_EXTEND_H

#include "rg/policy.h"

#include <stdbool.h>
#include <stdint.h>

struct rg_verdict;

/*
 * Going on while a comparison is undecided: when it is looked at, and what each look may conclude. All looks are
 * planned beforehand, about twice as much to see at each as at the one before, so that what each of
 * them spends is known whatever the data say.
 */

/* What there is at the first look, and at most: rounds, or ns of the window. */
struct rg_extend_plan {
	uint64_t first, most; /* most up to first: it is looked at once */
	uint64_t step;        /* the looks between lie on multiples of it; 0: 1 */
	bool canary_alone;    /* there will be no more of the baseline */
};

/* How often it is looked at, at most. */
uint32_t rg_extend_looks(const struct rg_extend_plan *plan);
/* What there is to be at a look, from 1: more at each than at the one before. */
uint64_t rg_extend_reach(const struct rg_extend_plan *plan, uint32_t look);
/* The same for the policy it is judged by. */
struct rg_policy_look rg_extend_look(const struct rg_extend_plan *plan, uint32_t look);
/* The same of a look that is the last although more were planned: nothing more can be seen. */
struct rg_policy_look rg_extend_last(const struct rg_extend_plan *plan, uint32_t look);
/* Whether another look follows on what this one came to. */
bool rg_extend_goes_on(const struct rg_extend_plan *plan, uint32_t look,
		       const struct rg_verdict *verdict);

#endif
