/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_SESSION_H
#define CAPTURE_SESSION_H

#include "conditions.h"
#include "cost.h"
#include "ready.h"
#include "sampler.h"
#include "snapshots.h"
#include "work.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_capture_options;
struct rg_capture_result;
struct rg_err;
struct rg_files;
struct rg_launch;
struct rg_live;
struct rg_lives;
struct rg_profile_builder;
struct rg_sideband;
struct rg_stacks;
struct rg_timeline;

/* All that a running capture holds. */
struct rg_session {
	const struct rg_capture_options *options;
	struct rg_sampler_target scope;
	struct rg_launch *target, *load; /* or NULL */
	bool keep;                       /* they run on when the window has ended */
	uint64_t file_limit;             /* ours, before it was raised; 0: it was not */
	struct rg_sideband *sideband;
	struct rg_sampler *sampler;
	struct rg_files *files;
	struct rg_timeline *timeline;
	struct rg_lives *lives;
	struct rg_stacks *stacks;
	struct rg_live *live;
	uint64_t begin_ns;         /* when warm-up begins, CLOCK_MONOTONIC; 0: when it is run */
	uint64_t start_ns, end_ns; /* of the window, CLOCK_MONOTONIC */
	uint64_t started_ns;       /* of the window, since the epoch */
	uint32_t drained;          /* slices before this one have been taken in */
	bool interrupted, target_ended, load_ended;
	struct rg_ready ready;
	bool is_ready;
	uint32_t executed; /* times that the launched target has ended */
	uint64_t load_ended_ns;
	struct rg_snapshots snapshots;
	struct rg_conditions conditions;
	struct rg_cost cost;
	struct rg_cost_result cost_result;
	struct rg_work work;
	uint64_t walks, polls, walks_at_ns; /* of waiting stacks, when they were counted last */
};

/*
 * Launches what is to be launched (it waits), loads the kernel side, finds the target's processes and
 * lets everything run. Whatever it comes to, rg_session_done() takes it all down.
 */
int rg_session_start(struct rg_session *session, const struct rg_capture_options *options,
		     struct rg_err *err);
/* Runs a launched target that has ended once more. */
int rg_session_launch_again(struct rg_session *session, struct rg_err *err);
/* Lets the load run, when there is one. */
int rg_session_start_load(struct rg_session *session, struct rg_err *err);
/* Until the target is ready; then warm-up and window. When it returns 0 the timers are stopped and everything sampled is in. */
int rg_session_run(struct rg_session *session, struct rg_err *err);
/* What was sampled, named, into the builder; ends what was launched unless it is kept. capture.c */
int rg_session_profile(struct rg_session *session, struct rg_profile_builder *builder,
		       struct rg_capture_result *result, struct rg_err *err);
/* Ends what was launched; the files that its code came from stay open. */
void rg_session_release(struct rg_session *session);
void rg_session_done(struct rg_session *session);

/* The window, as waits are entered in it. */
struct rg_wait_window rg_session_wait_window(const struct rg_session *session);

/* Samples and records lost so far, of every cause. */
uint64_t rg_session_lost(const struct rg_session *session);

#endif
