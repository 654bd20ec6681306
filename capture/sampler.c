/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sampler.h"
#include "cpus.h"
#include "sampler_side.h"
#include "timers.h"
#include "walk_maps.h"

#include "rg/err.h"
#include "rg/units.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sampler.skel.h"

enum {
	BATCH = 64,          /* samples read from the table at a time: 100 kB */
	MIN_ENTRIES = 4096,  /* of the sample table: 6 MB */
	MAX_ENTRIES = 65536, /* 102 MB */
	SLICES_HELD = 4, /* in the table at a time: the current, the last, and two for being late */
};

/* --- Loading ------------------------------------------------------------------------------ */

/* A slice cannot hold more distinct stacks than ticks. */
static uint32_t table_entries(const struct rg_sampler_options *options, size_t cpus)
{
	/* Stacks that wait have room beside those that run. */
	double ticks = (options->off_cpu ? 4.0 : 1.0) * (double)options->frequency_hz *
		       (double)cpus * (double)options->slice_ns / (double)RG_NS_PER_S;

	if (ticks * SLICES_HELD >= MAX_ENTRIES)
		return MAX_ENTRIES;
	if (ticks * SLICES_HELD <= MIN_ENTRIES)
		return MIN_ENTRIES;
	return (uint32_t)(ticks * SLICES_HELD);
}

int rg_sampler_load_error(int code, struct rg_err *err)
{
	if (code == -EPERM || code == -EACCES)
		return rg_err_set(err, RG_EPRIVILEGE,
				  "capture: load BPF programs: %s: run it as root (sudo), or with "
				  "CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE",
				  strerror(-code));
	return rg_err_set(err, RG_EIO,
			  "capture: load BPF programs: %s: see 'regress-gate doctor' for what this "
			  "machine lacks; LIBBPF_LOG_LEVEL=warn shows the kernel's words",
			  strerror(-code));
}

/* What fails is said by our own errors. Who wants libbpf's words sets the variable it goes by itself since 1.4. */
static int say_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static int load(struct rg_sampler *s, const struct rg_sampler_options *options, struct rg_err *err)
{
	int rc;

	if (!getenv("LIBBPF_LOG_LEVEL"))
		libbpf_set_print(say_nothing);
	s->skel = sampler_bpf__open();
	if (!s->skel)
		return rg_sampler_load_error(-errno, err);
	s->skel->rodata->slice_ns = options->slice_ns;
	rg_sampler_target_prepare(s, &options->target);
	s->skel->rodata->use_bpf_loop =
		!options->without_bpf_loop &&
		libbpf_probe_bpf_helper(BPF_PROG_TYPE_PERF_EVENT, BPF_FUNC_loop, NULL) == 1;
	bpf_map__set_max_entries(s->skel->maps.samples, table_entries(options, s->cpus.count));
	rg_sampler_choose_programs(s, options);
	rc = rg_sampler_waits_prepare(s, options);
	if (!rc)
		rc = rg_sampler_work_prepare(s, options);
	if (rc)
		return rg_sampler_load_error(rc, err);
	rc = sampler_bpf__load(s->skel);
	if (rc)
		return rg_sampler_load_error(rc, err);
	/* All but the sampler itself, which is attached to each CPU's timer. */
	rc = sampler_bpf__attach(s->skel);
	return rc ? rg_sampler_load_error(rc, err) : 0;
}

static int hand_out(void *ctx, void *data, size_t size)
{
	struct rg_sampler *s = ctx;

	if (size < sizeof(struct rgw_event) || !s->event_fn)
		return 0;
	s->event_rc = s->event_fn(s->event_ctx, data);
	return s->event_rc ? -ECANCELED : 0;
}

static int open_walk_maps(struct rg_sampler *s, struct rg_err *err)
{
	struct rg_walk_map_fds fds = {
		.chunks = bpf_map__fd(s->skel->maps.chunks),
		.tables = bpf_map__fd(s->skel->maps.tables),
		.rules = bpf_map__fd(s->skel->maps.rules),
		.ranges = bpf_map__fd(s->skel->maps.ranges),
		.spaces = bpf_map__fd(s->skel->maps.spaces),
	};

	return rg_walk_maps_open(&fds, &s->walk_maps, err);
}

static int hand_out_snapshot(void *ctx, void *data, size_t size)
{
	struct rg_sampler *s = ctx;

	if (size < sizeof(struct rgw_snapshot) || !s->snapshot_fn)
		return 0;
	s->snapshot_rc = s->snapshot_fn(s->snapshot_ctx, data);
	return s->snapshot_rc ? -ECANCELED : 0;
}

static int open_rings(struct rg_sampler *s, struct rg_err *err)
{
	s->ring = ring_buffer__new(bpf_map__fd(s->skel->maps.events), hand_out, s, NULL);
	s->snapshots =
		ring_buffer__new(bpf_map__fd(s->skel->maps.snapshots), hand_out_snapshot, s, NULL);
	if (s->ring && s->snapshots)
		return 0;
	return rg_err_set(err, RG_EIO, "capture: map the event ring: %s", strerror(errno));
}

static int allocate(struct rg_sampler *s, struct rg_err *err)
{
	size_t timers = s->cpus.count * rg_timers_per_cpu(s->frequency_hz, s->cpus.count);

	s->timer_fds = calloc(timers, sizeof(*s->timer_fds));
	s->links = calloc(timers, sizeof(*s->links));
	s->keys = calloc(BATCH, sizeof(*s->keys));
	s->values = calloc(BATCH, sizeof(*s->values));
	if (!s->timer_fds || !s->links || !s->keys || !s->values)
		return rg_err_nomem(err, "sampler");
	return 0;
}

int rg_sampler_open(const struct rg_sampler_options *options, struct rg_sampler **out,
		    struct rg_err *err)
{
	struct rg_sampler *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return rg_err_nomem(err, "sampler");
	s->frequency_hz = options->frequency_hz;
	rc = rg_cpus_online(&s->cpus, err);
	if (!rc)
		rc = allocate(s, err);
	if (!rc)
		rc = load(s, options, err);
	if (!rc)
		rc = open_walk_maps(s, err);
	if (!rc && options->off_cpu)
		rc = rg_sampler_waits_open(s, err);
	if (!rc)
		rc = open_rings(s, err);
	if (rc) {
		rg_sampler_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void rg_sampler_free(struct rg_sampler *s)
{
	if (!s)
		return;
	rg_sampler_stop(s);
	ring_buffer__free(s->ring);
	ring_buffer__free(s->snapshots);
	rg_sampler_waits_close(s);
	rg_sampler_work_close(s);
	rg_walk_maps_free(s->walk_maps);
	sampler_bpf__destroy(s->skel);
	rg_cpus_done(&s->cpus);
	free(s->timer_fds);
	free(s->links);
	free(s->keys);
	free(s->values);
	free(s);
}

const struct rg_unwind_arrays *rg_sampler_arrays(const struct rg_sampler *s)
{
	return rg_walk_maps_arrays(s->walk_maps);
}

size_t rg_sampler_cpus(const struct rg_sampler *s)
{
	return s->sampled;
}

void rg_sampler_window(struct rg_sampler *s, uint64_t start_ns, uint64_t end_ns)
{
	/* End first: between the two stores there must be no window that was not meant. */
	__atomic_store_n(&s->skel->bss->window_end_ns, end_ns, __ATOMIC_SEQ_CST);
	__atomic_store_n(&s->skel->data->window_start_ns, start_ns, __ATOMIC_SEQ_CST);
}

/* --- Reading ------------------------------------------------------------------------------ */

/* Hands out what is older than `slice` of a batch, and leaves its keys at the front of s->keys. */
static int hand_out_batch(struct rg_sampler *s, uint32_t count, uint32_t slice, rg_sample_fn fn,
			  void *ctx, uint32_t *taken, struct rg_err *err)
{
	*taken = 0;
	for (uint32_t i = 0; i < count; i++) {
		int rc;

		if (s->keys[i].slice >= slice)
			continue;
		rc = fn(ctx, &s->keys[i], &s->values[i], err);
		if (rc)
			return rc;
		s->keys[(*taken)++] = s->keys[i];
	}
	return 0;
}

static void remove_taken(struct rg_sampler *s, int fd, uint32_t taken)
{
	for (uint32_t i = 0; i < taken; i++)
		bpf_map_delete_elem(fd, &s->keys[i]);
}

int rg_sampler_drain(struct rg_sampler *s, uint32_t slice, rg_sample_fn fn, void *ctx,
		     struct rg_err *err)
{
	int fd = bpf_map__fd(s->skel->maps.samples);
	/* A hash table's position is the number of a bucket. */
	uint32_t position, *from = NULL;

	for (;;) {
		uint32_t count = BATCH, taken;
		int rc =
			bpf_map_lookup_batch(fd, from, &position, s->keys, s->values, &count, NULL);
		int error = rc ? errno : 0;

		if (rc && error != ENOENT)
			return rg_err_set(err, RG_EIO, "capture: read the sample table: %s",
					  strerror(error));
		rc = hand_out_batch(s, count, slice, fn, ctx, &taken, err);
		if (rc)
			return rc;
		remove_taken(s, fd, taken);
		if (error == ENOENT)
			return 0;
		from = &position;
	}
}

int rg_sampler_events(struct rg_sampler *s, rg_event_fn fn, void *ctx, struct rg_err *err)
{
	int rc;

	s->event_fn = fn;
	s->event_ctx = ctx;
	s->event_rc = 0;
	rc = ring_buffer__consume(s->ring);
	s->event_fn = NULL;
	if (s->event_rc)
		return rg_err_set(err, s->event_rc, "capture: process events: out of memory");
	if (rc < 0)
		return rg_err_set(err, RG_EIO, "capture: read process events: %s", strerror(-rc));
	return 0;
}

int rg_sampler_snapshots(struct rg_sampler *s, rg_snapshot_fn fn, void *ctx, struct rg_err *err)
{
	int rc;

	s->snapshot_fn = fn;
	s->snapshot_ctx = ctx;
	s->snapshot_rc = 0;
	rc = ring_buffer__consume(s->snapshots);
	s->snapshot_fn = NULL;
	if (s->snapshot_rc)
		return rg_err_set(err, s->snapshot_rc, "capture: stacks: out of memory");
	if (rc < 0)
		return rg_err_set(err, RG_EIO, "capture: read stacks: %s", strerror(-rc));
	return 0;
}

void rg_sampler_snapshots_more(struct rg_sampler *s, size_t count)
{
	__atomic_fetch_add(&s->skel->data->snapshots_left, count, __ATOMIC_RELAXED);
}

uint64_t rg_sampler_count(const struct rg_sampler *s, uint32_t which)
{
	return __atomic_load_n(&s->skel->bss->counts[which], __ATOMIC_RELAXED);
}

size_t rg_sampler_programs(const struct rg_sampler *s, int fds[RG_SAMPLER_PROGRAMS])
{
	struct bpf_program *program;
	size_t count = 0;

	bpf_object__for_each_program(program, s->skel->obj)
	{
		int fd = bpf_program__fd(program);

		if (fd >= 0 && count < RG_SAMPLER_PROGRAMS)
			fds[count++] = fd;
	}
	return count;
}

int rg_sampler_fd(const struct rg_sampler *s)
{
	return ring_buffer__epoll_fd(s->ring);
}
