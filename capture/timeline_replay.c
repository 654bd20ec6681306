/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "files.h"
#include "grow.h"
#include "timeline_inside.h"

#include "rg/err.h"
#include "rg/hash.h"

#include <stdlib.h>

enum { MAX_ANCESTORS = 256 }; /* forks of forks whose mappings are followed up */

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
	void *all = table->all;

	if (id != RG_INDEX_NONE)
		return &table->all[id];
	if (rg_grow(&all, table->count + 1, &table->cap, sizeof(*table->all)))
		return NULL;
	table->all = all;
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
	void *own = space->own;

	if (rg_grow(&own, space->count + 1, &space->cap, sizeof(*space->own)))
		return RG_ENOMEM;
	space->own = own;
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
	return rc ? rg_err_nomem(err, "address spaces") : 0;
}

/* --- Looking up ------------------------------------------------------------------------------- */

bool rg_timeline_find(const struct rg_timeline *t, rgw_image_id image, uint64_t address,
		      struct rg_place *place)
{
	size_t visible = SIZE_MAX;

	/* A parent's number is lower than its child's, so this ends. */
	while (image && image < t->space_count) {
		const struct rg_timeline_space *space = &t->spaces[image];

		for (size_t i = space->count < visible ? space->count : visible; i-- > 0;) {
			const struct rg_timeline_range *m = &space->own[i];

			if (address < m->start || address >= m->end)
				continue;
			place->file = m->file;
			place->pid = m->pid;
			place->offset = address - m->start + m->offset;
			return true;
		}
		if (space->parent >= image)
			return false;
		visible = space->inherited;
		image = space->parent;
	}
	return false;
}

int rg_timeline_mappings(const struct rg_timeline *t, rgw_image_id image,
			 int (*fn)(void *ctx, const struct rg_timeline_range *mapping), void *ctx)
{
	rgw_image_id line[MAX_ANCESTORS] = {0};
	size_t visible[MAX_ANCESTORS] = {0}, depth = 0, limit = SIZE_MAX;

	/* From the image up to the first of its line … */
	while (image && image < t->space_count && depth < MAX_ANCESTORS) {
		const struct rg_timeline_space *space = &t->spaces[image];

		line[depth] = image;
		visible[depth++] = space->count < limit ? space->count : limit;
		limit = space->inherited;
		image = space->parent < image ? space->parent : 0;
	}
	/* … and down again. */
	while (depth-- > 0) {
		for (size_t i = 0; i < visible[depth]; i++) {
			int rc = fn(ctx, &t->spaces[line[depth]].own[i]);

			if (rc)
				return rc;
		}
	}
	return 0;
}

uint32_t rg_timeline_program(const struct rg_timeline *t)
{
	for (size_t i = 0; i < t->space_count; i++)
		for (size_t k = 0; k < t->spaces[i].count; k++)
			if (t->spaces[i].own[k].file != RG_FILE_NONE)
				return t->spaces[i].own[k].file;
	return RG_FILE_NONE;
}
