/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_KIN_H
#define CMD_KIN_H

struct rg_err;
struct rg_policy;
struct rg_runs;
struct rg_verdict;

/*
 * rg_diff_judge(); where functions fail, and the repository we are in has both versions' commits, once more with what their
 * files show of functions that were renamed and code that moved. What is in no commit is not asked. That nothing can be
 * learned from it is no failure: the verdict's commits_note says why.
 */
int rg_kin_judge(const struct rg_runs *base, const struct rg_runs *canary,
		 const struct rg_policy *policy, struct rg_verdict **out, struct rg_err *err);

#endif
