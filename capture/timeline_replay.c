/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "timeline_inside.h"

#include "rg/err.h"
#include "rg/grow.h"
#include "rg/hash.h"

#include <stdlib.h>

enum { MANY_RANGES = 64 }; /* fewer are looked through as fast */

/* --- Processes -------------------------------------------------------------------------------- */

/* During the replay: which image a process runs, and what its next one has mapped already. */
struct running {
	uint32_t pid;
	rgw_image_id image;
	bool in_exec;
	struct rg_timeline_space next;
};

/* The processes of a replay, found by pid. */
struct table {
	struct running *all;
	size_t count, cap;
	struct rg_index index;
};

static int pid_equal(const void *ctx, uint32_t id, const void *pid)
{
	const struct table *table = ctx;

	return table->all[id].pid == *(const uint32_t *)pid;
}

/* The process's entry; one is made when it has none. NULL: out of memory. */
static struct running *find_running(struct table *table, uint32_t pid)
{
	uint64_t hash = rg_hash_bytes(&pid, sizeof(pid), 0);
	uint32_t id = rg_index_find(&table->index, hash, pid_equal, table, &pid);

	if (id != RG_INDEX_NONE)
		return &table->all[id];
	if (RG_GROW(table->all, table->cap, table->count))
		return NULL;
	if (rg_index_add(&table->index, hash, (uint32_t)table->count))
		return NULL;
	table->all[table->count] = (struct running){.pid = pid};
	return &table->all[table->count++];
}

static void table_done(struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->all[i].next.own);
	free(table->all);
	rg_index_done(&table->index);
}

/* The process has this image from now on; what an earlier one with its pid left undone is dropped. */
static void run_image(struct running *run, rgw_image_id image)
{
	free(run->next.own);
	*run = (struct running){.pid = run->pid, .image = image};
}

/* --- Records ---------------------------------------------------------------------------------- */

static int add_mapping(struct rg_timeline_space *space, const struct rg_timeline_record *record)
{
	if (RG_GROW(space->own, space->cap, space->count))
		return RG_ENOMEM;
	space->own[space->count++] = (struct rg_timeline_range){
		.start = record->start,
		.end = record->start + record->length,
		.offset = record->offset,
		.file = record->file,
		.pid = record->pid,
	};
	return 0;
}

static void inherit(const struct rg_timeline *t, struct rg_timeline_space *space,
		    rgw_image_id parent)
{
	space->parent = parent;
	space->inherited = t->spaces[parent].count;
}

static void replay_exec(struct rg_timeline *t, struct running *run,
			const struct rg_timeline_record *record)
{
	struct rg_timeline_space *space = &t->spaces[record->image];

	/*
	 * Without its start, which was lost or lies before our knowing the process, the new program's first
	 * mappings went to the image it replaced.
	 */
	if (!run->in_exec) {
		inherit(t, space, record->parent);
	} else if (!space->own) {
		*space = run->next;
		run->next = (struct rg_timeline_space){0};
	}
	run_image(run, record->image);
}

/* make_spaces() saw every number that a record holds. */
static int replay_one(struct rg_timeline *t, struct running *run,
		      const struct rg_timeline_record *record)
{
	switch (record->kind) {
	case RG_TIMELINE_BEGIN:
		run_image(run, record->image);
		return 0;
	case RG_TIMELINE_FORK:
		run_image(run, record->image);
		inherit(t, &t->spaces[record->image], record->parent);
		return 0;
	case RG_TIMELINE_EXEC_START:
		run_image(run, run->image);
		run->in_exec = true;
		return 0;
	case RG_TIMELINE_EXEC:
		replay_exec(t, run, record);
		return 0;
	case RG_TIMELINE_EXIT:
		run_image(run, 0);
		return 0;
	case RG_TIMELINE_MAPPING:
		if (run->in_exec)
			return add_mapping(&run->next, record);
		return run->image ? add_mapping(&t->spaces[run->image], record) : 0;
	}
	return 0;
}

/* --- All of them ------------------------------------------------------------------------------ */

int rg_timeline_by_time(const void *a, const void *b)
{
	const struct rg_timeline_record *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static int make_spaces(struct rg_timeline *t)
{
	rgw_image_id last = 0;

	for (size_t i = 0; i < t->count; i++) {
		last = t->records[i].image > last ? t->records[i].image : last;
		last = t->records[i].parent > last ? t->records[i].parent : last;
	}
	t->spaces = calloc((size_t)last + 1, sizeof(*t->spaces));
	if (!t->spaces)
		return RG_ENOMEM;
	t->space_count = (size_t)last + 1;
	return 0;
}

/*
 * Who forks to go on in the child, again and again, leaves a line as long as the window: of parents that have nothing for their
 * children but what they had themselves, which is nearer then. A parent's number is lower than its child's: it is done before.
 */
static void shorten_lines(struct rg_timeline *t)
{
	for (rgw_image_id image = 1; image < t->space_count; image++) {
		struct rg_timeline_space *space = &t->spaces[image];

		if (space->inherited || space->parent >= image)
			continue;
		space->inherited = t->spaces[space->parent].inherited;
		space->parent = t->spaces[space->parent].parent;
	}
}

static int arrange(struct rg_timeline *t)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < t->space_count; i++) {
		struct rg_timeline_space *space = &t->spaces[i];

		if (space->count >= MANY_RANGES)
			rc = rg_latest_make(&space->latest, space->own, space->count);
	}
	return rc;
}

void rg_timeline_space_done(struct rg_timeline_space *space)
{
	rg_latest_done(&space->latest);
	free(space->own);
}

int rg_timeline_replay(struct rg_timeline *t, struct rg_err *err)
{
	struct table table = {0};
	int rc = make_spaces(t);

	if (t->count)
		qsort(t->records, t->count, sizeof(*t->records), rg_timeline_by_time);
	for (size_t i = 0; !rc && i < t->count; i++) {
		struct running *run = find_running(&table, t->records[i].pid);

		rc = run ? replay_one(t, run, &t->records[i]) : RG_ENOMEM;
	}
	table_done(&table);
	if (!rc) {
		shorten_lines(t);
		rc = arrange(t);
	}
	return rc ? rg_err_nomem(err, "address spaces") : 0;
}
