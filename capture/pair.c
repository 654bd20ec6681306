/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two captures side by side: each has a thread of its own for its window, all else is done one after the other. */
#include "machine.h"
#include "scope.h"
#include "session.h"
#include "target.h"
#include "timeline.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/launch.h"
#include "rg/profile.h"
#include "rg/units.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct pair;

struct side {
	struct pair *pair;
	const struct side *other;
	const char *name;
	struct rg_capture_options options;
	struct rg_session session;
	bool started;
	struct rg_pids first; /* who was there at the beginning */
	volatile sig_atomic_t stop;
	bool over; /* ended before its time: atomic, as the other's thread reads it */
	int rc;
	struct rg_err err;
};

struct pair {
	const struct rg_capture_options *given; /* the canary's, as they came */
	struct side side[RG_CAPTURE_SIDES];
};

/* --- The window ----------------------------------------------------------------------------- */

/* Called by each side's own thread. */
static void watch(void *ctx, const struct rg_capture_status *status)
{
	struct side *side = ctx;
	const struct rg_capture_options *given = side->pair->given;

	if (given->stop && *given->stop)
		side->stop = *given->stop;
	if (__atomic_load_n(&side->other->over, __ATOMIC_ACQUIRE))
		side->stop = 1;
	if (given->progress && side == &side->pair->side[RG_CAPTURE_CANARY])
		given->progress(given->progress_ctx, status);
}

static void *run(void *ctx)
{
	struct side *side = ctx;
	const struct rg_session *s = &side->session;

	side->rc = rg_session_run(&side->session, &side->err);
	if (side->rc || s->target_ended || s->interrupted)
		__atomic_store_n(&side->over, true, __ATOMIC_RELEASE);
	return NULL;
}

static int run_both(struct pair *pair, struct rg_err *err)
{
	struct side *base = &pair->side[RG_CAPTURE_BASELINE];
	struct side *canary = &pair->side[RG_CAPTURE_CANARY];
	pthread_t thread;
	int rc;

	base->session.begin_ns = canary->session.begin_ns = rg_clock_ns();
	rc = pthread_create(&thread, NULL, run, base);
	if (rc)
		return rg_err_set(err, RG_EIO, "capture: start a thread: %s", strerror(rc));
	run(canary);
	pthread_join(thread, NULL);
	return 0;
}

/* --- Who they are --------------------------------------------------------------------------- */

static int check_apart(const struct rg_pids *base, const struct rg_pids *canary, struct rg_err *err)
{
	char program[256];

	for (size_t i = 0; i < base->count; i++) {
		pid_t pid = base->pid[i];

		if (!rg_pids_has(canary, pid))
			continue;
		if (rg_pid_program(pid, program, sizeof(program)))
			snprintf(program, sizeof(program), "ended");
		return rg_err_set(err, RG_EUSAGE,
				  "capture: process %d (%s) is part of both the baseline and the "
				  "canary: name two instances, of which neither is in the other",
				  (int)pid, program);
	}
	return 0;
}

/* All that were seen by now, on either side. */
static int check_seen(const struct pair *pair, struct rg_err *err)
{
	return check_apart(rg_timeline_pids(pair->side[RG_CAPTURE_BASELINE].session.timeline),
			   rg_timeline_pids(pair->side[RG_CAPTURE_CANARY].session.timeline), err);
}

static int find_members(const struct side *side, struct rg_pids *pids, struct rg_err *err)
{
	int rc;

	if (side->options.argv || side->options.all)
		return rg_err_set(err, RG_EUSAGE,
				  "capture: %s: two targets side by side must run already, and "
				  "neither may be all there is",
				  side->name);
	rc = rg_scope_members(&side->options, pids, err);
	if (!rc)
		rc = rg_pids_add_descendants(pids, err);
	return rc ? rg_err_prefix(err, "%s", side->name) : 0;
}

/* Before anything is loaded: what is plain from /proc need not wait for it. */
static int check_members(const struct pair *pair, struct rg_err *err)
{
	struct rg_pids pids[RG_CAPTURE_SIDES] = {{0}};
	int rc = 0;

	for (size_t i = 0; !rc && i < RG_CAPTURE_SIDES; i++)
		rc = find_members(&pair->side[i], &pids[i], err);
	if (!rc)
		rc = check_apart(&pids[RG_CAPTURE_BASELINE], &pids[RG_CAPTURE_CANARY], err);
	for (size_t i = 0; i < RG_CAPTURE_SIDES; i++)
		rg_pids_done(&pids[i]);
	return rc;
}

static int remember_first(struct side *side, struct rg_err *err)
{
	const struct rg_pids *pids = rg_timeline_pids(side->session.timeline);

	for (size_t i = 0; i < pids->count; i++)
		if (rg_pids_add(&side->first, pids->pid[i]))
			return rg_err_nomem(err, "list of processes");
	return 0;
}

static bool is_named(const struct side *side, pid_t pid)
{
	for (size_t i = 0; i < side->options.pid_count; i++)
		if (side->options.pids[i] == pid)
			return true;
	return false;
}

/* Its first end before the window's; 0: it lived. */
static uint64_t end_of(const struct side *side, pid_t pid, uint64_t window_end_ns)
{
	size_t count;
	const struct rg_timeline_record *record =
		rg_timeline_records(side->session.timeline, &count);

	for (size_t i = 0; i < count; i++)
		if (record[i].kind == RG_TIMELINE_EXIT && record[i].pid == (uint32_t)pid &&
		    record[i].time_ns < window_end_ns)
			return record[i].time_ns;
	return 0;
}

/*
 * One that was started again is another process, with other memory and nothing in its caches: every process that was named
 * must live to the end, and of a cgroup one of those that were in it.
 */
static int check_lived(const struct side *side, struct rg_err *err)
{
	const struct rg_session *s = &side->session;
	uint64_t window_end_ns = s->start_ns + side->options.window_ns;
	size_t ended = 0;

	for (size_t i = 0; i < side->first.count; i++) {
		uint64_t at_ns = end_of(side, side->first.pid[i], window_end_ns);

		ended += at_ns != 0;
		if (at_ns && is_named(side, side->first.pid[i]))
			return rg_err_set(
				err, RG_ETARGET,
				"%s: process %d ended %.1f s into the window, which takes "
				"both sides to its end: check again while both run",
				side->name, (int)side->first.pid[i],
				at_ns > s->start_ns
					? (double)(at_ns - s->start_ns) / (double)RG_NS_PER_S
					: 0);
	}
	if (!s->target_ended && ended < side->first.count)
		return 0;
	return rg_err_set(
		err, RG_ETARGET,
		"%s: no process that it began with lived to the end of the window: was it "
		"started again? Check again while both sides run undisturbed",
		side->name);
}

/* --- The whole ------------------------------------------------------------------------------ */

static int start(struct side *side, struct rg_err *err)
{
	int rc;

	side->started = true;
	rc = rg_session_start(&side->session, &side->options, err);
	if (!rc)
		rc = remember_first(side, err);
	return rc ? rg_err_prefix(err, "%s", side->name) : 0;
}

/* The load is of both, though one session has it. */
static bool is_of_load(const struct side *side)
{
	const struct rg_session *s = &side->session;

	return s->load && rg_launch_failure(s->load, NULL) != 0;
}

/* An end that the other side brought about tells less than what that one says. */
static int conclude(const struct pair *pair, struct rg_err *err)
{
	for (size_t i = 0; i < RG_CAPTURE_SIDES; i++) {
		const struct side *side = &pair->side[i];

		if (side->rc && side->rc != RG_EINTERRUPTED)
			return rg_err_set(err, side->rc, "%s%s%s",
					  is_of_load(side) ? "" : side->name,
					  is_of_load(side) ? "" : ": ", side->err.text);
	}
	if (pair->given->stop && *pair->given->stop)
		return rg_err_set(
			err, RG_EINTERRUPTED,
			"capture: interrupted: both sides are needed for the whole window");
	for (size_t i = 0; i < RG_CAPTURE_SIDES; i++) {
		int rc = check_lived(&pair->side[i], err);

		if (rc)
			return rc;
	}
	return check_seen(pair, err);
}

static int add_facts(const struct side *side, const char *name, struct rg_profile_builder *builder,
		     struct rg_err *err)
{
	char with[RG_ERR_TEXT_MAX];
	int rc;

	rg_scope_text(&side->other->options, with, sizeof(with));
	rc = rg_profile_builder_fact(builder, RG_KEY_CONTROL_WITH, with, err);
	return rc ? rc : rg_profile_builder_fact(builder, RG_KEY_CONTROL_PAIR, name, err);
}

static int name_both(struct pair *pair, struct rg_profile_builder *const builder[],
		     struct rg_capture_result *result, struct rg_err *err)
{
	char name[64];

	snprintf(name, sizeof(name), "%016llx-%d",
		 (unsigned long long)pair->side[RG_CAPTURE_CANARY].session.started_ns,
		 (int)getpid());
	for (size_t i = 0; i < RG_CAPTURE_SIDES; i++) {
		struct side *side = &pair->side[i];
		int rc = rg_session_profile(&side->session, builder[i], &result[i], err);

		if (!rc)
			rc = add_facts(side, name, builder[i], err);
		if (rc)
			return rg_err_prefix(err, "%s", side->name);
	}
	return 0;
}

static int capture(struct pair *pair, struct rg_profile_builder *const builder[],
		   struct rg_capture_result *result, struct rg_err *err)
{
	int rc = check_members(pair, err);

	for (size_t i = 0; !rc && i < RG_CAPTURE_SIDES; i++)
		rc = start(&pair->side[i], err);
	if (!rc)
		rc = check_seen(pair, err);
	if (!rc)
		rc = run_both(pair, err);
	if (!rc)
		rc = conclude(pair, err);
	return rc ? rc : name_both(pair, builder, result, err);
}

static void init(struct pair *pair, const struct rg_capture_options *options)
{
	const struct rg_capture_options *base = &options[RG_CAPTURE_BASELINE];
	static const char *const names[] = {"baseline", "canary"};

	*pair = (struct pair){.given = &options[RG_CAPTURE_CANARY]};
	for (size_t i = 0; i < RG_CAPTURE_SIDES; i++) {
		struct side *side = &pair->side[i];

		side->pair = pair;
		side->other = &pair->side[RG_CAPTURE_SIDES - 1 - i];
		side->name = names[i];
		side->options = *pair->given;
		side->options.progress = watch;
		side->options.progress_ctx = side;
		side->options.stop = &side->stop;
	}
	pair->side[RG_CAPTURE_BASELINE].options.argv = base->argv;
	pair->side[RG_CAPTURE_BASELINE].options.pids = base->pids;
	pair->side[RG_CAPTURE_BASELINE].options.pid_count = base->pid_count;
	pair->side[RG_CAPTURE_BASELINE].options.comm = base->comm;
	pair->side[RG_CAPTURE_BASELINE].options.cgroup = base->cgroup;
	pair->side[RG_CAPTURE_BASELINE].options.all = base->all;
	pair->side[RG_CAPTURE_BASELINE].options.target_text = base->target_text;
	pair->side[RG_CAPTURE_BASELINE].options.work = base->work;
	pair->side[RG_CAPTURE_BASELINE].options.load = NULL;
}

int rg_capture_run_pair(const struct rg_capture_options options[RG_CAPTURE_SIDES],
			struct rg_profile_builder *const builder[RG_CAPTURE_SIDES],
			struct rg_capture_result result[RG_CAPTURE_SIDES], struct rg_err *err)
{
	struct pair pair;
	int rc;

	init(&pair, options);
	rc = capture(&pair, builder, result, err);
	for (size_t i = 0; i < RG_CAPTURE_SIDES; i++) {
		if (pair.side[i].started)
			rg_session_done(&pair.side[i].session);
		rg_pids_done(&pair.side[i].first);
	}
	return rc;
}
