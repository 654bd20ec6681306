/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_CONTROL_H
#define CMD_CONTROL_H

#include "target.h"

struct rg_comparison;
struct rg_err;
struct rg_settings;

/* A baseline that runs already, beside the canary and under the same load: both are captured at once. */

extern const struct rg_option rg_options_control[];

/* Texts are borrowed from argv. */
struct rg_control_settings {
	pid_t pids[RG_SETTINGS_PIDS_MAX]; /* --baseline-pid */
	size_t pid_count;
	struct rg_target_settings target;
	const char *output;                     /* --baseline-output */
	const char *work_metric, *work_command; /* --baseline-work-metric, --baseline-work-cmd */
};

/* Whether one is named: on the command line, or by a configuration that nothing there goes over. */
bool rg_control_given(const struct rg_settings *settings);
/* RG_EUSAGE for what does not go together with one; without one, for what takes one. */
int rg_control_check(const struct rg_settings *settings, struct rg_err *err);
/* Captures both into the runs of the comparison, and keeps what is to be kept. Errors as of rg_capture_run_pair(). */
int rg_control_take(struct rg_comparison *comparison, struct rg_err *err);

#endif
