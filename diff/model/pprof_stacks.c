/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "rg/grow.h"
#include "rg/pprof.h"

#include "pprof_places.h"
#include "pprof_stacks.h"
#include "pprof_tables.h"

struct rg_pprof_list {
	uint32_t at, len; /* in `bytes`; messages are at most RG_PPROF_MAX_BYTES */
	uint32_t stack;
};

/* More distinct lists than this are decoded each time: hostile files have them, real ones do not. */
enum { MAX_LISTS = RG_PROFILE_MAX_STACKS };

void rg_pprof_stacks_init(struct rg_pprof_stacks *stacks, struct rg_pprof_tables *tables,
			  struct rg_profile_builder *builder)
{
	stacks->tables = tables;
	stacks->builder = builder;
	rg_buf_init(&stacks->bytes, RG_PPROF_MAX_BYTES);
}

int rg_pprof_stacks_decode(struct rg_pprof_stacks *stacks, struct rg_wire part, struct rg_err *err)
{
	struct rg_pprof_tables *tables = stacks->tables;

	while (part.at < part.end) {
		uint64_t id;
		uint32_t position;
		int rc = rg_wire_varint(&part, &id, err);

		if (rc != 0)
			return rc;
		position = rg_pprof_ids_find(&tables->location_ids, id);
		if (position == PPROF_NONE)
			return RG_WIRE_FAIL(&part, err, RG_EFORMAT,
					    "a location that is not in the file");
		if (stacks->depth == RG_PROFILE_MAX_DEPTH)
			return RG_WIRE_FAIL(&part, err, RG_ELIMIT, "a stack of more than %d frames",
					    RG_PROFILE_MAX_DEPTH);
		if (tables->frames[position] == PPROF_NONE)
			rc = rg_pprof_add_frame(tables, position, stacks->builder, err);
		if (rc != 0)
			return rc;
		stacks->frames[stacks->depth++] = tables->frames[position];
	}
	return 0;
}

int rg_pprof_stacks_take(struct rg_pprof_stacks *stacks, uint32_t *stack, struct rg_err *err)
{
	if (stacks->depth == 0) {
		int rc = rg_pprof_no_stack(stacks->builder, &stacks->frames[0], err);

		if (rc != 0)
			return rc;
		stacks->depth = 1;
	}
	return rg_profile_builder_stack(stacks->builder, stacks->frames, stacks->depth, stack, err);
}

static bool is_list(const struct rg_pprof_stacks *stacks, uint32_t id, const struct rg_wire *list)
{
	const struct rg_pprof_list *known = &stacks->lists[id];
	size_t len = (size_t)(list->end - list->at);

	return known->len == len &&
	       (len == 0 || memcmp(stacks->bytes.data + known->at, list->at, len) == 0);
}

static int list_equal(const void *ctx, uint32_t id, const void *key)
{
	return is_list(ctx, id, key);
}

/* Remembers the list for the samples to come. */
static int remember(struct rg_pprof_stacks *stacks, uint64_t hash, const struct rg_wire *list,
		    uint32_t stack, struct rg_err *err)
{
	struct rg_pprof_list added = {.len = (uint32_t)(list->end - list->at), .stack = stack};

	if (stacks->count >= MAX_LISTS)
		return 0;
	if (RG_GROW(stacks->lists, stacks->cap, stacks->count) ||
	    rg_index_add(&stacks->index, hash, (uint32_t)stacks->count) != 0)
		return rg_err_nomem(err, "pprof message");
	added.at = (uint32_t)stacks->bytes.len;
	rg_buf_add(&stacks->bytes, list->at, added.len);
	if (stacks->bytes.failed)
		return rg_err_nomem(err, "pprof message");
	stacks->lists[stacks->count++] = added;
	return 0;
}

static int find_one(struct rg_pprof_stacks *stacks, struct rg_pprof_lookup *lookup,
		    struct rg_err *err)
{
	uint32_t known =
		rg_index_find(&stacks->index, lookup->hash, list_equal, stacks, &lookup->list);
	int rc;

	if (known != RG_INDEX_NONE) {
		lookup->stack = stacks->lists[known].stack;
		return 0;
	}
	stacks->depth = 0;
	rc = rg_pprof_stacks_decode(stacks, lookup->list, err);
	if (rc == 0)
		rc = rg_pprof_stacks_take(stacks, &lookup->stack, err);
	return rc != 0 ? rc : remember(stacks, lookup->hash, &lookup->list, lookup->stack, err);
}

/* Profiles in order have all slices of a stack in a row. */
static bool repeats(const struct rg_pprof_lookup *lookups, size_t at)
{
	const struct rg_wire *before, *list = &lookups[at].list;
	size_t len = (size_t)(list->end - list->at);

	if (at == 0)
		return false;
	before = &lookups[at - 1].list;
	return (size_t)(before->end - before->at) == len &&
	       (len == 0 || memcmp(before->at, list->at, len) == 0);
}

static int any_list(const void *ctx, uint32_t id, const void *key)
{
	(void)ctx;
	(void)id;
	(void)key;
	return 1;
}

/* The list that is found in all likelihood: its hash is alike. Has its entry fetched. */
static uint32_t guess(const struct rg_pprof_stacks *stacks, uint64_t hash)
{
	uint32_t id = rg_index_find(&stacks->index, hash, any_list, NULL, NULL);

	if (id != RG_INDEX_NONE)
		__builtin_prefetch(&stacks->lists[id]);
	return id;
}

/* Has the memory fetched that the look-ups will need, step by step for all of them. */
static void fetch(const struct rg_pprof_stacks *stacks, struct rg_pprof_lookup *lookups,
		  size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct rg_wire list = lookups[i].list;

		if (repeats(lookups, i))
			lookups[i].hash = lookups[i - 1].hash;
		else
			lookups[i].hash = rg_hash_bytes(list.at, (size_t)(list.end - list.at), 0);
	}
	for (size_t i = 0; i < count; i++)
		lookups[i].stack = guess(stacks, lookups[i].hash);
	for (size_t i = 0; i < count; i++)
		if (lookups[i].stack != RG_INDEX_NONE)
			__builtin_prefetch(stacks->bytes.data + stacks->lists[lookups[i].stack].at);
}

int rg_pprof_stacks_find(struct rg_pprof_stacks *stacks, struct rg_pprof_lookup *lookups,
			 size_t count, struct rg_err *err)
{
	fetch(stacks, lookups, count);
	for (size_t i = 0; i < count; i++) {
		int rc = 0;

		if (repeats(lookups, i))
			lookups[i].stack = lookups[i - 1].stack;
		else
			rc = find_one(stacks, &lookups[i], err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

void rg_pprof_stacks_done(struct rg_pprof_stacks *stacks)
{
	free(stacks->lists);
	rg_buf_done(&stacks->bytes);
	rg_index_done(&stacks->index);
}
