/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_TOPS_H
#define CMD_TOPS_H

struct rg_err;
struct rg_profile;

/*
 * Prints a profile's heaviest functions: those that ran, by their part of the CPU time, and those that waited, with what
 * for, in seconds per second of the window. Nothing of what was not measured. Returns 0, RG_ENOMEM or RG_ELIMIT.
 */
int rg_tops_print(const struct rg_profile *profile, struct rg_err *err);

#endif
