/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_PPROF_IDS_H
#define RG_MODEL_PPROF_IDS_H

#include <stddef.h>
#include <stdint.h>

#include "rg/hash.h"

struct rg_err;
struct rg_wire;

#define PPROF_NONE UINT32_MAX

/*
 * From the ids of a file, which may be any numbers but 0, to positions from 0. Most writers number
 * from 1: only the ids behind the first that is not position + 1 are stored.
 */
struct rg_pprof_ids {
	size_t count;
	size_t in_order; /* the first so many ids are position + 1 */
	uint64_t *ids;   /* the others */
	size_t cap;
	struct rg_index index; /* of positions in `ids` */
};

/* The position of an id, or PPROF_NONE. */
uint32_t rg_pprof_ids_find(const struct rg_pprof_ids *ids, uint64_t id);

/* The next position becomes this id's. Errors: RG_EFORMAT for 0 and an id that is there, RG_ENOMEM. */
int rg_pprof_ids_add(struct rg_pprof_ids *ids, uint64_t id, const struct rg_wire *at,
		     struct rg_err *err);
void rg_pprof_ids_done(struct rg_pprof_ids *ids);

#endif
