/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bpf/walk.h for user space; included once for each architecture, with WALK naming the function it makes. Not a header
 * of its own.
 */
#include "arrays.h"
#include "tables.h"
#include "walker.h"

#include <string.h>

struct rgw_walk;

#define RGW_INLINE static inline

static const struct rgw_range *rgw_get_range(struct rgw_walk *w, uint32_t i);
static const struct rgw_table *rgw_get_table(struct rgw_walk *w, uint32_t i);
static int rgw_get_word(struct rgw_walk *w, uint32_t i, __u64 *to);
static const struct rgw_unwind_rule *rgw_get_rule(struct rgw_walk *w, uint32_t i);
static int rgw_read(struct rgw_walk *w, void *to, uint32_t size, uint64_t address);

#include "../../bpf/walk.h"

/* What the walk itself does not know: where its arrays and its memory are. */
struct walking {
	struct rgw_walk walk;
	const struct rg_walker *walker;
};

static const struct rg_walker *walker_of(struct rgw_walk *w)
{
	return ((struct walking *)w)->walker;
}

static const struct rgw_range *rgw_get_range(struct rgw_walk *w, uint32_t i)
{
	return i < RGW_MAX_RANGES ? &walker_of(w)->arrays->ranges[i] : NULL;
}

static const struct rgw_table *rgw_get_table(struct rgw_walk *w, uint32_t i)
{
	return i < RGW_MAX_TABLES ? &walker_of(w)->arrays->tables[i] : NULL;
}

static int rgw_get_word(struct rgw_walk *w, uint32_t i, __u64 *to)
{
	const uint64_t *word = rg_tables_word(walker_of(w)->tables, i);

	if (!word)
		return -1;
	*to = *word;
	return 0;
}

static const struct rgw_unwind_rule *rgw_get_rule(struct rgw_walk *w, uint32_t i)
{
	return i < RGW_MAX_RULES ? &walker_of(w)->arrays->rules[i] : NULL;
}

static int rgw_read(struct rgw_walk *w, void *to, uint32_t size, uint64_t address)
{
	const struct rg_walker *walker = walker_of(w);

	return walker->read(walker->ctx, to, size, address);
}

void WALK(const struct rg_walker *walker, struct rgw_space space,
	  const struct rg_walk_registers *registers, struct rgw_frames *frames)
{
	struct walking walking = {.walker = walker};
	struct rgw_walk *w = &walking.walk;
	uint32_t end = RGW_END_WALKING;

	w->pc = registers->pc;
	w->sp = registers->sp;
	w->fp = registers->fp;
	w->kept = registers->kept;
	memcpy(w->general, registers->general, sizeof(w->general));
	w->top = registers->top;
	w->first = w->range = space.first;
	w->count = space.count;
	w->exact = !registers->returned;
	w->innermost = 1;
	frames->depth = 0;
	while (end == RGW_END_WALKING)
		end = rgw_walk_step(w, frames);
	frames->end = (uint8_t)end;
}
