/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_SAMPLER_SIDE_H
#define CAPTURE_SAMPLER_SIDE_H

/* What the sampler's own files share. */

#include "cpus.h"
#include "sampler.h"
#include "sampler_waits.h"

struct bpf_link;
struct ring_buffer;
struct sampler_bpf; /* the generated skeleton, sampler.skel.h */

struct rg_sampler {
	struct sampler_bpf *skel;
	struct ring_buffer *ring;
	struct rg_walk_maps *walk_maps;
	rg_event_fn event_fn; /* during rg_sampler_events() */
	void *event_ctx;
	int event_rc; /* what event_fn ended it with */
	uint32_t frequency_hz;
	struct rg_cpus cpus;
	int *timer_fds;
	struct bpf_link **links;
	size_t timers;               /* running, of all CPUs */
	size_t sampled;              /* CPUs that had one */
	struct rgw_sample_key *keys; /* BATCH of each, for reading */
	struct rgw_sample *values;
	struct ring_buffer *snapshots;
	rg_snapshot_fn snapshot_fn; /* during rg_sampler_snapshots() */
	void *snapshot_ctx;
	int snapshot_rc;
	struct ring_buffer *long_waits; /* NULL: waits are not followed */
	struct rgw_account *accounts;   /* of the slices */
	size_t slices;
	rg_long_wait_fn long_wait_fn; /* during rg_sampler_long_waits() */
	void *long_wait_ctx;
	int long_wait_rc;
	struct rg_err *long_wait_err;
	struct bpf_link *work_link; /* NULL: no calls are counted */
	uint32_t work_cells;
};

/* Before the programs are loaded: which, by what is wanted and what the kernel has. */
void rg_sampler_choose_programs(struct rg_sampler *sampler,
				const struct rg_sampler_options *options);
/* Thereafter, before and after they are loaded: what following waits takes. */
int rg_sampler_waits_prepare(struct rg_sampler *sampler, const struct rg_sampler_options *options);
int rg_sampler_waits_open(struct rg_sampler *sampler, struct rg_err *err);
void rg_sampler_waits_close(struct rg_sampler *sampler);
/* Before the programs are loaded: whom they follow. */
void rg_sampler_target_prepare(struct rg_sampler *sampler, const struct rg_sampler_target *target);
int rg_sampler_work_prepare(struct rg_sampler *sampler, const struct rg_sampler_options *options);
void rg_sampler_work_close(struct rg_sampler *sampler);
/* The words for a kernel that refused the programs. */
int rg_sampler_load_error(int code, struct rg_err *err);

#endif
