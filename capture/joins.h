/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_JOINS_H
#define CAPTURE_JOINS_H

#include <stdbool.h>

struct rg_err;
struct rg_session;

/*
 * Takes in what happened to the target's processes: to the timeline and their lives, and of those that have joined it also what
 * they have mapped so far. waits: their threads begin to be accounted for as well. Returns 0, RG_ENOMEM, RG_EIO, RG_EPRIVILEGE.
 */
int rg_joins_take(struct rg_session *session, bool waits, struct rg_err *err);

#endif
