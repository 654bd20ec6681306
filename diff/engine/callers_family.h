/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_CALLERS_FAMILY_H
#define RG_ENGINE_CALLERS_FAMILY_H

#include "callers.h"

/* A member of the family, later one that grew; and by how much, in units of the estimates. */
struct rg_caller_grown {
	struct rg_finding finding;
	double change;
};

/* Callers while they are judged. */
struct rg_callers_judging {
	struct rg_callers *out;
	const struct rg_run_set *set;
	const struct rg_alignment *self;
	const struct rg_judgement *judgement;
	const struct rg_policy *policy;
	struct rg_arena *arena;
	struct rg_fit fit;           /* of the functions' own cost, over the callers' table */
	struct rg_growth_sums whole; /* of all samples; while there is a family */
	struct rg_caller_grown *grown;
	size_t count;
};

/* Sets grown: the callers that have grown for certain, the greatest growth first. RG_ENOMEM. */
int rg_callers_find_grown(struct rg_callers_judging *judging, const struct rg_rules *rules,
			  struct rg_err *err);

#endif
