/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>

#include "rg/err.h"
#include "rg/grow.h"

#include "pprof_ids.h"
#include "wire.h"

static uint64_t hash_id(uint64_t id)
{
	return rg_hash_bytes(&id, sizeof(id), 0);
}

static int id_equal(const void *ctx, uint32_t position, const void *key)
{
	return ((const uint64_t *)ctx)[position] == *(const uint64_t *)key;
}

uint32_t rg_pprof_ids_find(const struct rg_pprof_ids *ids, uint64_t id)
{
	uint32_t found;

	if (id - 1 < ids->in_order)
		return (uint32_t)(id - 1);
	found = rg_index_find(&ids->index, hash_id(id), id_equal, ids->ids, &id);
	return found == RG_INDEX_NONE ? PPROF_NONE : (uint32_t)ids->in_order + found;
}

int rg_pprof_ids_add(struct rg_pprof_ids *ids, uint64_t id, const struct rg_wire *at,
		     struct rg_err *err)
{
	size_t others = ids->count - ids->in_order;

	if (id == 0)
		return RG_WIRE_FAIL(at, err, RG_EFORMAT, "id 0");
	if (others == 0 && id - 1 == ids->count) {
		ids->in_order++;
		ids->count++;
		return 0;
	}
	if (rg_pprof_ids_find(ids, id) != PPROF_NONE)
		return RG_WIRE_FAIL(at, err, RG_EFORMAT, "id %llu twice", (unsigned long long)id);
	if (RG_GROW(ids->ids, ids->cap, others) ||
	    rg_index_add(&ids->index, hash_id(id), (uint32_t)others) != 0)
		return rg_err_nomem(err, "pprof message");
	ids->ids[others] = id;
	ids->count++;
	return 0;
}

void rg_pprof_ids_done(struct rg_pprof_ids *ids)
{
	free(ids->ids);
	rg_index_done(&ids->index);
}
