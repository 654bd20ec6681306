/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_ALTERNATE_KEEP_H
#define CMD_ALTERNATE_KEEP_H

#include "alternate_sides.h"

#include <stdint.h>

struct rg_err;
struct rg_profile;

/* The profiles of rounds in a folder of the user's, as `diff` and `check --canary` take them. */

/*
 * Makes `folder` and in it baseline and canary, which must not be there: what is in a folder is compared as runs of one
 * version. Under sudo they are the sudo user's. RG_EUSAGE, RG_EIO.
 */
int alternate_keep_begin(const char *folder, struct rg_err *err);
/* Writes both runs of a round, the first of which is 1. Errors as of rg_take_write(). */
int alternate_keep_round(const char *folder, uint32_t round,
			 struct rg_profile *const runs[ALTERNATE_SIDES], struct rg_err *err);

#endif
