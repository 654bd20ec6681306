/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_COMPARE_H
#define CMD_COMPARE_H

#include "reference.h"
#include "runs.h"

#include "rg/policy.h"

#include <stdbool.h>

struct rg_err;
struct rg_settings;
struct rg_store;
struct rg_verdict;

/* What a check compares: a canary with its baseline and, when one is pinned, with a second version. */
struct rg_comparison {
	const struct rg_settings *settings;
	struct rg_store *store;
	const char *pinned; /* its name, or NULL */
	struct rg_reference base, second;
	struct rg_run_set canary;
	struct rg_policy_look look; /* that the verdict is of */
	bool unstored;              /* the baseline's runs were to be stored, and could not be */
};

void rg_comparison_init(struct rg_comparison *comparison, const struct rg_settings *settings);
void rg_comparison_done(struct rg_comparison *comparison);

/* Finds the baselines, reads or captures the canary, and judges. The verdict is the caller's. */
int rg_compare(struct rg_comparison *comparison, struct rg_verdict **out, struct rg_err *err);

/* Judges what there is. The verdict is the caller's. */
int rg_comparison_judge(const struct rg_comparison *comparison, struct rg_verdict **out,
			struct rg_err *err);

/*
 * Stores the baseline's runs, unless one of them holds no samples. Where that fails it is said, and `unstored` set: the verdict is
 * worth having without it, but is no pass then.
 */
void rg_comparison_store_baseline(struct rg_comparison *comparison);

/* Whether runs are missing that may be there: a remote could not be asked, or the store that was named does not exist. */
bool rg_comparison_missed(const struct rg_comparison *comparison);

#endif
