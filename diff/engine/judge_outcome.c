/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge.h"

bool rg_judging_rests_on_tests(const struct rg_judging *judging, const struct rg_story *story)
{
	return judging->judged && !rg_story_too_few(story) && !judging->issues.blocked;
}

bool rg_judging_waits_rest_on_tests(const struct rg_judging *judging)
{
	return judging->waits.judged && !judging->issues.blocked &&
	       !judging->issues.off_cpu_blocked;
}

static enum rg_outcome cpu_outcome(const struct rg_judging *judging, const struct rg_story *story)
{
	bool enough = judging->judged && !rg_story_too_few(story);

	if (judging->issues.blocked && (enough || judging->waits.judged))
		return RG_OUTCOME_NOT_COMPARABLE;
	if (enough && rg_callers_fail(&judging->callers))
		return RG_OUTCOME_FAIL;
	return enough ? judging->judgement.outcome : RG_OUTCOME_UNDECIDED;
}

/* A canary in which nothing was seen is not to be let through as a first version may be. */
static enum rg_outcome outcome_without_base(const struct rg_story *story)
{
	return rg_story_empty_run(story, RG_END_CANARY) ? RG_OUTCOME_UNDECIDED
							: RG_OUTCOME_NO_BASELINE;
}

enum rg_outcome rg_judging_outcome(const struct rg_judging *judging, const struct rg_story *story)
{
	enum rg_outcome cpu, waits = judging->waits.judgement.outcome;

	if (judging->set.count[RG_END_BASE] == 0)
		return outcome_without_base(story);
	cpu = cpu_outcome(judging, story);
	if (cpu == RG_OUTCOME_NOT_COMPARABLE || cpu == RG_OUTCOME_FAIL)
		return cpu;
	if (judging->issues.off_cpu_blocked)
		return RG_OUTCOME_NOT_COMPARABLE;
	if (!rg_judging_waits_rest_on_tests(judging) || waits == RG_OUTCOME_PASS)
		return cpu;
	return waits;
}

/* Something was tested that could have failed, and all that was has numbers. */
static bool tested_something(const struct rg_judgement *judgement)
{
	const struct rg_finding *total = &judgement->total;
	/* A program that hardly waits has nothing to answer for. */
	bool gated = judgement->fit.table->unit || (total->tested && total->gated);

	if (total->tested && total->broken)
		return false;
	for (size_t i = 0; i < judgement->count; i++) {
		const struct rg_finding *finding = &judgement->finding[i];
		const struct rg_finding *judged = rg_finding_judged(finding);

		if (judged->tested && judged->broken)
			return false;
		gated |= finding->tested && finding->gated;
	}
	return gated;
}

bool rg_judging_compared(const struct rg_judging *judging, enum rg_outcome outcome)
{
	switch (outcome) {
	case RG_OUTCOME_PASS:
	case RG_OUTCOME_FAIL:
		return true;
	case RG_OUTCOME_NOT_COMPARABLE:
	case RG_OUTCOME_NO_BASELINE:
		return false;
	case RG_OUTCOME_UNDECIDED:
		break;
	}
	return judging->judged && !judging->issues.blocked &&
	       tested_something(&judging->judgement) &&
	       (!rg_judging_waits_rest_on_tests(judging) ||
		tested_something(&judging->waits.judgement));
}
