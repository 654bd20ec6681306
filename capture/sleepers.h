/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_SLEEPERS_H
#define CAPTURE_SLEEPERS_H

#include "../bpf/wire.h"

struct rg_live;

/*
 * The stack of a thread that still waits when the window ends: walked here, by the tables the kernel side has, over the
 * thread's memory. It must not have gone on since. What cannot be read ends the stack, as everywhere.
 */
void rg_sleeper_walk(const struct rg_live *live, const struct rgw_sleeper *sleeper,
		     struct rgw_long_wait *wait);

#endif
