/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/extend.h"

#include "rg/verdict.h"

#include <math.h>

uint32_t rg_extend_looks(const struct rg_extend_plan *plan)
{
	uint64_t step = plan->step ? plan->step : 1;

	if (plan->most <= plan->first || plan->first == 0)
		return 1;
	double doublings = round(log2((double)plan->most / (double)plan->first));
	/* One more at least, and none that would not be a step beyond the one before. */
	uint64_t room = (plan->most - plan->first - 1) / step + 1;

	return 1 + (uint32_t)fmin(fmax(doublings, 1), fmin((double)room, RG_POLICY_LOOKS_MAX - 1));
}

/* In equal ratios; between the ends in whole steps, each look at least one beyond the one before. */
uint64_t rg_extend_reach(const struct rg_extend_plan *plan, uint32_t look)
{
	uint32_t looks = rg_extend_looks(plan);
	uint64_t step = plan->step ? plan->step : 1;

	if (look <= 1 || looks == 1)
		return plan->first;
	if (look >= looks)
		return plan->most;
	double ratio = (double)plan->most / (double)plan->first;
	double reach = (double)plan->first * pow(ratio, (double)(look - 1) / (double)(looks - 1));

	double steps = round((reach - (double)plan->first) / (double)step);

	return plan->first + (uint64_t)fmax(steps, look - 1) * step;
}

struct rg_policy_look rg_extend_look(const struct rg_extend_plan *plan, uint32_t look)
{
	uint32_t looks = rg_extend_looks(plan);
	double most = (double)rg_extend_reach(plan, looks);

	return (struct rg_policy_look){
		.number = look,
		.of = looks,
		.before = look > 1 ? (double)rg_extend_reach(plan, look - 1) / most : 0,
		.now = (double)rg_extend_reach(plan, look) / most,
	};
}

struct rg_policy_look rg_extend_last(const struct rg_extend_plan *plan, uint32_t look)
{
	struct rg_policy_look last = rg_extend_look(plan, look);

	last.of = look;
	last.now = 1;
	return last;
}

/* A baseline of too few samples decides nothing, however many the canary has. */
static bool has_enough(const struct rg_verdict *verdict)
{
	return verdict->base.samples >= 0 &&
	       (uint64_t)verdict->base.samples >= verdict->policy.min_samples;
}

bool rg_extend_goes_on(const struct rg_extend_plan *plan, uint32_t look,
		       const struct rg_verdict *verdict)
{
	if (verdict->outcome != RG_OUTCOME_UNDECIDED || look >= rg_extend_looks(plan))
		return false;
	return !plan->canary_alone || has_enough(rg_verdict_deciding(verdict));
}
