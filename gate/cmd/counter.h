/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_COUNTER_H
#define CMD_COUNTER_H

#include "rg/cli.h"

struct rg_capture_result;
struct rg_capture_work;
struct rg_err;
struct rg_metric;
struct rg_settings;

/* What counts the target's work: the options, and what a capture needs of it. */

extern const struct rg_option rg_options_work[];

/* Whether what the configuration says can be meant. RG_EUSAGE. */
int rg_counter_check(const struct rg_settings *settings, struct rg_err *err);

struct rg_counter {
	struct rg_metric *metric; /* or NULL */
	char name[300];
};

/* Fills *out, whose texts are the settings' and the counter's. RG_EUSAGE, RG_EIO, RG_ENOMEM. */
int rg_counter_open(const struct rg_settings *settings, struct rg_counter *counter,
		    struct rg_capture_work *out, struct rg_err *err);
void rg_counter_close(struct rg_counter *counter);

/* Says what a user should know of the count. */
void rg_counter_remark(const struct rg_settings *settings, const struct rg_capture_result *result);

#endif
