/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BENCH_THROUGH_H
#define RG_BENCH_THROUGH_H

#include "../simulate_run.h"

/*
 * Judges the pair once more as a user's files are: a profile for each run, through rg_diff_judge(). True
 * when the verdict is that of the judgement, row by row; else says on standard error what differs.
 */
bool through_profiles(const struct rg_sim_scenario *scenario, const struct rg_sim_pair *pair,
		      const struct rg_judgement *judgement, const struct rg_policy *policy);

#endif
