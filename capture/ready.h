/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_READY_H
#define CAPTURE_READY_H

#include <stdbool.h>
#include <stdint.h>

struct rg_capture_options;
struct rg_err;
struct rg_launch;

/* Waiting until a launched target is up. Zero-initialise; free with rg_ready_done(). */
struct rg_ready {
	struct rg_launch *command; /* under way, or NULL */
	uint64_t next_ns;          /* not to be tried again before, CLOCK_MONOTONIC */
};

/* Whether there is anything to wait for. */
bool rg_ready_asked(const struct rg_capture_options *options);
/*
 * Before the target runs: RG_ETARGET when somebody accepts on the port already, for that is not the target.
 */
int rg_ready_begin(const struct rg_capture_options *options, struct rg_launch *target,
		   struct rg_err *err);
/* Looks, without waiting for it. RG_EIO, RG_ENOMEM, RG_EUSAGE when the command cannot be run. */
int rg_ready_look(struct rg_ready *ready, const struct rg_capture_options *options,
		  const struct rg_launch *target, uint64_t now_ns, bool *is, struct rg_err *err);
/* RG_ETARGET: the time is over. Says what was waited for, and the end of the target's output. */
int rg_ready_late(const struct rg_capture_options *options, const struct rg_launch *target,
		  struct rg_err *err);
/* RG_ETARGET: the target has ended, without failing, and never was ready. */
int rg_ready_ended(const struct rg_capture_options *options, const struct rg_launch *target,
		   struct rg_err *err);
void rg_ready_done(struct rg_ready *ready);

#endif
