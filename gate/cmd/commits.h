/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_COMMITS_H
#define CMD_COMMITS_H

struct rg_verdict;

/*
 * Puts into a verdict which commits between the two versions changed lines of the functions that grew, and where in
 * the repository those functions are. What cannot be found is no failure: the verdict's commits_note says why.
 */
void rg_commits_tell(struct rg_verdict *verdict);

#endif
