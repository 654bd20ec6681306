/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "timeline.h"
#include "files.h"
#include "sideband.h"
#include "timeline_inside.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/grow.h"

#include <stdlib.h>

enum {
	MAX_RECORDS = 1 << 20, /* 64 MB: 24 hours of a busy shell script */
	/* Each image begins with a record; the rest is room for numbers that were given out for nothing. */
	MAX_IMAGES = 4 * MAX_RECORDS,
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
		rg_timeline_space_done(&t->spaces[i]);
	free(t->spaces);
	free(t->pending);
	free(t->records);
	rg_pids_done(&t->known);
	free(t);
}

/* --- Gathering -------------------------------------------------------------------------------- */

static int add_record(struct rg_timeline *t, struct rg_timeline_record record)
{
	if (t->count == MAX_RECORDS || record.image >= MAX_IMAGES || record.parent >= MAX_IMAGES) {
		t->lost++;
		return 0;
	}
	if (RG_GROW(t->records, t->cap, t->count))
		return RG_ENOMEM;
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
	struct rg_mapping_record *slot;
	char *path = NULL;

	if (t->pending_count == MAX_RECORDS) {
		t->lost++;
		return 0;
	}
	if (RG_GROW(t->pending, t->pending_cap, t->pending_count))
		return RG_ENOMEM;
	if (!record->exec) {
		if (!t->paths && !(t->paths = rg_arena_new(0)))
			return RG_ENOMEM;
		path = rg_arena_strdup(t->paths, record->path);
		if (!path)
			return RG_ENOMEM;
	}
	slot = &t->pending[t->pending_count++];
	*slot = *record;
	slot->path = path;
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

int rg_timeline_settle(struct rg_timeline *t, struct rg_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < t->pending_count; i++)
		rc = settle_one(t, &t->pending[i], err);
	drop_pending(t);
	return rc;
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

/* --- What was gathered ------------------------------------------------------------------------ */

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
