/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_TARGET_H
#define CMD_TARGET_H

#include "rg/cli.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct rg_capture_options;
struct rg_err;
struct rg_settings;

/* Options that name a target which runs already. */
extern const struct rg_option rg_options_running[];

/* Of each kind of target. */
enum { RG_SETTINGS_PIDS_MAX = 256 };

/* How a running target was named, --pid aside. */
enum rg_target_by {
	RG_TARGET_BY_NOTHING = 0,
	RG_TARGET_BY_COMM,
	RG_TARGET_BY_CGROUP,
	RG_TARGET_BY_CONTAINER,
	RG_TARGET_BY_POD,
	RG_TARGET_BY_UNIT,
	RG_TARGET_BY_ALL,
};

struct rg_target_settings {
	enum rg_target_by by;
	const char *name; /* borrowed from argv, or the configuration's */
	bool configured;  /* by the configuration alone */
};

/* Names a target; `what` it is to the user is for the error, RG_EUSAGE, when one is named already. */
int rg_target_name(struct rg_target_settings *target, enum rg_target_by by, const char *name,
		   const char *what, struct rg_err *err);
/* Appends "PID[,PID…]" to the RG_SETTINGS_PIDS_MAX places of `pids`. RG_EUSAGE. */
int rg_target_add_pids(const char *list, pid_t *pids, size_t *count, struct rg_err *err);
/* Whether the command line names a target that runs. */
bool rg_target_running(const struct rg_settings *settings);
/* Where the command line names no target: the configuration's, when it runs. RG_EUSAGE when that names two. */
int rg_target_configure(struct rg_settings *settings, struct rg_err *err);
/* RG_EUSAGE when the settings name no target, or two. */
int rg_target_check(const struct rg_settings *settings, struct rg_err *err);
/*
 * Finds the target and enters it: command, processes, name or cgroup. Texts are the settings'. RG_ETARGET when there is
 * none of that name; RG_EUSAGE, RG_EIO, RG_ENOMEM.
 */
int rg_target_enter(const struct rg_settings *settings, struct rg_capture_options *options,
		    struct rg_err *err);

#endif
