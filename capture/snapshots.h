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

/*
 * Stacks that could not be walked when they were sampled, for their code had only just been mapped. They are walked as soon
 * as it is known what was, and at the latest when their image ends: while somebody knows what it had mapped.
 */
struct rg_snapshots {
	const struct rg_live *live; /* borrowed */
	struct rgw_snapshot **all;
	size_t count, cap;
	size_t ripe; /* of them: were there at the last turn, so that the code they lead through is known */
	uint64_t ends[RGW_ENDS]; /* of samples on the CPU, by how the walk ended at last */
};

/* Copies one. Returns 0 or RG_ENOMEM. */
int rg_snapshots_add(struct rg_snapshots *snapshots, const struct rgw_snapshot *snapshot);
/* Walks those of an image, as rg_live_on_end() wants it. */
void rg_snapshots_end_image(void *snapshots, rgw_image_id image);
/* Once in each turn, after the live side's: walks what is ripe, and enters what has been walked among the stacks. */
int rg_snapshots_turn(struct rg_snapshots *all, struct rg_stacks *stacks,
		      const struct rg_wait_window *window, struct rg_err *err);
/* All that are left, whatever is known: when the capture is over. */
int rg_snapshots_finish(struct rg_snapshots *all, struct rg_stacks *stacks,
			const struct rg_wait_window *window, struct rg_err *err);
void rg_snapshots_done(struct rg_snapshots *snapshots);

#endif
