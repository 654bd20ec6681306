/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_COMMITS_H
#define CMD_COMMITS_H

#include <stdbool.h>

struct rg_verdict;

/*
 * Puts into a verdict which commits between the two versions changed lines of the functions that grew, and where in
 * the repository those functions are. What cannot be found is no failure: the verdict's commits_note says why.
 */
void rg_commits_tell(struct rg_verdict *verdict);

/* Whether it is a commit's full hex id, and not a label, or nothing (NULL). */
bool rg_commit_is_id(const char *id);

/* Says why commits, or what they show, may be missing, unless that is said already. */
void rg_commits_note(struct rg_verdict *verdict, const char *why);

#endif
