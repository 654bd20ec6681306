/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session.h"
#include "cpus.h"
#include "files.h"
#include "joins.h"
#include "live.h"
#include "lives.h"
#include "machine.h"
#include "procmaps.h"
#include "sampler.h"
#include "sampler_waits.h"
#include "scope.h"
#include "sideband.h"
#include "stacks.h"
#include "target.h"
#include "timeline.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/launch.h"
#include "rg/units.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { GATE_MS = 1000 };

/* --- The target's processes ----------------------------------------------------------------- */

static int launch_target(struct rg_session *s, struct rg_err *err)
{
	const struct rg_capture_options *o = s->options;
	const struct rg_launch_options plan = {
		.argv = o->argv,
		.user = o->user,
		.directory = o->directory,
		.file_limit = s->file_limit,
		.what = "target",
		.output_fd = o->output_fd,
	};

	return o->argv ? rg_launch_start(&plan, &s->target, err) : 0;
}

static int launch(struct rg_session *s, struct rg_err *err)
{
	const struct rg_capture_options *o = s->options;
	const struct rg_launch_options plan = {
		.shell = o->load,
		.user = o->user,
		.directory = o->helpers_directory,
		.what = "load",
		.output_fd = o->output_fd,
	};
	int rc = launch_target(s, err);

	return rc || !o->load ? rc : rg_launch_start(&plan, &s->load, err);
}

static int take_mapping(void *ctx, const struct rg_mapping_record *record)
{
	return rg_timeline_mapping(ctx, record);
}

/* *added is false when the process was part of the target already. */
static int track(struct rg_session *s, pid_t pid, bool *added, struct rg_err *err)
{
	uint64_t now = rg_clock_ns();
	rgw_image_id image;
	int rc = rg_sampler_track(s->sampler, pid, &image, err);

	*added = rc == 0;
	if (rc)
		return rc == RG_EEXIST ? 0 : rc;
	if (rg_timeline_begin(s->timeline, pid, image, now) ||
	    rg_lives_begin(s->lives, pid, rg_pid_parent(pid), now))
		return rg_err_nomem(err, "list of processes");
	/* What we launched has not mapped its program yet: what it has now is ours. */
	if (s->target)
		return 0;
	if (rg_procmaps_read(pid, now, take_mapping, s->timeline))
		return rg_err_nomem(err, "list of mappings");
	return 0;
}

/*
 * A process forked between our look at /proc and our telling the kernel side about its parent is in
 * neither account; so this looks again until a look finds nothing new.
 */
static int track_existing(struct rg_session *s, struct rg_pids *pids, struct rg_err *err)
{
	int rc = rg_scope_members(s->options, pids, err);
	bool any = true;

	if (rc)
		return rc;
	while (any) {
		rc = rg_pids_add_descendants(pids, err);
		any = false;
		for (size_t i = 0; !rc && i < pids->count; i++) {
			bool added;

			rc = track(s, pids->pid[i], &added, err);
			any |= added;
		}
		if (rc)
			return rc;
	}
	return 0;
}

/* Who is of it by what they are: the kernel side finds them, and sees who joins from then on. */
static int find_target(struct rg_session *s, struct rg_err *err)
{
	int rc = rg_sampler_find(s->sampler, err);

	if (!rc)
		rc = rg_joins_take(s, false, err);
	if (!rc && !rg_timeline_alive(s->timeline))
		rc = rg_scope_nobody(s->options, err);
	return rc;
}

static int track_members(struct rg_session *s, struct rg_err *err)
{
	struct rg_pids pids = {0};
	bool added;
	int rc;

	if (s->scope.kind != RGW_TARGET_PROCESSES)
		return find_target(s, err);
	if (s->target)
		return track(s, rg_launch_pid(s->target), &added, err);
	rc = track_existing(s, &pids, err);
	rg_pids_done(&pids);
	return rc;
}

static int track_target(struct rg_session *s, struct rg_err *err)
{
	int rc = track_members(s, err);

	rg_lives_settle(s->lives);
	return rc;
}

/* --- Starting ------------------------------------------------------------------------------- */

/*
 * Every file of the target's is held open. Its own limit stays as it was, in this session and in those after it: a program that
 * closes every descriptor it might have would take longer.
 */
static void raise_file_limit(struct rg_session *s)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur == limit.rlim_max)
		return;
	s->file_limit = limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void restore_file_limit(const struct rg_session *s)
{
	struct rlimit limit;

	if (!s->file_limit || getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = s->file_limit;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int open_kernel_side(struct rg_session *s, struct rg_err *err)
{
	struct rg_sampler_options options = {
		.target = s->scope,
		.frequency_hz = s->options->frequency_hz,
		.slice_ns = s->options->slice_ns,
		.window_ns = s->options->window_ns,
		.off_cpu = s->options->off_cpu,
		.work = s->options->work.uprobe != NULL,
		.without_sched_exit = s->options->without & RG_CAPTURE_SCHED_EXIT,
		.without_switch_state = s->options->without & RG_CAPTURE_SWITCH_STATE,
		.without_bpf_loop = s->options->without & RG_CAPTURE_BPF_LOOP,
		.without_tp_btf = s->options->without & RG_CAPTURE_TP_BTF,
	};
	struct rg_cpus cpus;
	int rc = rg_cpus_online(&cpus, err);

	if (rc)
		return rc;
	/* The sampler first: for want of privileges, its error says the most. */
	rc = rg_sampler_open(&options, &s->sampler, err);
	if (!rc)
		rc = rg_sideband_open(&cpus, &s->sideband, err);
	rg_cpus_done(&cpus);
	return rc;
}

/* The tables of what is mapped are there before the first sample. */
static int follow(struct rg_session *s, struct rg_err *err)
{
	s->live = rg_live_new(s->timeline, s->files, rg_sampler_arrays(s->sampler));
	if (!s->live)
		return rg_err_nomem(err, "unwind tables");
	s->snapshots.live = s->live;
	rg_live_on_end(s->live, rg_snapshots_end_image, &s->snapshots);
	return rg_live_turn(s->live, rg_clock_ns(), err);
}

int rg_session_start(struct rg_session *s, const struct rg_capture_options *options,
		     struct rg_err *err)
{
	int rc;

	*s = (struct rg_session){
		.options = options, .cost = {.stats_fd = -1}, .work = {.probe = {.fd = -1}}};
	if (!rg_machine_host_pids())
		return rg_err_set(err, RG_EIO,
				  "capture: this is not the host's PID namespace, where processes "
				  "have other numbers: run the container with --pid=host");
	rc = rg_scope_find(options, &s->scope, err);
	if (rc)
		return rc;
	s->files = rg_files_new();
	s->stacks = rg_stacks_new();
	s->lives = rg_lives_new();
	if (!s->files || !s->stacks || !s->lives || !(s->timeline = rg_timeline_new(s->files)))
		return rg_err_nomem(err, "capture");
	rc = launch(s, err);
	raise_file_limit(s);
	if (!rc)
		rc = open_kernel_side(s, err);
	if (!rc)
		rc = track_target(s, err);
	if (!rc)
		rc = rg_work_open(s, err);
	if (!rc)
		rc = rg_timeline_settle(s->timeline, err);
	if (!rc)
		rc = follow(s, err);
	if (!rc)
		rc = rg_sampler_start(s->sampler, err);
	if (!rc && s->target)
		rc = rg_ready_begin(options, s->target, err);
	if (!rc && s->target)
		rc = rg_launch_go(s->target, err);
	if (!rc && !rg_ready_asked(options))
		rc = rg_session_start_load(s, err);
	return rc;
}

int rg_session_start_load(struct rg_session *s, struct rg_err *err)
{
	return s->load ? rg_launch_go(s->load, err) : 0;
}

/*
 * On its way there it runs, which would be taken for waiting for a CPU. Another guest of the host may keep its CPU for long
 * meanwhile: then it is not waited for without end, and the account is off by that.
 */
static void let_it_come_to_its_gate(const struct rg_session *s)
{
	const struct timespec pause = {.tv_nsec = (long)RG_NS_PER_MS};
	pid_t pid = rg_launch_pid(s->target);

	for (int i = 0; i < GATE_MS && rg_pid_alive(pid) && !rg_pid_waits(pid); i++)
		nanosleep(&pause, NULL);
}

int rg_session_launch_again(struct rg_session *s, struct rg_err *err)
{
	bool added;
	int rc;

	rg_launch_free(s->target);
	s->target = NULL;
	rc = launch_target(s, err);
	if (rc)
		return rc;
	let_it_come_to_its_gate(s);
	rg_sampler_hold(s->sampler, rg_launch_pid(s->target));
	rc = track(s, rg_launch_pid(s->target), &added, err);
	/* It may not leave the CPU before it ends: its record has to be there when it comes from its wait for us. */
	if (!rc && s->options->off_cpu)
		rc = rg_sampler_join_waits(s->sampler, err);
	rg_sampler_hold(s->sampler, 0);
	return rc ? rc : rg_launch_go(s->target, err);
}

void rg_session_release(struct rg_session *s)
{
	if (s->load)
		rg_launch_stop(s->load);
	if (s->target)
		rg_launch_stop(s->target);
}

void rg_session_done(struct rg_session *s)
{
	rg_work_done(s);
	rg_cost_stop(&s->cost);
	rg_conditions_done(&s->conditions);
	rg_snapshots_done(&s->snapshots);
	rg_live_free(s->live);
	rg_sampler_free(s->sampler);
	rg_sideband_free(s->sideband);
	rg_ready_done(&s->ready);
	rg_launch_free(s->load);
	rg_launch_free(s->target);
	rg_lives_free(s->lives);
	rg_timeline_free(s->timeline);
	rg_files_free(s->files);
	rg_stacks_free(s->stacks);
	restore_file_limit(s);
}

struct rg_wait_window rg_session_wait_window(const struct rg_session *s)
{
	return (struct rg_wait_window){
		.start_ns = s->start_ns, .end_ns = s->end_ns, .slice_ns = s->options->slice_ns};
}

uint64_t rg_session_lost(const struct rg_session *s)
{
	return rg_sampler_count(s->sampler, RGW_COUNT_TABLE_FULL) +
	       rg_sampler_count(s->sampler, RGW_COUNT_COLLISION) +
	       rg_sampler_count(s->sampler, RGW_COUNT_EVENTS_LOST) + rg_sideband_lost(s->sideband) +
	       rg_timeline_lost(s->timeline);
}
