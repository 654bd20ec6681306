/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_POLICY_H
#define CMD_POLICY_H

struct rg_err;
struct rg_settings;
struct rg_verdict;

/* What --policy-from takes for "as the file is here". */
#define RG_POLICY_WORK_TREE "work-tree"

/*
 * Policy belongs to the target branch. When --policy-from names a revision, or CI says which branch a
 * pull request is for, the configuration's policy, functions, ignore and store are read from the file as it is
 * there, in place of the settings'; how the two differ is kept in the settings. A policy that
 * cannot be read is an error: RG_EUSAGE says what to fetch.
 */
int rg_policy_from_target(struct rg_settings *settings, struct rg_err *err);

/* Puts that into a verdict made with these settings, which must live as long as it. */
void rg_policy_tell(const struct rg_settings *settings, struct rg_verdict *verdict);

#endif
