/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "places.h"

#include "rg/text.h"

#include <string.h>

struct list {
	struct place *places;
	size_t count, most;
};

static void add(struct list *list, const struct place *place)
{
	if (list->count < list->most)
		list->places[list->count++] = *place;
}

static bool fails(const struct rg_row *row)
{
	return row->status == RG_STATUS_REGRESSED || row->status == RG_STATUS_NEW;
}

/* Other names (control characters, no UTF-8) are none that a forge would find. */
static bool is_plain(const char *path)
{
	return *path && rg_text_is_safe(path, strlen(path));
}

static void add_row(struct list *list, const struct rg_verdict *verdict, const struct rg_row *row,
		    enum rg_commit_of of, size_t index)
{
	struct place place = {.row = row, .file = "", .failing = fails(row)};
	bool any = false;

	for (size_t i = 0; i < verdict->commit_count; i++) {
		const struct rg_commit *commit = &verdict->commits[i];

		if (commit->of != of || commit->dimension != row->dimension ||
		    commit->row != index || !commit->first_line || !is_plain(commit->file))
			continue;
		place.file = commit->file;
		place.first_line = commit->first_line;
		place.last_line = commit->last_line;
		add(list, &place);
		any = true;
	}
	if (any)
		return;
	if (row->in_repo && row->line && is_plain(row->file)) {
		place.file = row->file;
		place.first_line = place.last_line = row->line;
	}
	add(list, &place);
}

static bool is_meant(const struct rg_row *row)
{
	return fails(row) || row->status == RG_STATUS_SUSPECT || row->status == RG_STATUS_MOVED;
}

static void add_rows(struct list *list, const struct rg_verdict *verdict, enum rg_commit_of of,
		     const struct rg_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_meant(&rows[i]))
			add_row(list, verdict, &rows[i], of, i);
	}
}

static void add_total(struct list *list, const struct rg_row *total)
{
	if (is_meant(total))
		add(list, &(struct place){.row = total, .file = "", .failing = fails(total)});
}

size_t places_of(const struct rg_verdict *verdict, struct place *out, size_t most)
{
	struct list list = {.places = out, .most = most};

	verdict = rg_verdict_deciding(verdict);
	add_rows(&list, verdict, RG_COMMIT_OF_ROW, verdict->rows, verdict->row_count);
	add_rows(&list, verdict, RG_COMMIT_OF_CALLER, verdict->callers, verdict->caller_count);
	add_rows(&list, verdict, RG_COMMIT_OF_ROW, verdict->off_cpu.rows,
		 verdict->off_cpu.row_count);
	add_total(&list, &verdict->total);
	add_total(&list, &verdict->off_cpu.total);
	return list.count;
}
