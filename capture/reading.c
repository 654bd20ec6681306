/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reading.h"
#include "elf/image.h"
#include "elf/object.h"
#include "file_tables.h"
#include "files.h"
#include "mapped.h"
#include "unwind/tables.h"

#include <stdbool.h>

/* The image a table was made of; NULL: of none. */
static const struct rg_image *find_image(const struct rg_file_tables *by_file, uint32_t table)
{
	for (size_t file = 0; table != RGW_TABLE_NONE && file < by_file->count; file++)
		if (by_file->table[file] == table)
			return rg_object_image(rg_files_object(by_file->files, (uint32_t)file));
	return NULL;
}

static bool read_code(const struct rg_reading *r, void *to, size_t size, uint64_t address)
{
	const struct rgw_range *range = rg_mapped_find(r->mapped, address);
	const struct rg_image *image = range ? find_image(r->by_file, range->table) : NULL;
	uint32_t offset;

	if (!image)
		return false;
	/* Modulo 2^32: code may lie before the first that the table knows. */
	offset = (uint32_t)(address - range->start) + range->delta;
	return rg_image_read(image,
			     rg_tables_base(r->by_file->tables, range->table) +
				     (uint64_t)(int64_t)(int32_t)offset,
			     to, size);
}

int rg_reading_read(void *reading, void *to, size_t size, uint64_t address)
{
	const struct rg_reading *r = reading;

	if (!r->read(r->ctx, to, size, address))
		return 0;
	return read_code(r, to, size, address) ? 0 : -1;
}
