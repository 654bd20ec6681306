/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_parts.h"

#include "fields.h"
#include "json_reader.h"

#include "rg/verdict.h"

#include <stddef.h>

static int check_entry(struct rg_json_reader *reader, const struct rg_verdict *verdict,
		       const struct rg_entry *entry)
{
	size_t rows = entry->dimension == RG_DIMENSION_OFF_CPU ? verdict->off_cpu.row_count
							       : verdict->row_count;

	if (entry->of == RG_GROWTH_OF_CALLER)
		rows = verdict->caller_count;
	if (entry->of == RG_GROWTH_OF_TOTAL ? entry->row != 0 : entry->row >= rows)
		return rg_reader_refuse(reader, "row", "is none of the rows");
	return 0;
}

static int read_moves(struct rg_json_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	void *moves = NULL;
	int rc = rg_reader_array(reader, &rg_fields_move, "moves", root, sizeof(*verdict->moves),
				 RG_VERDICT_MAX_MOVES, &moves, &verdict->move_count);

	verdict->moves = moves;
	for (size_t i = 0; rc == 0 && i < verdict->move_count; i++) {
		const struct rg_move *move = &verdict->moves[i];
		size_t rows = move->dimension == RG_DIMENSION_OFF_CPU ? verdict->off_cpu.row_count
								      : verdict->row_count;

		if (move->row >= rows)
			rc = rg_reader_refuse(reader, "row", "is none of the rows");
	}
	return rc;
}

int rg_json_read_callers(struct rg_json_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	void *callers = NULL, *entries = NULL;
	int rc = rg_reader_array(reader, &rg_fields_row, "callers", root, sizeof(*verdict->callers),
				 RG_VERDICT_MAX_CALLERS, &callers, &verdict->caller_count);

	verdict->callers = callers;
	if (rc == 0)
		rc = rg_json_check_files(reader, verdict->callers, verdict->caller_count);
	if (rc == 0)
		rc = rg_reader_array(reader, &rg_fields_entry, "entries", root,
				     sizeof(*verdict->entries), RG_VERDICT_MAX_ENTRIES, &entries,
				     &verdict->entry_count);
	verdict->entries = entries;
	for (size_t i = 0; rc == 0 && i < verdict->entry_count; i++)
		rc = check_entry(reader, verdict, &verdict->entries[i]);
	return rc ? rc : read_moves(reader, root, verdict);
}
