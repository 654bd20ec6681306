/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_UNMATCHED_H
#define CMD_UNMATCHED_H

struct rg_runs;
struct rg_settings;

/*
 * Says on stderr which entries of the policy's "functions" and "ignore" match no function of either side: a
 * name that was mistyped, or is no longer there, is a limit that does not hold. Says nothing when a side has no runs, for
 * the other may hold them, or when it is to be quiet.
 */
void rg_unmatched_tell(const struct rg_settings *settings, const struct rg_runs *base,
		       const struct rg_runs *canary);

#endif
