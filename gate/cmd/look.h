/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_LOOK_H
#define CMD_LOOK_H

struct rg_alternation;
struct rg_comparison;
struct rg_err;
struct rg_profile;

/* Taking what is compared, and looking at it in between where the settings allow it to go on. comparison->look says
 * afterwards which look the verdict is of. */

/* One run of the canary: its window, and longer while it is undecided. As rg_take_profile(), and rg_diff_judge(). */
int rg_look_window(struct rg_comparison *comparison, struct rg_profile **out, struct rg_err *err);
/* The rounds that are asked for, and more while it is undecided. As rg_alternation_round(), and rg_diff_judge(). */
int rg_look_rounds(struct rg_comparison *comparison, struct rg_alternation *alternation,
		   struct rg_err *err);

#endif
