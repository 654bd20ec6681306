/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lives.h"
#include "exit_status.h"

#include "rg/err.h"
#include "rg/grow.h"
#include "rg/hash.h"

#include <stdbool.h>
#include <stdlib.h>

enum { NOBODY = -1 };

/* By process number: a number that is given out again is another's. */
struct life {
	uint32_t pid, parent; /* when it began */
	bool alive;
	/* Of the living: its family, and who came to that before and after it; numbers of lives, or NOBODY. */
	uint32_t family;
	int32_t before, after;
	int32_t top; /* while families are made: its oldest ancestor in the target, NOBODY before that is known */
};

/* One that nobody is of is free for the next. The first is its main process. */
struct family {
	uint64_t began_ns;
	int32_t first, last;
	bool failed;
};

struct rg_lives {
	struct life *lives;
	size_t count, cap;
	struct rg_index by_pid;
	struct family *families;
	size_t family_count, family_cap;
	uint32_t *free; /* numbers of families */
	size_t free_count, free_cap;
	bool settled;
	uint64_t failed;
	char failure[128];
};

struct rg_lives *rg_lives_new(void)
{
	return calloc(1, sizeof(struct rg_lives));
}

void rg_lives_free(struct rg_lives *l)
{
	if (!l)
		return;
	rg_index_done(&l->by_pid);
	free(l->lives);
	free(l->families);
	free(l->free);
	free(l);
}

/* --- Processes ------------------------------------------------------------------------------ */

static int pid_equal(const void *ctx, uint32_t id, const void *pid)
{
	const struct rg_lives *l = ctx;

	return l->lives[id].pid == *(const uint32_t *)pid;
}

/* The number of its life, or NOBODY. */
static int32_t find(const struct rg_lives *l, uint32_t pid)
{
	uint64_t hash = rg_hash_bytes(&pid, sizeof(pid), 0);
	uint32_t id = rg_index_find(&l->by_pid, hash, pid_equal, l, &pid);

	return id == RG_INDEX_NONE ? NOBODY : (int32_t)id;
}

static int32_t find_alive(const struct rg_lives *l, uint32_t pid)
{
	int32_t id = find(l, pid);

	return id != NOBODY && l->lives[id].alive ? id : NOBODY;
}

/* NOBODY: out of memory. */
static int32_t find_or_add(struct rg_lives *l, uint32_t pid)
{
	int32_t id = find(l, pid);

	if (id != NOBODY)
		return id;
	if (l->count == INT32_MAX || RG_GROW(l->lives, l->cap, l->count))
		return NOBODY;
	if (rg_index_add(&l->by_pid, rg_hash_bytes(&pid, sizeof(pid), 0), (uint32_t)l->count))
		return NOBODY;
	l->lives[l->count] = (struct life){.pid = pid};
	return (int32_t)l->count++;
}

/* --- Families ------------------------------------------------------------------------------- */

static int new_family(struct rg_lives *l, uint64_t time_ns, uint32_t *family)
{
	if (l->free_count) {
		*family = l->free[--l->free_count];
	} else {
		/* All may become free. */
		if (RG_GROW(l->families, l->family_cap, l->family_count))
			return RG_ENOMEM;
		if (RG_GROW(l->free, l->free_cap, l->family_count))
			return RG_ENOMEM;
		*family = (uint32_t)l->family_count++;
	}
	l->families[*family] =
		(struct family){.began_ns = time_ns, .first = NOBODY, .last = NOBODY};
	return 0;
}

static void enter_family(struct rg_lives *l, int32_t id, uint32_t number)
{
	struct family *family = &l->families[number];
	struct life *life = &l->lives[id];

	life->alive = true;
	life->family = number;
	life->before = family->last;
	life->after = NOBODY;
	if (family->last == NOBODY)
		family->first = id;
	else
		l->lives[family->last].after = id;
	family->last = id;
}

static void leave_family(struct rg_lives *l, int32_t id)
{
	struct life *life = &l->lives[id];
	struct family *family = &l->families[life->family];

	life->alive = false;
	if (life->before == NOBODY)
		family->first = life->after;
	else
		l->lives[life->before].after = life->after;
	if (life->after == NOBODY)
		family->last = life->before;
	else
		l->lives[life->after].before = life->before;
	if (family->first == NOBODY)
		l->free[l->free_count++] = life->family;
}

/* --- Beginnings ----------------------------------------------------------------------------- */

static int begin(struct rg_lives *l, uint32_t pid, uint32_t parent, uint64_t time_ns)
{
	int32_t member = find_alive(l, parent);
	uint32_t family = member == NOBODY ? 0 : l->lives[member].family;
	int32_t id = find_or_add(l, pid);

	if (id == NOBODY || (member == NOBODY && new_family(l, time_ns, &family)))
		return RG_ENOMEM;
	/* The end of the one before was lost. */
	if (l->lives[id].alive)
		leave_family(l, id);
	l->lives[id].parent = parent;
	enter_family(l, id, family);
	return 0;
}

int rg_lives_begin(struct rg_lives *l, pid_t pid, pid_t parent, uint64_t time_ns)
{
	return begin(l, (uint32_t)pid, (uint32_t)parent, time_ns);
}

static int32_t parent_of(const struct rg_lives *l, int32_t id)
{
	return find_alive(l, l->lives[id].parent);
}

/*
 * The oldest of its ancestors in the target, for it and all on the way there: a chain as long as there may be processes is walked
 * once. A chain that comes back to itself is none, for numbers were given out anew: its members stay where they are.
 */
static int32_t find_top(struct rg_lives *l, int32_t id)
{
	int32_t at = id, top = id;

	while (at != NOBODY && l->lives[at].top == NOBODY) {
		l->lives[at].top = top = at;
		at = parent_of(l, at);
	}
	if (at != NOBODY)
		top = l->lives[at].top;
	for (at = id; at != top && l->lives[at].top == at; at = parent_of(l, at))
		l->lives[at].top = top;
	return l->lives[id].top;
}

void rg_lives_settle(struct rg_lives *l)
{
	for (size_t id = 0; id < l->count; id++)
		l->lives[id].top = NOBODY;
	for (int32_t id = 0; (size_t)id < l->count; id++) {
		int32_t top = l->lives[id].alive ? find_top(l, id) : id;
		uint32_t family = l->lives[top].family;

		if (family == l->lives[id].family)
			continue;
		leave_family(l, id);
		enter_family(l, id, family);
	}
	l->settled = true;
}

/* --- Ends ----------------------------------------------------------------------------------- */

static void end(struct rg_lives *l, const struct rgw_event *event)
{
	int32_t id = find_alive(l, event->pid);
	int status = (int)event->status;
	struct family *family;
	bool fails;

	/* Its beginning was lost: what it was is not known. */
	if (id == NOBODY)
		return;
	family = &l->families[l->lives[id].family];
	fails = l->settled && family->first == id && !family->failed && rg_exit_is_failure(status);
	family->failed |= fails;
	if ((fails || rg_exit_is_crash(status)) && !l->failed++)
		rg_exit_describe(status, event->comm, l->failure, sizeof(l->failure));
	leave_family(l, id);
}

static void leave(struct rg_lives *l, uint32_t pid)
{
	int32_t id = find_alive(l, pid);

	if (id != NOBODY)
		leave_family(l, id);
}

int rg_lives_event(struct rg_lives *l, const struct rgw_event *event)
{
	switch (event->kind) {
	case RGW_EVENT_FORK:
	case RGW_EVENT_JOIN:
		return begin(l, event->pid, event->parent_pid, event->time_ns);
	case RGW_EVENT_EXIT:
		end(l, event);
		return 0;
	case RGW_EVENT_LEAVE:
		leave(l, event->pid);
		return 0;
	default:
		return 0;
	}
}

/* --- What came of it ------------------------------------------------------------------------ */

uint64_t rg_lives_failed(const struct rg_lives *l)
{
	return l->failed;
}

const char *rg_lives_failure(const struct rg_lives *l)
{
	return l->failure;
}

uint64_t rg_lives_since(const struct rg_lives *l, uint64_t time_ns)
{
	uint64_t count = 0;

	for (size_t i = 0; i < l->count; i++)
		count += l->lives[i].alive && l->families[l->lives[i].family].began_ns <= time_ns;
	return count;
}
