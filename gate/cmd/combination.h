/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_COMBINATION_H
#define CMD_COMBINATION_H

struct rg_err;
struct rg_settings;

/*
 * Whether every option on check's command line is about something that this check does: RG_EUSAGE names the first one
 * that would be ignored, and what it goes with. What the configuration says besides may go unused, and what is said of
 * outcomes that may come is no part of this. The settings are known to name a baseline and a canary.
 */
int rg_combination_check(const struct rg_settings *settings, struct rg_err *err);

#endif
