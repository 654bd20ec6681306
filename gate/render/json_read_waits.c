/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_parts.h"

#include "fields.h"
#include "json_reader.h"

#include "rg/verdict.h"

#include <stddef.h>

int rg_json_read_off_cpu(struct rg_json_reader *reader, json_t *root, struct rg_off_cpu *off_cpu)
{
	static const char *const parts[] = {"total", "rows", "idle", NULL};
	json_t *part = json_object_get(root, "off_cpu");
	void *rows = NULL, *idle = NULL;
	int rc;

	rg_reader_clear_texts(&rg_fields_row, &off_cpu->total);
	rc = rg_reader_part(reader, &rg_fields_off_cpu, "off_cpu", parts, root, off_cpu);
	if (rc || !part)
		return rc;
	rc = rg_reader_part(reader, &rg_fields_row, "total", NULL, part, &off_cpu->total);
	if (rc == 0)
		rc = rg_reader_array(reader, &rg_fields_row, "rows", part, sizeof(*off_cpu->rows),
				     RG_VERDICT_MAX_ROWS, &rows, &off_cpu->row_count);
	if (rc == 0)
		rc = rg_reader_array(reader, &rg_fields_row, "idle", part, sizeof(*off_cpu->idle),
				     RG_VERDICT_MAX_IDLE, &idle, &off_cpu->idle_count);
	off_cpu->rows = rows;
	off_cpu->idle = idle;
	return rc;
}
