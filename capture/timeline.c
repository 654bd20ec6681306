/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "timeline.h"
#include "files.h"
#include "grow.h"
#include "sideband.h"
#include "target.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/hash.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAX_RECORDS = 1 << 20, /* 64 MB: 24 hours of a busy shell script */
	/* Each image begins with a record; the rest is room for numbers that were given out for nothing. */
	MAX_IMAGES = 4 * MAX_RECORDS,
	MAX_ANCESTORS = 256, /* forks of forks whose mappings are followed up */
};

struct pending {
	struct rg_mapping_record record; /* its path is in the arena */
};

/* An address space: a copy of its parent's first `inherited` mappings, and its own after them. */
struct space {
	rgw_image_id parent;
	size_t inherited; /* own mappings of the parent at the time of the fork */
	struct rg_timeline_range *own;
	size_t count, cap;
};

/* During the replay: which image a process runs, and what its next one has mapped already. */
struct running {
	uint32_t pid;
	rgw_image_id image;
	bool in_exec;
	struct space next;
};

struct rg_timeline {
	struct rg_files *files;
	struct rg_timeline_record *records;
	size_t count, cap;
	struct pending *pending;
	struct rg_arena *paths; /* of what is pending */
	size_t pending_count, pending_cap;
	struct rg_pids known;
	size_t alive;
	uint64_t lost;
	struct space *spaces; /* by image */
	size_t space_count;
};

struct rg_timeline *rg_timeline_new(struct rg_files *files)
{
	struct rg_timeline *t = calloc(1, sizeof(*t));

	if (t)
		t->files = files;
	return t;
}

static void drop_pending(struct rg_timeline *t)
{
	rg_arena_free(t->paths);
	t->paths = NULL;
	t->pending_count = 0;
}

void rg_timeline_free(struct rg_timeline *t)
{
	if (!t)
		return;
	drop_pending(t);
	for (size_t i = 0; i < t->space_count; i++)
		free(t->spaces[i].own);
	free(t->spaces);
	free(t->pending);
	free(t->records);
	rg_pids_done(&t->known);
	free(t);
}

size_t rg_timeline_processes(const struct rg_timeline *t)
{
	return t->known.count;
}

size_t rg_timeline_alive(const struct rg_timeline *t)
{
	return t->alive;
}

const struct rg_pids *rg_timeline_pids(const struct rg_timeline *t)
{
	return &t->known;
}

uint64_t rg_timeline_lost(const struct rg_timeline *t)
{
	return t->lost;
}

const struct rg_timeline_record *rg_timeline_records(const struct rg_timeline *t, size_t *count)
{
	*count = t->count;
	return t->records;
}

/* --- Gathering ------------------------------------------------------------------------------ */

static int add_record(struct rg_timeline *t, struct rg_timeline_record record)
{
	void *records = t->records;

	if (t->count == MAX_RECORDS || record.image >= MAX_IMAGES || record.parent >= MAX_IMAGES) {
		t->lost++;
		return 0;
	}
	if (rg_grow(&records, t->count + 1, &t->cap, sizeof(*t->records)))
		return RG_ENOMEM;
	t->records = records;
	record.order = (uint32_t)t->count;
	t->records[t->count++] = record;
	return 0;
}

int rg_timeline_begin(struct rg_timeline *t, pid_t pid, rgw_image_id image, uint64_t time_ns)
{
	if (rg_pids_add(&t->known, pid))
		return RG_ENOMEM;
	t->alive++;
	return add_record(t, (struct rg_timeline_record){.time_ns = time_ns,
							 .kind = RG_TIMELINE_BEGIN,
							 .pid = (uint32_t)pid,
							 .image = image});
}

int rg_timeline_event(struct rg_timeline *t, const struct rgw_event *event)
{
	struct rg_timeline_record record = {
		.time_ns = event->time_ns,
		.pid = event->pid,
		.image = event->image,
		.parent = event->parent,
	};

	switch (event->kind) {
	case RGW_EVENT_FORK:
	case RGW_EVENT_JOIN:
		if (rg_pids_add(&t->known, (pid_t)event->pid))
			return RG_ENOMEM;
		t->alive++;
		record.kind = event->kind == RGW_EVENT_FORK ? RG_TIMELINE_FORK : RG_TIMELINE_BEGIN;
		return add_record(t, record);
	case RGW_EVENT_EXEC:
		record.kind = RG_TIMELINE_EXEC;
		return add_record(t, record);
	case RGW_EVENT_EXIT:
	case RGW_EVENT_LEAVE:
		/* One whose beginning was lost was never counted. */
		if (t->alive && rg_pids_has(&t->known, (pid_t)event->pid))
			t->alive--;
		record.kind = RG_TIMELINE_EXIT;
		return add_record(t, record);
	default:
		return 0;
	}
}

int rg_timeline_mapping(struct rg_timeline *t, const struct rg_mapping_record *record)
{
	void *pending = t->pending;
	struct pending *slot;
	char *path = NULL;

	if (t->pending_count == MAX_RECORDS) {
		t->lost++;
		return 0;
	}
	if (rg_grow(&pending, t->pending_count + 1, &t->pending_cap, sizeof(*t->pending)))
		return RG_ENOMEM;
	t->pending = pending;
	if (!record->exec) {
		if (!t->paths && !(t->paths = rg_arena_new(0)))
			return RG_ENOMEM;
		path = rg_arena_strdup(t->paths, record->path);
		if (!path)
			return RG_ENOMEM;
	}
	slot = &t->pending[t->pending_count++];
	slot->record = *record;
	slot->record.path = path;
	return 0;
}

static int settle_one(struct rg_timeline *t, const struct rg_mapping_record *from,
		      struct rg_err *err)
{
	struct rg_timeline_record record = {
		.time_ns = from->time_ns,
		.kind = from->exec ? RG_TIMELINE_EXEC_START : RG_TIMELINE_MAPPING,
		.pid = from->pid,
		.start = from->start,
		.length = from->length,
		.offset = from->offset,
	};
	int rc;

	if (!rg_pids_has(&t->known, (pid_t)from->pid))
		return 0;
	if (!from->exec) {
		rc = rg_files_open(t->files, from, &record.file, err);
		if (rc)
			return rc;
	}
	return add_record(t, record) ? rg_err_nomem(err, "list of mappings") : 0;
}

size_t rg_timeline_pending(const struct rg_timeline *t)
{
	return t->pending_count;
}

void rg_timeline_drop_pending(struct rg_timeline *t, size_t count)
{
	if (count < t->pending_count)
		t->pending_count = count;
}

int rg_timeline_settle(struct rg_timeline *t, struct rg_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < t->pending_count; i++)
		rc = settle_one(t, &t->pending[i].record, err);
	drop_pending(t);
	return rc;
}

/* --- Replaying ------------------------------------------------------------------------------ */

static int by_time(const void *a, const void *b)
{
	const struct rg_timeline_record *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static int add_mapping(struct space *space, const struct rg_timeline_record *record)
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

static void inherit(const struct rg_timeline *t, struct space *space, rgw_image_id parent)
{
	space->parent = parent;
	space->inherited = t->spaces[parent].count;
}

static void replay_exec(struct rg_timeline *t, struct running *run,
			const struct rg_timeline_record *record)
{
	struct space *space = &t->spaces[record->image];

	/*
	 * Without its start, which was lost or lies before our knowing the process, the new program's first
	 * mappings went to the image it replaced.
	 */
	if (!run->in_exec) {
		inherit(t, space, record->parent);
	} else if (!space->own) {
		*space = run->next;
		run->next = (struct space){0};
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
		qsort(t->records, t->count, sizeof(*t->records), by_time);
	for (size_t i = 0; !rc && i < t->count; i++) {
		struct running *run = find_running(&table, t->records[i].pid);

		rc = run ? replay_one(t, run, &t->records[i]) : RG_ENOMEM;
	}
	table_done(&table);
	return rc ? rg_err_nomem(err, "address spaces") : 0;
}

/* --- Looking up ----------------------------------------------------------------------------- */

bool rg_timeline_find(const struct rg_timeline *t, rgw_image_id image, uint64_t address,
		      struct rg_place *place)
{
	size_t visible = SIZE_MAX;

	/* A parent's number is lower than its child's, so this ends. */
	while (image && image < t->space_count) {
		const struct space *space = &t->spaces[image];

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
		const struct space *space = &t->spaces[image];

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
