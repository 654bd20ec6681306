/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_WALK_MAPS_H
#define CAPTURE_WALK_MAPS_H

#include "unwind/arrays.h"

struct rg_err;

/* The kernel side's arrays for stack walks, mapped into this process. */
struct rg_walk_maps;

struct rg_walk_map_fds {
	int chunks, tables, rules, ranges, spaces; /* BPF maps of bpf/unwind.bpf.h; borrowed */
};

/* RG_EIO, RG_ENOMEM. */
int rg_walk_maps_open(const struct rg_walk_map_fds *fds, struct rg_walk_maps **out,
		      struct rg_err *err);
void rg_walk_maps_free(struct rg_walk_maps *maps);

/* Borrowed. */
const struct rg_unwind_arrays *rg_walk_maps_arrays(const struct rg_walk_maps *maps);

#endif
