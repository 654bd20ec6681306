/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_OUTCOME_H
#define CMD_OUTCOME_H

struct rg_err;
struct rg_flame_sides;
struct rg_settings;
struct rg_verdict;

/*
 * Whether the files that the settings name for output can be written where they are: asked before a
 * window of profiling, not after it. RG_EUSAGE for a folder that is not there, else RG_EIO.
 */
int rg_outcome_check_outputs(const struct rg_settings *settings, struct rg_err *err);

/*
 * Shows a verdict as the settings ask: the table or JSON on stdout, files written. Returns the exit status: the
 * verdict's, as mapped by --on-undecided (to a pass only what was compared) and --on-no-baseline; a report
 * that could not be written turns a pass into a failure, and nothing else into anything. `sides` is what the
 * verdict is about, for what is drawn of it; NULL where nothing can be, as --html-out is no option.
 */
int rg_outcome_report(const struct rg_settings *settings, const struct rg_verdict *verdict,
		      const struct rg_flame_sides *sides);

#endif
