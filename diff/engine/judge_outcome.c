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

	if (judging->set.count[RG_END_BASE] == 0)
		return RG_OUTCOME_NO_BASELINE;
	if (judging->issues.blocked && (enough || judging->waits.judged))
		return RG_OUTCOME_NOT_COMPARABLE;
	if (enough && rg_callers_fail(&judging->callers))
		return RG_OUTCOME_FAIL;
	return enough ? judging->judgement.outcome : RG_OUTCOME_UNDECIDED;
}

enum rg_outcome rg_judging_outcome(const struct rg_judging *judging, const struct rg_story *story)
{
	enum rg_outcome cpu = cpu_outcome(judging, story);
	enum rg_outcome waits = judging->waits.judgement.outcome;

	if (cpu == RG_OUTCOME_NO_BASELINE || cpu == RG_OUTCOME_NOT_COMPARABLE ||
	    cpu == RG_OUTCOME_FAIL)
		return cpu;
	if (judging->issues.off_cpu_blocked)
		return RG_OUTCOME_NOT_COMPARABLE;
	if (!rg_judging_waits_rest_on_tests(judging) || waits == RG_OUTCOME_PASS)
		return cpu;
	return waits;
}
