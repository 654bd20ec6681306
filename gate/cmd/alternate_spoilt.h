/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_ALTERNATE_SPOILT_H
#define CMD_ALTERNATE_SPOILT_H

#include <stdbool.h>
#include <stddef.h>

struct rg_err;
struct rg_policy;
struct rg_profile;

enum { ALTERNATE_WHY_MAX = 160 };

/*
 * The rule by which a round is thrown out: what neither version has to answer for made one of its runs worthless. `late`: the
 * run was stopped because its time was over; that is the version's own doing unless it had no CPU. Says in `why` what it was,
 * as what follows "the canary".
 */
bool alternate_run_is_spoilt(const struct rg_profile *run, bool late,
			     const struct rg_policy *policy, char why[ALTERNATE_WHY_MAX]);
/* The rule in words. */
void alternate_rule(const struct rg_policy *policy, char *out, size_t size);

/*
 * Waits before a round is taken again that was so many `times` already. What spoils one comes in bursts of seconds: each time
 * there are more of them. RG_EINTERRUPTED.
 */
int alternate_wait_out(unsigned int times, struct rg_err *err);

#endif
