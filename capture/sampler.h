/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_SAMPLER_H
#define CAPTURE_SAMPLER_H

#include "../bpf/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rg_err;
struct rg_unwind_arrays;

/* The kernel side: loads the BPF programs, runs the timers, hands out what they gathered. */
struct rg_sampler;

/* Whom the kernel side takes for the target's, by itself, wherever they come from. */
struct rg_sampler_target {
	enum rgw_target kind;
	const char *comm;  /* RGW_TARGET_COMM: at most RGW_COMM_SIZE - 1 bytes count */
	uint64_t cgroup;   /* RGW_TARGET_CGROUP: inode of its directory, */
	int32_t hierarchy; /* and the number of its hierarchy */
};

struct rg_sampler_options {
	struct rg_sampler_target target;
	uint32_t frequency_hz;
	uint64_t slice_ns;
	uint64_t window_ns;
	bool off_cpu;              /* follow waits: sampler_waits.h */
	bool work;                 /* count calls: sampler_work.h */
	bool without_bpf_loop;     /* as on a kernel that has none, */
	bool without_sched_exit;   /* one without tp_btf/sched_exit_tp, */
	bool without_switch_state; /* one whose sched_switch does not say the state, */
	bool without_tp_btf;       /* and one that does not say what its tracepoints hand over */
};

/*
 * Loads the programs and attaches those that follow processes; nothing is sampled yet.
 * RG_EPRIVILEGE, RG_EIO (with the kernel's own words), RG_ENOMEM.
 */
int rg_sampler_open(const struct rg_sampler_options *options, struct rg_sampler **out,
		    struct rg_err *err);
void rg_sampler_free(struct rg_sampler *sampler);

/* Where the kernel side looks for unwind tables; borrowed. */
const struct rg_unwind_arrays *rg_sampler_arrays(const struct rg_sampler *sampler);

/* CPUs that were given a timer by rg_sampler_start(). */
size_t rg_sampler_cpus(const struct rg_sampler *sampler);

/*
 * Makes a process that runs already part of the target; *image is its number. RG_EEXIST when it is part
 * of it already (it was forked by a member meanwhile), RG_ELIMIT when there are too many.
 */
int rg_sampler_track(struct rg_sampler *sampler, pid_t pid, rgw_image_id *image,
		     struct rg_err *err);

/* Makes everybody who is the target's by what it is part of it; told by the events of rg_sampler_events(). */
int rg_sampler_find(struct rg_sampler *sampler, struct rg_err *err);
/* The image a process runs; 0: it is not the target's. */
rgw_image_id rg_sampler_image(const struct rg_sampler *sampler, pid_t pid);

/* Starts a timer on every online CPU. Samples count once a window is set and begun. */
int rg_sampler_start(struct rg_sampler *sampler, struct rg_err *err);
/* CLOCK_MONOTONIC ns. May be called again to move the end. */
void rg_sampler_window(struct rg_sampler *sampler, uint64_t start_ns, uint64_t end_ns);
/* Stops the timers; when it returns no program is running and the tables are at rest. */
void rg_sampler_stop(struct rg_sampler *sampler);

typedef int (*rg_sample_fn)(void *ctx, const struct rgw_sample_key *key,
			    const struct rgw_sample *sample, struct rg_err *err);
typedef int (*rg_event_fn)(void *ctx, const struct rgw_event *event);

/*
 * Hands out and removes the samples of all slices before `slice`. Only slices that have ended some time ago may be
 * asked for while timers run: a program may still be counting in the last one.
 */
int rg_sampler_drain(struct rg_sampler *sampler, uint32_t slice, rg_sample_fn fn, void *ctx,
		     struct rg_err *err);
typedef int (*rg_snapshot_fn)(void *ctx, const struct rgw_snapshot *snapshot);
/* Hands out the stacks that could not be walked yet. A negative return of fn ends it and is returned. */
int rg_sampler_snapshots(struct rg_sampler *sampler, rg_snapshot_fn fn, void *ctx,
			 struct rg_err *err);
/* So many of them are done with: there may be as many more. */
void rg_sampler_snapshots_more(struct rg_sampler *sampler, size_t count);
/* Hands out the process events so far, in order. A negative return of fn ends it and is returned. */
int rg_sampler_events(struct rg_sampler *sampler, rg_event_fn fn, void *ctx, struct rg_err *err);

/* which: an enum rgw_count. */
uint64_t rg_sampler_count(const struct rg_sampler *sampler, uint32_t which);
/* The descriptors of the loaded BPF programs, at most RG_SAMPLER_PROGRAMS; returns how many. */
enum { RG_SAMPLER_PROGRAMS = 16 };
size_t rg_sampler_programs(const struct rg_sampler *sampler, int fds[RG_SAMPLER_PROGRAMS]);
/* Becomes readable when there are process events. */
int rg_sampler_fd(const struct rg_sampler *sampler);

#endif
