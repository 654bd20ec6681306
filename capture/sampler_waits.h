/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_SAMPLER_WAITS_H
#define CAPTURE_SAMPLER_WAITS_H

#include "../bpf/wire.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct rg_err;
struct rg_sampler;

/* The kernel side's part that follows waits; only of a sampler that was opened with off_cpu. */

typedef int (*rg_sleeper_fn)(void *ctx, const struct rgw_sleeper *sleeper, struct rg_err *err);
/*
 * The threads that there are begin to be accounted for: at the begin of the window. Hands out those that wait and whose
 * stack the kernel side will not have: rg_sampler_give() is for them. RG_EIO, RG_EPRIVILEGE.
 */
int rg_sampler_begin_waits(struct rg_sampler *sampler, rg_sleeper_fn fn, void *ctx,
			   struct rg_err *err);
/* The stack of the wait that a thread was handed out for. */
void rg_sampler_give(struct rg_sampler *sampler, const struct rgw_sleeper *sleeper,
		     const struct rgw_frames *frames);
/* The threads of processes that have joined since begin to be accounted for, where they have not been met. */
int rg_sampler_join_waits(struct rg_sampler *sampler, struct rg_err *err);
/* What this process does is in no account, though its threads' records are made, until nobody (0) is held. */
void rg_sampler_hold(struct rg_sampler *sampler, pid_t pid);

/* The end of the window: closes all threads' accounts. */
int rg_sampler_close_waits(struct rg_sampler *sampler, struct rg_err *err);
/* A moment later: hands out the threads that still wait. */
int rg_sampler_end_waits(struct rg_sampler *sampler, rg_sleeper_fn fn, void *ctx,
			 struct rg_err *err);

typedef int (*rg_long_wait_fn)(void *ctx, const struct rgw_long_wait *wait, struct rg_err *err);
/* Hands out the waits over several slices so far. */
int rg_sampler_long_waits(struct rg_sampler *sampler, rg_long_wait_fn fn, void *ctx,
			  struct rg_err *err);

/* The threads' times in a slice. */
struct rg_times {
	uint64_t ns[RGW_TIMES]; /* by enum rgw_time */
};
/* Those of the first `count` slices, when all has been charged. */
void rg_sampler_times(const struct rg_sampler *sampler, uint32_t count, struct rg_times *times);
/* which: an enum rgw_total. */
uint64_t rg_sampler_total(const struct rg_sampler *sampler, uint32_t which);

/* Whether stacks are walked when the wait is over, and its length known; else they all are when it begins. */
bool rg_sampler_walks_late(const struct rg_sampler *sampler);

/* The length from which waits are exact. */
uint64_t rg_sampler_wait_period(const struct rg_sampler *sampler);
void rg_sampler_set_wait_period(struct rg_sampler *sampler, uint64_t ns);
/* The same of waits in calls that wait for whatever comes (RG_WAIT_POLL). */
uint64_t rg_sampler_poll_period(const struct rg_sampler *sampler);
void rg_sampler_set_poll_period(struct rg_sampler *sampler, uint64_t ns);

#endif
