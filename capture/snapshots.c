/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "snapshots.h"
#include "live.h"
#include "registers.h"
#include "stacks.h"

#include "rg/err.h"
#include "rg/grow.h"

#include <stdlib.h>
#include <string.h>

int rg_snapshots_add(struct rg_snapshots *s, const struct rgw_snapshot *snapshot)
{
	/* The stack's end is not kept where it could not be read. */
	uint32_t pages =
		snapshot->pages < RGW_SNAPSHOT_PAGES ? snapshot->pages : RGW_SNAPSHOT_PAGES;
	size_t size = offsetof(struct rgw_snapshot, stack) + pages * (size_t)RGW_PAGE;
	struct rgw_snapshot *copy = malloc(size);

	if (!copy)
		return RG_ENOMEM;
	if (RG_GROW(s->all, s->cap, s->count)) {
		free(copy);
		return RG_ENOMEM;
	}
	memcpy(copy, snapshot, size);
	copy->pages = pages;
	s->all[s->count++] = copy;
	return 0;
}

static int read_stack(void *ctx, void *to, size_t size, uint64_t address)
{
	const struct rgw_snapshot *s = ctx;
	uint64_t offset = address - s->address, length = (uint64_t)s->pages * RGW_PAGE;

	if (address < s->address || offset > length || size > length - offset)
		return -1;
	memcpy(to, &s->stack[0][0] + offset, size);
	return 0;
}

static int enter(struct rg_snapshots *all, struct rgw_snapshot *s, struct rg_stacks *stacks,
		 const struct rg_wait_window *window, struct rg_err *err)
{
	struct rgw_long_wait wait;

	if (!s->key.wait)
		all->ends[s->sample.user.end]++;
	/* A short wait stands for others like it, in the slice it ended in. */
	if (!s->key.wait || s->sample.ns != s->end_ns - s->start_ns)
		return rg_stacks_add(stacks, &s->key, &s->sample, err);
	wait = (struct rgw_long_wait){
		.start_ns = s->start_ns, .end_ns = s->end_ns, .key = s->key, .sample = s->sample};
	return rg_waits_enter(stacks, window, &wait, err);
}

int rg_snapshots_walk(struct rg_snapshots *snapshots, struct rg_live *live,
		      struct rg_stacks *stacks, const struct rg_wait_window *window,
		      struct rg_err *err)
{
	for (size_t i = 0; i < snapshots->count; i++) {
		struct rgw_snapshot *s = snapshots->all[i];
		struct rg_walk_registers registers =
			rg_walk_registers_from(s->registers, s->top, s->returned != 0);
		int rc = rg_live_walk_image(live, s->key.image, &registers, read_stack, s,
					    &s->sample.user);

		if (rc)
			return rg_err_nomem(err, "stacks");
		rc = enter(snapshots, s, stacks, window, err);
		if (rc)
			return rc;
	}
	return 0;
}

void rg_snapshots_done(struct rg_snapshots *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->all[i]);
	free(s->all);
	*s = (struct rg_snapshots){0};
}
