/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "inspect.h"
#include "elf/image.h"
#include "elf/object.h"
#include "files.h"
#include "jitmaps.h"
#include "procmaps.h"
#include "sideband.h"
#include "target.h"
#include "unwind/rows.h"

#include "rg/err.h"
#include "rg/grow.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES = 1024 }; /* of a file that are looked at */

/* --- One file ------------------------------------------------------------------------------- */

static uint32_t rule_at(const struct rg_unwind_rows *rows, uint64_t address)
{
	size_t low = 0, high = rows->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rows->rows[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? rows->rows[low - 1].rule : RG_RULE_NONE;
}

/* The offset in the file of an address in code. */
static bool offset_of(const struct rg_image *image, uint64_t address, uint64_t *offset)
{
	const struct rg_segment *segment = rg_image_segment(image, address);

	if (segment)
		*offset = address - segment->address + segment->offset;
	return segment != NULL;
}

static uint64_t code_bytes(const struct rg_image *image)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < image->section_count; i++)
		sum += image->sections[i].end - image->sections[i].start;
	return sum;
}

struct tally {
	uint64_t places, unwound, named;
};

static int look(struct rg_object *object, const struct rg_unwind_rows *rows, uint64_t address,
		struct tally *tally, struct rg_err *err)
{
	struct rg_symbol symbol;
	uint64_t offset;
	int rc;

	if (!offset_of(rg_object_image(object), address, &offset))
		return 0;
	rc = rg_object_symbolize(object, offset, &symbol, err);
	if (rc)
		return rc;
	tally->places++;
	tally->named += !symbol.unnamed;
	tally->unwound += rule_at(rows, address) > RG_RULE_UNSUPPORTED;
	return 0;
}

static int look_around(struct rg_object *object, const struct rg_unwind_rows *rows, uint64_t stride,
		       struct tally *tally, struct rg_err *err)
{
	const struct rg_image *image = rg_object_image(object);
	uint64_t skip = stride / 2;

	for (size_t i = 0; i < image->section_count; i++) {
		const struct rg_code_section *section = &image->sections[i];
		uint64_t at = section->start + skip;

		for (; at < section->end; at += stride) {
			int rc = look(object, rows, at, tally, err);

			if (rc)
				return rc;
		}
		skip = at - section->end;
	}
	return 0;
}

/* The two parts of one file's code; found by looking at places spread evenly over it. */
static int inspect_object(struct rg_object *object, struct rg_inspected *out, struct rg_err *err)
{
	const struct rg_image *image = rg_object_image(object);
	struct rg_unwind_rows rows;
	struct tally tally = {0};
	int rc;

	*out = (struct rg_inspected){.name = rg_object_name(object)};
	if (!image)
		return 0;
	out->bytes = code_bytes(image);
	if (rg_unwind_rows_load(&rows, image))
		return rg_err_nomem(err, "unwind tables");
	rc = look_around(object, &rows, out->bytes / PLACES + 1, &tally, err);
	rg_unwind_rows_done(&rows);
	if (rc || !tally.places)
		return rc;
	out->unwound = (double)tally.unwound / (double)tally.places;
	out->named = (double)tally.named / (double)tally.places;
	return 0;
}

/* --- Processes ------------------------------------------------------------------------------ */

struct looking {
	struct rg_inspection *out;
	struct rg_jitmaps *jit;
	bool *seen; /* by file */
	size_t seen_cap, cap;
	uint64_t own_start; /* of the present process: its first code without a file; 0: none */
	struct rg_err *err;
};

static int take_file(struct looking *l, uint32_t file)
{
	size_t before = l->seen_cap;
	int rc;

	if (RG_GROW_TO(l->seen, l->seen_cap, (size_t)file + 1))
		return RG_ENOMEM;
	memset(l->seen + before, 0, (l->seen_cap - before) * sizeof(*l->seen));
	if (l->seen[file])
		return 0;
	l->seen[file] = true;
	if (RG_GROW(l->out->found, l->cap, l->out->count))
		return RG_ENOMEM;
	rc = inspect_object(rg_files_object(l->out->files, file), &l->out->found[l->out->count],
			    l->err);
	l->out->count += rc == 0;
	return rc;
}

static int take_mapping(void *ctx, const struct rg_mapping_record *record)
{
	struct looking *l = ctx;
	uint32_t file;
	int rc;

	/* The kernel's own page of system calls that have no use any more. */
	if (!strcmp(record->path, "[vsyscall]"))
		return 0;
	rc = rg_files_open(l->out->files, record, &file, l->err);
	if (rc)
		return rc;
	if (file != RG_FILE_NONE)
		return take_file(l, file);
	l->out->own_bytes += record->length;
	if (!l->own_start)
		l->own_start = record->start;
	return 0;
}

static int take_process(struct looking *l, pid_t pid)
{
	char path[64];
	size_t named = 0;
	int rc;

	l->own_start = 0;
	rc = rg_procmaps_read(pid, 0, take_mapping, l);
	if (rc || !l->own_start)
		return rc;
	l->out->own_processes++;
	if (!*l->out->own_program && rg_pid_program(pid, path, sizeof(path)) == 0)
		memcpy(l->out->own_program, path, sizeof(path));
	rc = rg_jitmaps_note(l->jit, pid);
	if (!rc)
		rc = rg_jitmaps_count(l->jit, pid, &named, l->err);
	l->out->mapped_processes += !rc && named;
	return rc;
}

static int largest_first(const void *a, const void *b)
{
	const struct rg_inspected *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return strcmp(x->name, y->name);
}

int rg_inspect(struct rg_inspection *out, const struct rg_pids *pids, struct rg_err *err)
{
	struct looking looking = {.out = out, .jit = rg_jitmaps_new(), .err = err};
	int rc = 0;

	*out = (struct rg_inspection){.files = rg_files_new()};
	if (!out->files || !looking.jit)
		rc = RG_ENOMEM;
	for (size_t i = 0; !rc && i < pids->count; i++)
		rc = take_process(&looking, pids->pid[i]);
	rg_jitmaps_free(looking.jit);
	free(looking.seen);
	if (rc)
		return rg_err_nomem(err, "target");
	if (out->count)
		qsort(out->found, out->count, sizeof(*out->found), largest_first);
	return 0;
}

void rg_inspection_done(struct rg_inspection *i)
{
	free(i->found);
	rg_files_free(i->files);
	*i = (struct rg_inspection){0};
}
