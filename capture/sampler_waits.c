/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sampler_waits.h"
#include "sampler_side.h"

#include "rg/err.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sampler.skel.h"

enum {
	MAX_SLICES = 1 << 20, /* 12 days of seconds; 100 MB */
	MIN_SLICES = 64,
};

/* --- Opening -------------------------------------------------------------------------------- */

int rg_sampler_waits_prepare(struct rg_sampler *s, const struct rg_sampler_options *options)
{
	const struct sampler_bpf *skel = s->skel;
	uint64_t slices = options->window_ns / options->slice_ns + 2;
	int rc;

	s->slices = slices > MAX_SLICES ? MAX_SLICES : slices < MIN_SLICES ? MIN_SLICES : slices;
	rc = bpf_map__set_max_entries(skel->maps.accounts, (__u32)s->slices);
	if (!rc && !skel->rodata->has_tp_btf)
		rc = bpf_map__set_max_entries(skel->maps.threads_by_address, RGW_MAX_THREADS);
	if (!rc && !skel->rodata->has_sched_exit)
		rc = bpf_map__set_max_entries(skel->maps.aside, RGW_MAX_ASIDE);
	if (!rc && !skel->rodata->has_sched_exit)
		rc = bpf_map__set_max_entries(skel->maps.given, RGW_MAX_GIVEN);
	return rc;
}

static int take_long_wait(void *ctx, void *data, size_t size)
{
	struct rg_sampler *s = ctx;

	if (size < sizeof(struct rgw_long_wait) || !s->long_wait_fn)
		return 0;
	s->long_wait_rc = s->long_wait_fn(s->long_wait_ctx, data, s->long_wait_err);
	return s->long_wait_rc ? -ECANCELED : 0;
}

int rg_sampler_waits_open(struct rg_sampler *s, struct rg_err *err)
{
	void *map = mmap(NULL, s->slices * sizeof(*s->accounts), PROT_READ | PROT_WRITE, MAP_SHARED,
			 bpf_map__fd(s->skel->maps.accounts), 0);

	if (map == MAP_FAILED)
		return rg_err_set(err, RG_EIO, "capture: map the accounts: %s", strerror(errno));
	s->accounts = map;
	s->long_waits =
		ring_buffer__new(bpf_map__fd(s->skel->maps.long_waits), take_long_wait, s, NULL);
	return s->long_waits ? 0
			     : rg_err_set(err, RG_EIO, "capture: map the ring of waits: %s",
					  strerror(errno));
}

void rg_sampler_waits_close(struct rg_sampler *s)
{
	ring_buffer__free(s->long_waits);
	if (s->accounts)
		munmap(s->accounts, s->slices * sizeof(*s->accounts));
}

/* --- Edges ---------------------------------------------------------------------------------- */

static int read_sleepers(int fd, rg_sleeper_fn fn, void *ctx, struct rg_err *err)
{
	struct rgw_sleeper sleeper;
	char *at = (char *)&sleeper;
	size_t have = 0;

	for (;;) {
		ssize_t got = read(fd, at + have, sizeof(sleeper) - have);
		int rc;

		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got < 0)
			return rg_err_set(err, RG_EIO, "capture: look at the threads: %s",
					  strerror(errno));
		if (got == 0)
			return 0;
		have += (size_t)got;
		if (have < sizeof(sleeper))
			continue;
		have = 0;
		rc = fn ? fn(ctx, &sleeper, err) : 0;
		if (rc)
			return rc;
	}
}

/* Runs the iterator over all threads of the machine. */
static int visit_threads(struct rg_sampler *s, enum rgw_edge edge, rg_sleeper_fn fn, void *ctx,
			 struct rg_err *err)
{
	struct bpf_link *link = bpf_program__attach_iter(s->skel->progs.rg_edge, NULL);
	int fd, rc;

	if (!link)
		return rg_sampler_load_error(-errno, err);
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0) {
		rc = rg_sampler_load_error(-errno, err);
	} else {
		__atomic_store_n(&s->skel->data->edge, edge, __ATOMIC_SEQ_CST);
		rc = read_sleepers(fd, fn, ctx, err);
		close(fd);
	}
	bpf_link__destroy(link);
	return rc;
}

int rg_sampler_begin_waits(struct rg_sampler *s, rg_sleeper_fn fn, void *ctx, struct rg_err *err)
{
	return visit_threads(s, RGW_EDGE_BEGIN, fn, ctx, err);
}

void rg_sampler_give(struct rg_sampler *s, const struct rgw_sleeper *sleeper,
		     const struct rgw_frames *frames)
{
	struct rgw_given stack = {.since_ns = sleeper->start_ns, .frames = *frames};

	/* Where there is no room for it, the wait is counted as one without a stack. */
	bpf_map_update_elem(bpf_map__fd(s->skel->maps.given), &sleeper->tid, &stack, BPF_ANY);
}

int rg_sampler_join_waits(struct rg_sampler *s, struct rg_err *err)
{
	return visit_threads(s, RGW_EDGE_JOIN, NULL, NULL, err);
}

void rg_sampler_hold(struct rg_sampler *s, pid_t pid)
{
	__atomic_store_n(&s->skel->bss->held_pid, (uint32_t)pid, __ATOMIC_SEQ_CST);
}

int rg_sampler_close_waits(struct rg_sampler *s, struct rg_err *err)
{
	return visit_threads(s, RGW_EDGE_CLOSE, NULL, NULL, err);
}

int rg_sampler_end_waits(struct rg_sampler *s, rg_sleeper_fn fn, void *ctx, struct rg_err *err)
{
	return visit_threads(s, RGW_EDGE_END, fn, ctx, err);
}

/* --- Reading -------------------------------------------------------------------------------- */

int rg_sampler_long_waits(struct rg_sampler *s, rg_long_wait_fn fn, void *ctx, struct rg_err *err)
{
	int rc;

	s->long_wait_fn = fn;
	s->long_wait_ctx = ctx;
	s->long_wait_err = err;
	s->long_wait_rc = 0;
	rc = ring_buffer__consume(s->long_waits);
	s->long_wait_fn = NULL;
	if (s->long_wait_rc)
		return s->long_wait_rc;
	if (rc < 0)
		return rg_err_set(err, RG_EIO, "capture: read the ring of waits: %s",
				  strerror(-rc));
	return 0;
}

void rg_sampler_times(const struct rg_sampler *s, uint32_t count, struct rg_times *times)
{
	uint64_t whole[RGW_TIMES] = {0}; /* stretches over the whole of the slice */

	for (uint32_t i = 0; i < count; i++) {
		times[i] = (struct rg_times){0};
		for (size_t time = 0; i < s->slices && time < RGW_TIMES; time++) {
			if (i)
				whole[time] += s->accounts[i - 1].whole_from[time];
			whole[time] -= s->accounts[i].whole_to[time];
			times[i].ns[time] =
				s->accounts[i].ns[time] + whole[time] * s->skel->rodata->slice_ns;
		}
	}
}

uint64_t rg_sampler_total(const struct rg_sampler *s, uint32_t which)
{
	return __atomic_load_n(&s->skel->bss->totals[which], __ATOMIC_RELAXED);
}

bool rg_sampler_walks_late(const struct rg_sampler *s)
{
	return s->skel->rodata->has_sched_exit;
}

uint64_t rg_sampler_poll_period(const struct rg_sampler *s)
{
	return s->skel->data->poll_period_ns;
}

void rg_sampler_set_poll_period(struct rg_sampler *s, uint64_t ns)
{
	__atomic_store_n(&s->skel->data->poll_period_ns, ns, __ATOMIC_SEQ_CST);
}

uint64_t rg_sampler_wait_period(const struct rg_sampler *s)
{
	return s->skel->data->wait_period_ns;
}

void rg_sampler_set_wait_period(struct rg_sampler *s, uint64_t ns)
{
	__atomic_store_n(&s->skel->data->wait_period_ns, ns, __ATOMIC_SEQ_CST);
}
