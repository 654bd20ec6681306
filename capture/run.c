/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time of a capture: warm-up, window, and what is to be done at every turn of the clock. */
#include "joins.h"
#include "live.h"
#include "machine.h"
#include "sampler.h"
#include "scope.h"
#include "session.h"
#include "sampler_waits.h"
#include "sideband.h"
#include "sleepers.h"
#include "thin.h"
#include "stacks.h"
#include "timeline.h"
#include "waits.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/launch.h"
#include "rg/units.h"

#include <poll.h>
#include <stdbool.h>
#include <time.h>

enum {
	TICK_MS = 20,   /* at most this long between two looks */
	REST_US = 2000, /* and at least this long: a storm of processes must not keep us busy */
	PROGRESS_MS = 100,
	MOMENT_MS = 50,
	LATE_SLICES = 2, /* a slice is read when this many later ones have begun */
};

/* --- Taking in ------------------------------------------------------------------------------ */

static int take_mapping(void *ctx, const struct rg_mapping_record *record)
{
	return rg_timeline_mapping(ctx, record);
}

static int take_sample(void *ctx, const struct rgw_sample_key *key, const struct rgw_sample *sample,
		       struct rg_err *err)
{
	return rg_stacks_add(ctx, key, sample, err);
}

static int take_long_wait(void *ctx, const struct rgw_long_wait *wait, struct rg_err *err)
{
	const struct rg_session *s = ctx;
	struct rg_wait_window window = rg_session_wait_window(s);

	return rg_waits_enter(s->stacks, &window, wait, err);
}

static int take_sleeper(void *ctx, const struct rgw_sleeper *sleeper, struct rg_err *err)
{
	struct rgw_long_wait wait;
	const struct rg_session *s = ctx;

	rg_sleeper_walk(s->live, sleeper, &wait);
	return take_long_wait(ctx, &wait, err);
}

static int give_stack(void *ctx, const struct rgw_sleeper *sleeper, struct rg_err *err)
{
	struct rgw_long_wait wait;
	const struct rg_session *s = ctx;

	(void)err;
	rg_sleeper_walk(s->live, sleeper, &wait);
	rg_sampler_give(s->sampler, sleeper, &wait.sample.user);
	return 0;
}

static int take_snapshot(void *ctx, const struct rgw_snapshot *snapshot)
{
	return rg_snapshots_add(ctx, snapshot);
}

static int take_waits(struct rg_session *s, uint64_t now, struct rg_err *err)
{
	if (!s->options->off_cpu)
		return 0;
	rg_thin_waits(s, now);
	return rg_sampler_long_waits(s->sampler, take_long_wait, s, err);
}

/* What is walked makes room for others. */
static int walk_snapshots(struct rg_session *s, struct rg_err *err)
{
	struct rg_wait_window window = rg_session_wait_window(s);
	size_t before = s->snapshots.count;
	int rc = rg_snapshots_turn(&s->snapshots, s->stacks, &window, err);

	rg_sampler_snapshots_more(s->sampler, before - s->snapshots.count);
	return rc;
}

/* Mappings before events: every process that mapped something was forked before. */
static int take_processes(struct rg_session *s, struct rg_err *err)
{
	/* What was written by now is read below. */
	uint64_t now = rg_clock_ns();
	int rc;

	if (rg_sideband_read(s->sideband, take_mapping, s->timeline))
		return rg_err_nomem(err, "list of mappings");
	rc = rg_joins_take(s, s->options->off_cpu && now > s->start_ns, err);
	if (!rc)
		rc = rg_timeline_settle(s->timeline, err);
	/* Before the live side's turn: of an image that ends in it, all are there. */
	if (!rc)
		rc = rg_sampler_snapshots(s->sampler, take_snapshot, &s->snapshots, err);
	if (!rc)
		rc = rg_live_turn(s->live, now, err);
	return rc ? rc : walk_snapshots(s, err);
}

static int take_finished_slices(struct rg_session *s, uint64_t now, struct rg_err *err)
{
	uint64_t current;
	int rc;

	if (now < s->start_ns)
		return 0;
	current = (now - s->start_ns) / s->options->slice_ns;
	if (current < s->drained + LATE_SLICES)
		return 0;
	s->drained = (uint32_t)current - LATE_SLICES + 1;
	rc = rg_sampler_drain(s->sampler, s->drained, take_sample, s->stacks, err);
	return rc;
}

/* --- Whether to go on ----------------------------------------------------------------------- */

static int watch_load(struct rg_session *s, uint64_t now, struct rg_err *err)
{
	int status;

	if (!s->load || s->load_ended)
		return 0;
	rg_launch_poll(s->load);
	if (!rg_launch_ended(s->load, &status) && !rg_launch_gone(s->load))
		return 0;
	s->load_ended = true;
	s->load_ended_ns = now;
	return rg_launch_failure(s->load, err);
}

static int watch_target(struct rg_session *s, struct rg_err *err)
{
	int rc;

	if (!s->target) {
		s->target_ended =
			rg_timeline_alive(s->timeline) == 0 && rg_scope_over(s->options, &s->scope);
		return 0;
	}
	rg_launch_poll(s->target);
	rc = rg_launch_failure(s->target, err);
	/* A program that puts itself in the background ends with status 0 and runs on in a child. */
	s->target_ended = rg_launch_gone(s->target);
	if (rc || !s->target_ended)
		return rc;
	s->executed++;
	if (s->executed >= s->options->executions)
		return 0;
	s->target_ended = false;
	return rg_session_launch_again(s, err);
}

static int watch_readiness(struct rg_session *s, uint64_t now, struct rg_err *err)
{
	int rc = rg_ready_look(&s->ready, s->options, s->target, now, &s->is_ready, err);

	if (!rc && s->target_ended && !s->is_ready)
		return rg_ready_ended(s->options, s->target, err);
	return rc;
}

static void report(const struct rg_session *s, enum rg_capture_phase phase, uint64_t elapsed,
		   uint64_t length)
{
	const struct rg_capture_options *o = s->options;
	struct rg_capture_status status = {
		.phase = phase,
		.elapsed_ns = elapsed,
		.length_ns = length,
		.samples = rg_sampler_count(s->sampler, RGW_COUNT_SAMPLES),
		.lost = rg_session_lost(s),
		.processes = (uint32_t)rg_timeline_alive(s->timeline),
	};

	if (!o->progress)
		return;
	if (elapsed)
		status.busy_cores = (double)status.samples *
				    (double)(RG_NS_PER_S / o->frequency_hz) / (double)elapsed;
	o->progress(o->progress_ctx, &status);
}

static void rest(struct rg_session *s, uint64_t until)
{
	uint64_t now = rg_clock_ns();
	uint64_t left_ms = until > now ? (until - now) / RG_NS_PER_MS + 1 : 1;
	struct timespec least = {.tv_nsec = REST_US * 1000L};
	struct pollfd ready[] = {
		{.fd = rg_sampler_fd(s->sampler), .events = POLLIN},
		{.fd = rg_sideband_fd(s->sideband), .events = POLLIN},
	};

	nanosleep(&least, NULL);
	poll(ready, sizeof(ready) / sizeof(ready[0]), left_ms < TICK_MS ? (int)left_ms : TICK_MS);
}

static void turn_window(struct rg_session *s, uint64_t from, uint64_t now)
{
	rg_cost_turn(&s->cost, now > from ? now - from : 0);
	rg_conditions_turn(&s->conditions, rg_timeline_pids(s->timeline), now);
}

/* Goes on until the time has come, or something ends it before. */
static int pass_time(struct rg_session *s, enum rg_capture_phase phase, uint64_t from, uint64_t to,
		     struct rg_err *err)
{
	const struct rg_capture_options *o = s->options;
	uint64_t reported = 0;

	for (;;) {
		uint64_t now = rg_clock_ns();
		int rc = take_processes(s, err);

		if (!rc)
			rc = take_finished_slices(s, now, err);
		if (phase == RG_CAPTURE_WINDOW)
			turn_window(s, from, now);
		if (!rc)
			rc = take_waits(s, now, err);
		if (!rc)
			rc = watch_target(s, err);
		if (!rc && phase == RG_CAPTURE_START)
			rc = watch_readiness(s, now, err);
		if (!rc)
			rc = watch_load(s, now, err);
		if (rc)
			return rc;
		if (now - reported >= PROGRESS_MS * RG_NS_PER_MS) {
			report(s, phase, now > from ? now - from : 0, to - from);
			reported = now;
		}
		s->interrupted = o->stop && *o->stop;
		if (now >= to || s->interrupted || s->target_ended || s->is_ready)
			return 0;
		rest(s, to);
	}
}

/* --- Warm-up and window --------------------------------------------------------------------- */

/* No window is set yet: nothing counts. */
static int await_target(struct rg_session *s, struct rg_err *err)
{
	const struct rg_capture_options *o = s->options;
	uint64_t now = rg_clock_ns();
	int rc;

	s->start_ns = UINT64_MAX;
	rc = pass_time(s, RG_CAPTURE_START, now, now + o->ready.timeout_ns, err);
	if (rc)
		return rc;
	if (s->interrupted)
		return rg_err_set(err, RG_EINTERRUPTED,
				  "capture: interrupted before the target was ready");
	if (!s->is_ready)
		return rg_ready_late(o, s->target, err);
	s->is_ready = false;
	return rg_session_start_load(s, err);
}

static int ended_too_soon(const struct rg_session *s, struct rg_err *err)
{
	if (s->interrupted)
		return rg_err_set(err, RG_EINTERRUPTED,
				  "capture: interrupted before the window began");
	return rg_err_set(err, RG_ETARGET,
			  "target: ended during the warm-up, before the window began: give it work "
			  "that lasts, or a shorter --warmup");
}

/* Who comes back from a wait meanwhile walks its own stack. */
static void give_a_moment(void)
{
	struct timespec moment = {.tv_nsec = MOMENT_MS * (long)RG_NS_PER_MS};

	nanosleep(&moment, NULL);
}

static int end_waits(struct rg_session *s, struct rg_err *err)
{
	int rc;

	rg_sampler_window(s->sampler, s->start_ns, s->end_ns);
	rc = rg_sampler_close_waits(s->sampler, err);
	if (rc)
		return rc;
	give_a_moment();
	/* What is mapped by now belongs to the stacks that are walked below. */
	rc = take_processes(s, err);
	if (!rc)
		rc = rg_sampler_end_waits(s->sampler, take_sleeper, s, err);
	return rc ? rc : rg_sampler_long_waits(s->sampler, take_long_wait, s, err);
}

static void begin_cost(struct rg_session *s)
{
	int fds[RG_SAMPLER_PROGRAMS];
	size_t count = rg_sampler_programs(s->sampler, fds);

	rg_cost_begin(&s->cost, fds, count);
}

static int end_window(struct rg_session *s, struct rg_err *err)
{
	uint64_t now;
	int rc;

	/* The end after the stop: no sample lies behind it, in a slice that the window does not have. */
	rg_sampler_stop(s->sampler);
	now = rg_clock_ns();
	if (now < s->end_ns)
		s->end_ns = now;
	/* Calls count until here as well. */
	rg_sampler_window(s->sampler, s->start_ns, s->end_ns);
	rg_work_end(s);
	rg_conditions_end(&s->conditions);
	s->cost_result = rg_cost_end(&s->cost, s->end_ns - s->start_ns);
	rc = s->options->off_cpu ? end_waits(s, err) : take_processes(s, err);
	return rc ? rc : rg_sampler_drain(s->sampler, UINT32_MAX, take_sample, s->stacks, err);
}

int rg_session_run(struct rg_session *s, struct rg_err *err)
{
	const struct rg_capture_options *o = s->options;
	int rc = s->target && rg_ready_asked(o) ? await_target(s, err) : 0;
	uint64_t now = s->begin_ns ? s->begin_ns : rg_clock_ns();

	if (rc)
		return rc;
	/* Set beforehand, so that the window begins and ends on time whatever keeps us. */
	s->start_ns = now + o->warmup_ns;
	s->end_ns = s->start_ns + o->window_ns;
	s->started_ns = rg_clock_epoch_ns() - rg_clock_ns() + s->start_ns;
	rg_sampler_window(s->sampler, s->start_ns, s->end_ns);
	rc = rg_work_begin(s, err);
	if (rc)
		return rc;
	if (o->warmup_ns) {
		rc = pass_time(s, RG_CAPTURE_WARMUP, now, s->start_ns, err);
		if (rc)
			return rc;
		if (s->interrupted || s->target_ended)
			return ended_too_soon(s, err);
	}
	begin_cost(s);
	rg_conditions_begin(&s->conditions, rg_timeline_pids(s->timeline));
	rc = o->off_cpu ? rg_sampler_begin_waits(s->sampler, give_stack, s, err) : 0;
	if (!rc)
		rc = pass_time(s, RG_CAPTURE_WINDOW, s->start_ns, s->end_ns, err);
	return rc ? rc : end_window(s, err);
}
