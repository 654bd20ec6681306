/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_SNAPSHOTS_H
#define CAPTURE_SNAPSHOTS_H

#include "../bpf/wire.h"
#include "waits.h"

#include <stddef.h>
#include <stdint.h>

struct rg_err;
struct rg_live;
struct rg_stacks;

/* Stacks that could not be walked when they were sampled, for their code had only just been mapped. */
struct rg_snapshots {
	struct rgw_snapshot **all;
	size_t count, cap;
	uint64_t ends[RGW_ENDS]; /* of samples on the CPU, by how the walk ended at last */
};

/* Copies one: the kernel side hands out RGW_MAX_SNAPSHOTS or a few more. Returns 0 or RG_ENOMEM. */
int rg_snapshots_add(struct rg_snapshots *snapshots, const struct rgw_snapshot *snapshot);
/* Walks all, the timeline having been replayed, and enters them among the stacks. */
int rg_snapshots_walk(struct rg_snapshots *snapshots, struct rg_live *live,
		      struct rg_stacks *stacks, const struct rg_wait_window *window,
		      struct rg_err *err);
void rg_snapshots_done(struct rg_snapshots *snapshots);

#endif
