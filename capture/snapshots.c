/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "snapshots.h"
#include "live.h"
#include "registers.h"
#include "stacks.h"

#include "rg/err.h"
#include "rg/grow.h"

#include <stdlib.h>
#include <string.h>

/* Pages up to the last that could be read. */
static uint32_t pages_of(const struct rgw_snapshot *s)
{
	uint32_t pages = RGW_SNAPSHOT_PAGES;

	while (pages && !(s->pages & 1U << (pages - 1)))
		pages--;
	return pages;
}

int rg_snapshots_add(struct rg_snapshots *s, const struct rgw_snapshot *snapshot)
{
	/* The stack's end is not kept where it could not be read. */
	size_t size = offsetof(struct rgw_snapshot, stack) + pages_of(snapshot) * (size_t)RGW_PAGE;
	struct rgw_snapshot *copy = malloc(size);

	if (!copy)
		return RG_ENOMEM;
	if (RG_GROW(s->all, s->cap, s->count)) {
		free(copy);
		return RG_ENOMEM;
	}
	memcpy(copy, snapshot, size);
	copy->sample.user = (struct rgw_frames){.end = RGW_END_WALKING};
	s->all[s->count++] = copy;
	return 0;
}

/* --- Walking -------------------------------------------------------------------------------- */

static int read_stack(void *ctx, void *to, size_t size, uint64_t address)
{
	const struct rgw_snapshot *s = ctx;
	uint64_t offset = address - s->address, last = offset + size - 1;

	if (address < s->address || last < offset || last / RGW_PAGE >= RGW_SNAPSHOT_PAGES)
		return -1;
	for (uint64_t page = offset / RGW_PAGE; page <= last / RGW_PAGE; page++)
		if (!(s->pages & 1U << page))
			return -1;
	memcpy(to, &s->stack[0][0] + offset, size);
	return 0;
}

static struct rg_walk_registers registers_of(const struct rgw_snapshot *s)
{
	return rg_walk_registers_from(s->registers, s->top, s->returned != 0);
}

/* Left as it is where nobody runs its image. */
static void walk(const struct rg_snapshots *all, struct rgw_snapshot *s)
{
	struct rg_walk_registers registers = registers_of(s);

	if (s->sample.user.end == RGW_END_WALKING)
		rg_live_walk_image(all->live, s->key.image, &registers, read_stack, s,
				   &s->sample.user);
}

void rg_snapshots_end_image(void *snapshots, rgw_image_id image)
{
	struct rg_snapshots *all = snapshots;

	for (size_t i = 0; i < all->count; i++)
		if (all->all[i]->key.image == image)
			walk(all, all->all[i]);
}

/* --- Entering ------------------------------------------------------------------------------- */

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

/* Those that have been walked; the others stay. */
static int enter_walked(struct rg_snapshots *all, struct rg_stacks *stacks,
			const struct rg_wait_window *window, struct rg_err *err)
{
	size_t kept = 0;
	int rc = 0;

	for (size_t i = 0; i < all->count; i++) {
		struct rgw_snapshot *s = all->all[i];

		if (rc || s->sample.user.end == RGW_END_WALKING) {
			all->all[kept++] = s;
			continue;
		}
		rc = enter(all, s, stacks, window, err);
		free(s);
	}
	all->count = kept;
	return rc;
}

int rg_snapshots_turn(struct rg_snapshots *all, struct rg_stacks *stacks,
		      const struct rg_wait_window *window, struct rg_err *err)
{
	int rc;

	for (size_t i = 0; i < all->ripe; i++)
		walk(all, all->all[i]);
	rc = enter_walked(all, stacks, window, err);
	all->ripe = all->count;
	return rc;
}

int rg_snapshots_finish(struct rg_snapshots *all, struct rg_stacks *stacks,
			const struct rg_wait_window *window, struct rg_err *err)
{
	for (size_t i = 0; i < all->count; i++) {
		struct rgw_snapshot *s = all->all[i];

		walk(all, s);
		if (s->sample.user.end == RGW_END_WALKING)
			s->sample.user = (struct rgw_frames){
				.depth = 1, .end = RGW_END_NO_MAPPING, .at = {registers_of(s).pc}};
	}
	return enter_walked(all, stacks, window, err);
}

void rg_snapshots_done(struct rg_snapshots *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->all[i]);
	free(s->all);
	*s = (struct rg_snapshots){0};
}
