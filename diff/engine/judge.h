/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_JUDGE_H
#define RG_ENGINE_JUDGE_H

#include "report.h"

/* One comparison while it is made. What outlives it is in the verdict's arena, the rest in scratch. */
struct rg_judging {
	struct rg_verdict *verdict;
	const struct rg_kinships *kinships; /* or NULL */
	struct rg_arena *scratch;
	struct rg_run_set set;
	struct rg_alignment alignment;
	struct rg_judgement judgement;
	struct rg_issues issues;
	bool judged; /* judgement is made */
	struct rg_wait_part waits;
	struct rg_callers callers;
	bool callers_known; /* callers are judged */
	bool growth_known;  /* callers.growth is made */
};

/* Undecided, without rows, under a copy of the policy; freed by rg_verdict_free(). NULL: out of memory. */
struct rg_verdict *rg_verdict_new(const struct rg_policy *policy);

/* Whether the tests may speak: there is enough to test, and it can be compared. */
bool rg_judging_rests_on_tests(const struct rg_judging *judging, const struct rg_story *story);
/* Whether the tests of off-CPU time may speak. */
bool rg_judging_waits_rest_on_tests(const struct rg_judging *judging);
/*
 * A failure of either stands. Off-CPU time that was measured and cannot be compared keeps the rest
 * from a pass; time that was measured on one side only was never asked for.
 */
enum rg_outcome rg_judging_outcome(const struct rg_judging *judging, const struct rg_story *story);

/* Whether an outcome is of a comparison: rg_verdict's `compared`. */
bool rg_judging_compared(const struct rg_judging *judging, enum rg_outcome outcome);

/* The verdict's outcome, rows, issues, conditions and headline, when all is judged. */
int rg_judging_report(struct rg_judging *judging, struct rg_err *err);

#endif
