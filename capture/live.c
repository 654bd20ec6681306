/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live.h"
#include "file_tables.h"
#include "files.h"
#include "mapped.h"
#include "reading.h"
#include "timeline.h"
#include "unwind/arrays.h"
#include "unwind/spaces.h"
#include "unwind/tables.h"
#include "unwind/walker.h"

#include "rg/err.h"
#include "rg/grow.h"
#include "rg/hash.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * Ranges of one process. The kernel does not tell of code that is unmapped: one that maps and unmaps all the time leaves
 * more and more of them behind, and each costs the next some time.
 */
enum { MAX_RANGES = 16384 };

/* A process, and what of its code is mapped where. */
struct process {
	uint32_t pid;
	rgw_image_id image; /* 0: it has ended, or is not the target's yet */
	bool in_exec;       /* its old program is gone, the new one has no image yet */
	bool changed;       /* since it was published */
	struct rg_mapped mapped;
	struct rg_space_list *list; /* as published */
};

struct rg_live {
	const struct rg_timeline *timeline;
	const struct rg_unwind_arrays *arrays;
	struct rg_tables *tables;
	struct rg_file_tables by_file;
	struct rg_spaces *spaces;
	void (*on_end)(void *ctx, rgw_image_id image);
	void *on_end_ctx;
	uint64_t refused; /* mappings beyond MAX_RANGES */
	struct process *processes;
	size_t count, cap;
	struct rg_index by_pid, by_image;
	uint32_t *changed; /* processes to be published, some more than once */
	size_t changed_count, changed_cap;
	/* Records not taken in yet, and how many of the timeline's were copied here. */
	struct rg_timeline_record *waiting;
	size_t waiting_count, waiting_cap, copied;
};

struct rg_live *rg_live_new(const struct rg_timeline *timeline, const struct rg_files *files,
			    const struct rg_unwind_arrays *arrays)
{
	struct rg_live *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->timeline = timeline;
	l->arrays = arrays;
	l->tables = rg_tables_new(arrays);
	l->by_file = (struct rg_file_tables){.files = files, .tables = l->tables};
	l->spaces = rg_spaces_new(arrays);
	if (l->tables && l->spaces)
		return l;
	rg_live_free(l);
	return NULL;
}

void rg_live_free(struct rg_live *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->count; i++) {
		rg_space_list_drop(l->spaces, l->processes[i].list);
		rg_mapped_done(&l->processes[i].mapped);
	}
	free(l->processes);
	free(l->changed);
	rg_index_done(&l->by_pid);
	rg_index_done(&l->by_image);
	rg_spaces_free(l->spaces);
	rg_tables_free(l->tables);
	rg_file_tables_done(&l->by_file);
	free(l->waiting);
	free(l);
}

void rg_live_on_end(struct rg_live *l, void (*fn)(void *ctx, rgw_image_id image), void *ctx)
{
	l->on_end = fn;
	l->on_end_ctx = ctx;
}

struct rg_live_stats rg_live_stats(const struct rg_live *l)
{
	struct rg_tables_stats tables = rg_tables_stats(l->tables);

	return (struct rg_live_stats){
		.rows = tables.rows,
		.table_bytes = tables.bytes,
		.rules = tables.rules,
		.tables = tables.tables,
		.build_ns = l->by_file.build_ns,
		.refused = tables.refused + rg_spaces_refused(l->spaces) + l->refused,
	};
}

/* --- Address spaces ------------------------------------------------------------------------- */

static int map_file(struct rg_live *l, struct rg_mapped *to, const struct rg_timeline_range *m)
{
	struct rgw_range range = {.start = m->start, .end = m->end};

	if (range.end <= range.start)
		return 0;
	if (to->count >= MAX_RANGES) {
		l->refused++;
		return 0;
	}
	if (m->file != RG_FILE_NONE) {
		if (rg_file_tables_find(&l->by_file, m->file, &range.table))
			return RG_ENOMEM;
		range.delta = rg_file_tables_delta(&l->by_file, m, range.table);
	}
	return rg_mapped_add(to, &range);
}

static int mark_changed(struct rg_live *l, struct process *p)
{
	if (p->changed)
		return 0;
	if (RG_GROW(l->changed, l->changed_cap, l->changed_count))
		return RG_ENOMEM;
	p->changed = true;
	l->changed[l->changed_count++] = (uint32_t)(p - l->processes);
	return 0;
}

static int take_mapping(struct rg_live *l, struct process *p, const struct rg_timeline_record *r)
{
	struct rg_timeline_range mapping = {.start = r->start,
					    .end = r->start + r->length,
					    .offset = r->offset,
					    .file = r->file};

	return map_file(l, &p->mapped, &mapping) || mark_changed(l, p) ? RG_ENOMEM : 0;
}

/* --- Processes ------------------------------------------------------------------------------ */

static int pid_equal(const void *ctx, uint32_t id, const void *pid)
{
	const struct rg_live *l = ctx;

	return l->processes[id].pid == *(const uint32_t *)pid;
}

static int image_equal(const void *ctx, uint32_t id, const void *image)
{
	const struct rg_live *l = ctx;

	return l->processes[id].image == *(const rgw_image_id *)image;
}

/* The entry of a pid; one is made when there is none. NULL: out of memory. */
static struct process *find_process(struct rg_live *l, uint32_t pid)
{
	uint64_t hash = rg_hash_bytes(&pid, sizeof(pid), 0);
	uint32_t id = rg_index_find(&l->by_pid, hash, pid_equal, l, &pid);

	if (id != RG_INDEX_NONE)
		return &l->processes[id];
	if (RG_GROW(l->processes, l->cap, l->count))
		return NULL;
	if (rg_index_add(&l->by_pid, hash, (uint32_t)l->count))
		return NULL;
	l->processes[l->count] = (struct process){.pid = pid};
	return &l->processes[l->count++];
}

/* Who runs an image; NULL: nobody that is known. */
static const struct process *find_image(const struct rg_live *l, rgw_image_id image)
{
	uint64_t hash = rg_hash_bytes(&image, sizeof(image), 0);
	uint32_t id = rg_index_find(&l->by_image, hash, image_equal, l, &image);

	return id == RG_INDEX_NONE ? NULL : &l->processes[id];
}

static void drop_list(struct rg_live *l, struct process *p)
{
	rg_space_list_drop(l->spaces, p->list);
	p->list = NULL;
}

/* What it has mapped is its image's for the last time. */
static void leave_image(const struct rg_live *l, const struct process *p)
{
	if (p->image && !p->in_exec && l->on_end)
		l->on_end(l->on_end_ctx, p->image);
}

static int run_image(struct rg_live *l, struct process *p, rgw_image_id image)
{
	if (p->image)
		rg_spaces_publish(l->spaces, p->image, NULL);
	drop_list(l, p);
	p->image = image;
	p->in_exec = false;
	if (mark_changed(l, p))
		return RG_ENOMEM;
	return rg_index_add(&l->by_image, rg_hash_bytes(&image, sizeof(image), 0),
			    (uint32_t)(p - l->processes));
}

static int take_fork(struct rg_live *l, struct process *child, const struct rg_timeline_record *r)
{
	const struct process *parent = find_image(l, r->parent);

	leave_image(l, child);
	child->mapped.count = 0;
	if (run_image(l, child, r->image))
		return RG_ENOMEM;
	if (!parent)
		return 0;
	if (rg_mapped_copy(&child->mapped, &parent->mapped))
		return RG_ENOMEM;
	if (parent->changed || parent->in_exec)
		return 0;
	/* The kernel side gave it the list its parent had then: this is that, or a newer one. */
	child->list = rg_space_list_hold(parent->list);
	rg_spaces_publish(l->spaces, child->image, child->list);
	child->changed = false;
	return 0;
}

static void end_process(struct rg_live *l, struct process *p)
{
	leave_image(l, p);
	if (p->image)
		rg_spaces_publish(l->spaces, p->image, NULL);
	drop_list(l, p);
	rg_mapped_done(&p->mapped);
	*p = (struct process){.pid = p->pid};
}

static int take_record(struct rg_live *l, const struct rg_timeline_record *r)
{
	struct process *p = find_process(l, r->pid);

	if (!p)
		return RG_ENOMEM;
	switch (r->kind) {
	case RG_TIMELINE_BEGIN:
		/* What it mapped while it was no part of the target is read again. */
		leave_image(l, p);
		p->mapped.count = 0;
		return run_image(l, p, r->image);
	case RG_TIMELINE_EXEC:
		leave_image(l, p);
		return run_image(l, p, r->image);
	case RG_TIMELINE_FORK:
		return take_fork(l, p, r);
	case RG_TIMELINE_EXEC_START:
		leave_image(l, p);
		p->mapped.count = 0;
		p->in_exec = true;
		return 0;
	case RG_TIMELINE_EXIT:
		end_process(l, p);
		return 0;
	case RG_TIMELINE_MAPPING:
		return take_mapping(l, p, r);
	}
	return 0;
}

/* --- Turns ---------------------------------------------------------------------------------- */

static int copy_new(struct rg_live *l)
{
	size_t count, more;
	const struct rg_timeline_record *records = rg_timeline_records(l->timeline, &count);

	more = count - l->copied;
	if (!more)
		return 0;
	if (RG_GROW_TO(l->waiting, l->waiting_cap, l->waiting_count + more))
		return RG_ENOMEM;
	memcpy(&l->waiting[l->waiting_count], &records[l->copied], more * sizeof(*records));
	l->waiting_count += more;
	l->copied = count;
	qsort(l->waiting, l->waiting_count, sizeof(*l->waiting), rg_timeline_by_time);
	return 0;
}

static int publish_changed(struct rg_live *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->changed_count; i++) {
		struct process *p = &l->processes[l->changed[i]];
		struct rg_space_list *list;

		if (!p->changed || !p->image)
			continue;
		if (p->in_exec) {
			l->changed[kept++] = l->changed[i];
			continue;
		}
		if (rg_spaces_list(l->spaces, p->mapped.range, p->mapped.count, &list))
			return RG_ENOMEM;
		rg_spaces_publish(l->spaces, p->image, list);
		drop_list(l, p);
		p->list = list;
		p->changed = false;
	}
	l->changed_count = kept;
	return 0;
}

static int take_turn(struct rg_live *l, uint64_t until_ns)
{
	size_t taken = 0;

	if (copy_new(l))
		return RG_ENOMEM;
	while (taken < l->waiting_count && l->waiting[taken].time_ns <= until_ns) {
		if (take_record(l, &l->waiting[taken]))
			return RG_ENOMEM;
		taken++;
	}
	if (!taken)
		return 0;
	l->waiting_count -= taken;
	memmove(l->waiting, &l->waiting[taken], l->waiting_count * sizeof(*l->waiting));
	return publish_changed(l);
}

int rg_live_turn(struct rg_live *l, uint64_t until_ns, struct rg_err *err)
{
	rg_spaces_turn(l->spaces);
	return take_turn(l, until_ns) ? rg_err_nomem(err, "unwind tables") : 0;
}

/* --- Walks ---------------------------------------------------------------------------------- */

void rg_live_walk(const struct rg_live *l, uint32_t pid, const struct rg_walk_registers *registers,
		  int (*read)(void *ctx, void *to, size_t size, uint64_t address), void *ctx,
		  struct rgw_frames *frames)
{
	struct rg_walker walker = {
		.arrays = l->arrays, .tables = l->tables, .read = read, .ctx = ctx};
	uint32_t id =
		rg_index_find(&l->by_pid, rg_hash_bytes(&pid, sizeof(pid), 0), pid_equal, l, &pid);
	struct rgw_space space = {0};

	if (id != RG_INDEX_NONE && l->processes[id].list)
		space = rg_space_list_space(l->processes[id].list);
	rg_walk(&walker, space, registers, frames);
}

bool rg_live_walk_image(const struct rg_live *l, rgw_image_id image,
			const struct rg_walk_registers *registers,
			int (*read)(void *ctx, void *to, size_t size, uint64_t address), void *ctx,
			struct rgw_frames *frames)
{
	const struct process *p = find_image(l, image);
	struct rg_unwind_arrays arrays = *l->arrays;
	struct rg_reading reading = {.by_file = &l->by_file, .read = read, .ctx = ctx};
	struct rg_walker walker = {
		.arrays = &arrays, .tables = l->tables, .read = rg_reading_read, .ctx = &reading};

	if (!p || p->in_exec)
		return false;
	reading.mapped = &p->mapped;
	/* As they are, published or not. */
	arrays.ranges = p->mapped.range;
	rg_walk(&walker, (struct rgw_space){.count = (uint32_t)p->mapped.count}, registers, frames);
	return true;
}
