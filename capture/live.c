/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live.h"
#include "elf/image.h"
#include "elf/object.h"
#include "files.h"
#include "grow.h"
#include "machine.h"
#include "timeline.h"
#include "unwind/arrays.h"
#include "unwind/rows.h"
#include "unwind/spaces.h"
#include "unwind/tables.h"
#include "unwind/walker.h"

#include "rg/err.h"
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
	rgw_image_id image;       /* 0: it has ended, or is not the target's yet */
	bool in_exec;             /* its old program is gone, the new one has no image yet */
	bool changed;             /* since it was published */
	struct rgw_range *ranges; /* by address, without overlap */
	size_t count, cap;
	struct rg_space_list *list; /* as published */
};

struct rg_live {
	const struct rg_timeline *timeline;
	const struct rg_files *files;
	const struct rg_unwind_arrays *arrays;
	struct rg_tables *tables;
	struct rg_spaces *spaces;
	uint32_t *table; /* by file */
	size_t table_count;
	uint64_t build_ns;
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
	l->files = files;
	l->arrays = arrays;
	l->tables = rg_tables_new(arrays);
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
		free(l->processes[i].ranges);
	}
	free(l->processes);
	free(l->changed);
	rg_index_done(&l->by_pid);
	rg_index_done(&l->by_image);
	rg_spaces_free(l->spaces);
	rg_tables_free(l->tables);
	free(l->table);
	free(l->waiting);
	free(l);
}

struct rg_live_stats rg_live_stats(const struct rg_live *l)
{
	struct rg_tables_stats tables = rg_tables_stats(l->tables);

	return (struct rg_live_stats){
		.rows = tables.rows,
		.table_bytes = tables.bytes,
		.rules = tables.rules,
		.tables = tables.tables,
		.build_ns = l->build_ns,
		.refused = tables.refused + rg_spaces_refused(l->spaces) + l->refused,
	};
}

/* --- Tables --------------------------------------------------------------------------------- */

#define NOT_BUILT UINT32_MAX

static int build(struct rg_live *l, uint32_t file, uint32_t *table)
{
	const struct rg_image *image = rg_object_image(rg_files_object(l->files, file));
	struct rg_unwind_rows rows;
	uint64_t began = rg_clock_ns();
	int rc;

	*table = NOT_BUILT;
	if (!image)
		return 0; /* the file may still be had (rg_files_open()) */
	*table = RGW_TABLE_NONE;
	rc = rg_unwind_rows_load(&rows, image);
	if (rc)
		return rc;
	rc = rg_tables_add(l->tables, &rows, table);
	rg_unwind_rows_done(&rows);
	l->build_ns += rg_clock_ns() - began;
	return rc;
}

/* A file's table; made when it is first asked for. */
static int find_table(struct rg_live *l, uint32_t file, uint32_t *table)
{
	void *tables = l->table;
	size_t before = l->table_count;

	if (rg_grow(&tables, (size_t)file + 1, &l->table_count, sizeof(*l->table)))
		return RG_ENOMEM;
	l->table = tables;
	for (size_t i = before; i < l->table_count; i++)
		l->table[i] = NOT_BUILT;
	if (l->table[file] == NOT_BUILT && build(l, file, &l->table[file]))
		return RG_ENOMEM;
	*table = l->table[file] == NOT_BUILT ? RGW_TABLE_NONE : l->table[file];
	return 0;
}

/* What takes offsets in a mapping to offsets in the table's code. */
static uint32_t find_delta(const struct rg_live *l, const struct rg_timeline_range *m,
			   uint32_t table)
{
	const struct rg_image *image = rg_object_image(rg_files_object(l->files, m->file));

	for (size_t i = 0; image && i < image->code_count; i++) {
		const struct rg_segment *code = &image->code[i];

		/* A mapping begins on a page, the segment in it where it may. */
		if (code->offset < m->offset + (m->end - m->start) &&
		    m->offset < code->offset + code->size)
			return (uint32_t)(code->address - code->offset + m->offset -
					  rg_tables_base(l->tables, table));
	}
	return 0;
}

static int mark_changed(struct rg_live *l, struct process *p)
{
	void *changed = l->changed;

	if (p->changed)
		return 0;
	if (rg_grow(&changed, l->changed_count + 1, &l->changed_cap, sizeof(*l->changed)))
		return RG_ENOMEM;
	l->changed = changed;
	p->changed = true;
	l->changed[l->changed_count++] = (uint32_t)(p - l->processes);
	return 0;
}

/* --- Address spaces ------------------------------------------------------------------------- */

static int make_room(struct process *p, size_t more)
{
	void *ranges = p->ranges;

	if (rg_grow(&ranges, p->count + more, &p->cap, sizeof(*p->ranges)))
		return RG_ENOMEM;
	p->ranges = ranges;
	return 0;
}

static void move_start(struct rgw_range *range, uint64_t start)
{
	range->delta += (uint32_t)(start - range->start);
	range->start = start;
}

/* Takes [start, end) out of what is mapped. There is room for one range more, when it falls inside one. */
static void cut(struct process *p, uint64_t start, uint64_t end)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->count; i++) {
		struct rgw_range range = p->ranges[i];

		if (range.start < start && range.end > end) {
			memmove(&p->ranges[i + 2], &p->ranges[i + 1],
				(p->count - i - 1) * sizeof(range));
			p->ranges[i].end = start;
			p->ranges[i + 1] = range;
			move_start(&p->ranges[i + 1], end);
			p->count++;
			return;
		}
		if (range.start >= start && range.end <= end)
			continue;
		if (range.start < end && range.start >= start)
			move_start(&range, end);
		else if (range.end > start && range.end <= end)
			range.end = start;
		p->ranges[kept++] = range;
	}
	p->count = kept;
}

static int map(struct process *p, const struct rgw_range *range)
{
	size_t at = 0;

	if (make_room(p, 2))
		return RG_ENOMEM;
	cut(p, range->start, range->end);
	while (at < p->count && p->ranges[at].start < range->start)
		at++;
	memmove(&p->ranges[at + 1], &p->ranges[at], (p->count - at) * sizeof(*range));
	p->ranges[at] = *range;
	p->count++;
	return 0;
}

static int map_file(struct rg_live *l, struct process *p, const struct rg_timeline_range *m)
{
	struct rgw_range range = {.start = m->start, .end = m->end};

	if (range.end <= range.start)
		return 0;
	if (p->count >= MAX_RANGES) {
		l->refused++;
		return 0;
	}
	if (m->file != RG_FILE_NONE) {
		if (find_table(l, m->file, &range.table))
			return RG_ENOMEM;
		range.delta = find_delta(l, m, range.table);
	}
	return map(p, &range);
}

static int take_mapping(struct rg_live *l, struct process *p, const struct rg_timeline_record *r)
{
	struct rg_timeline_range mapping = {.start = r->start,
					    .end = r->start + r->length,
					    .offset = r->offset,
					    .file = r->file};

	return map_file(l, p, &mapping) || mark_changed(l, p) ? RG_ENOMEM : 0;
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
	void *processes = l->processes;

	if (id != RG_INDEX_NONE)
		return &l->processes[id];
	if (rg_grow(&processes, l->count + 1, &l->cap, sizeof(*l->processes)))
		return NULL;
	l->processes = processes;
	if (rg_index_add(&l->by_pid, hash, (uint32_t)l->count))
		return NULL;
	l->processes[l->count] = (struct process){.pid = pid};
	return &l->processes[l->count++];
}

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

	child->count = 0;
	if (run_image(l, child, r->image))
		return RG_ENOMEM;
	if (!parent)
		return 0;
	if (make_room(child, parent->count))
		return RG_ENOMEM;
	if (parent->count)
		memcpy(child->ranges, parent->ranges, parent->count * sizeof(*child->ranges));
	child->count = parent->count;
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
	if (p->image)
		rg_spaces_publish(l->spaces, p->image, NULL);
	drop_list(l, p);
	free(p->ranges);
	*p = (struct process){.pid = p->pid};
}

static int take_record(struct rg_live *l, const struct rg_timeline_record *r)
{
	struct process *p = find_process(l, r->pid);

	if (!p)
		return RG_ENOMEM;
	switch (r->kind) {
	case RG_TIMELINE_BEGIN:
		p->count = 0; /* what it mapped while it was no part of the target is read again */
		return run_image(l, p, r->image);
	case RG_TIMELINE_EXEC:
		return run_image(l, p, r->image);
	case RG_TIMELINE_FORK:
		return take_fork(l, p, r);
	case RG_TIMELINE_EXEC_START:
		p->count = 0;
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

static int by_time(const void *a, const void *b)
{
	const struct rg_timeline_record *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static int copy_new(struct rg_live *l)
{
	size_t count, more;
	const struct rg_timeline_record *records = rg_timeline_records(l->timeline, &count);
	void *waiting = l->waiting;

	more = count - l->copied;
	if (!more)
		return 0;
	if (rg_grow(&waiting, l->waiting_count + more, &l->waiting_cap, sizeof(*l->waiting)))
		return RG_ENOMEM;
	l->waiting = waiting;
	memcpy(&l->waiting[l->waiting_count], &records[l->copied], more * sizeof(*records));
	l->waiting_count += more;
	l->copied = count;
	qsort(l->waiting, l->waiting_count, sizeof(*l->waiting), by_time);
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
		if (rg_spaces_list(l->spaces, p->ranges, p->count, &list))
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

/* --- Images of the past --------------------------------------------------------------------- */

struct past {
	struct rg_live *live;
	struct process process;
};

static int take_past(void *ctx, const struct rg_timeline_range *mapping)
{
	struct past *past = ctx;

	return map_file(past->live, &past->process, mapping);
}

int rg_live_walk_image(struct rg_live *l, rgw_image_id image,
		       const struct rg_walk_registers *registers,
		       int (*read)(void *ctx, void *to, size_t size, uint64_t address), void *ctx,
		       struct rgw_frames *frames)
{
	struct past past = {.live = l};
	struct rg_unwind_arrays arrays = *l->arrays;
	struct rg_walker walker = {
		.arrays = &arrays, .tables = l->tables, .read = read, .ctx = ctx};
	struct rgw_space space = {0};
	int rc = rg_timeline_mappings(l->timeline, image, take_past, &past);

	if (!rc) {
		arrays.ranges = past.process.ranges;
		space.count = (uint32_t)past.process.count;
		rg_walk(&walker, space, registers, frames);
	}
	free(past.process.ranges);
	return rc;
}

int rg_live_turn(struct rg_live *l, uint64_t until_ns, struct rg_err *err)
{
	rg_spaces_turn(l->spaces);
	return take_turn(l, until_ns) ? rg_err_nomem(err, "unwind tables") : 0;
}
