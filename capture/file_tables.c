/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "file_tables.h"
#include "elf/image.h"
#include "elf/object.h"
#include "files.h"
#include "machine.h"
#include "timeline.h"
#include "unwind/rows.h"
#include "unwind/tables.h"

#include "rg/err.h"
#include "rg/grow.h"

#include <stdlib.h>

#define NOT_BUILT UINT32_MAX

static int build(struct rg_file_tables *by_file, uint32_t file, uint32_t *table)
{
	const struct rg_image *image = rg_object_image(rg_files_object(by_file->files, file));
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
	rc = rg_tables_add(by_file->tables, &rows, table);
	rg_unwind_rows_done(&rows);
	by_file->build_ns += rg_clock_ns() - began;
	return rc;
}

int rg_file_tables_find(struct rg_file_tables *by_file, uint32_t file, uint32_t *table)
{
	size_t before = by_file->count;

	if (RG_GROW_TO(by_file->table, by_file->count, (size_t)file + 1))
		return RG_ENOMEM;
	for (size_t i = before; i < by_file->count; i++)
		by_file->table[i] = NOT_BUILT;
	if (by_file->table[file] == NOT_BUILT && build(by_file, file, &by_file->table[file]))
		return RG_ENOMEM;
	*table = by_file->table[file] == NOT_BUILT ? RGW_TABLE_NONE : by_file->table[file];
	return 0;
}

uint32_t rg_file_tables_delta(const struct rg_file_tables *by_file,
			      const struct rg_timeline_range *m, uint32_t table)
{
	const struct rg_image *image = rg_object_image(rg_files_object(by_file->files, m->file));

	for (size_t i = 0; image && i < image->code_count; i++) {
		const struct rg_segment *code = &image->code[i];

		/* A mapping begins on a page, the segment in it where it may. */
		if (code->offset < m->offset + (m->end - m->start) &&
		    m->offset < code->offset + code->size)
			return (uint32_t)(code->address - code->offset + m->offset -
					  rg_tables_base(by_file->tables, table));
	}
	return 0;
}

void rg_file_tables_done(struct rg_file_tables *by_file)
{
	free(by_file->table);
}
