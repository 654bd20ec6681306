/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kin_common.h"

#include "rg/err.h"
#include "rg/grow.h"

#include <stdlib.h>

/* How often the baseline's changed files have a line that went from somewhere. */
struct occurrence {
	uint64_t hash;
	size_t count;
};

struct occurrences {
	struct occurrence *items; /* by their hashes, each once, when all are there */
	size_t count, cap;
};

/* --- Which lines ------------------------------------------------------------------------------ */

/* Whether others have these lines as well is asked of those alone that may have gone somewhere. */
static int ask_for_lines(void *ctx, struct kin_function *from, struct kin_function *to)
{
	struct occurrences *asked = ctx;
	struct kin_match match = kin_lines_match(&from->gone, &to->come, true, false);

	if (!kin_match_shows(&match) || from->gone.items[0].common)
		return 0;
	if (RG_GROW_TO(asked->items, asked->cap, asked->count + from->gone.count))
		return RG_ENOMEM;
	for (size_t i = 0; i < from->gone.count; i++) {
		asked->items[asked->count++] =
			(struct occurrence){.hash = from->gone.items[i].hash};
		from->gone.items[i].common = true; /* until it is known not to be */
	}
	return 0;
}

static int by_hash(const void *left, const void *right)
{
	const struct occurrence *a = left, *b = right;

	return (a->hash > b->hash) - (a->hash < b->hash);
}

static void sort(struct occurrences *asked)
{
	size_t kept = 0;

	if (asked->count)
		qsort(asked->items, asked->count, sizeof(*asked->items), by_hash);
	for (size_t i = 0; i < asked->count; i++) {
		if (i == 0 || asked->items[i].hash != asked->items[kept - 1].hash)
			asked->items[kept++] = asked->items[i];
	}
	asked->count = kept;
}

static struct occurrence *find(const struct occurrences *asked, uint64_t hash)
{
	const struct occurrence wanted = {.hash = hash};

	if (asked->count == 0)
		return NULL;
	return bsearch(&wanted, asked->items, asked->count, sizeof(wanted), by_hash);
}

/* --- How often -------------------------------------------------------------------------------- */

static int count_lines(void *ctx, const struct kin_file *file, const struct source *source,
		       struct rg_err *err)
{
	const struct occurrences *asked = ctx;

	(void)file;
	(void)err;
	for (size_t i = 0; i < source->count; i++) {
		const struct source_line text = source_at(source, i);
		struct kin_line line;
		struct occurrence *found;

		if (!kin_line_read(&text, &line))
			continue;
		found = find(asked, line.hash);
		if (found)
			found->count++;
	}
	return 0;
}

static void mark(struct kin_function *function, const struct occurrences *asked)
{
	const struct kin_lines *own = &function->version[KIN_BASE].lines;

	for (size_t i = 0; i < function->gone.count; i++) {
		struct kin_line *line = &function->gone.items[i];
		const struct occurrence *found = find(asked, line->hash);

		/* One that is there often is counted once. */
		if (i > 0 && line[-1].hash == line->hash)
			line->common = line[-1].common;
		else
			line->common = found && found->count > kin_lines_count(own, line->hash);
	}
}

int kin_common_mark(struct kin_functions *functions, const struct kin_files *files,
		    struct rg_err *err)
{
	struct occurrences asked = {0};
	int rc = kin_functions_each_pair(functions, ask_for_lines, &asked, err);

	sort(&asked);
	if (!rc && asked.count)
		rc = kin_files_read(files, KIN_BASE, count_lines, &asked, err);
	for (size_t i = 0; !rc && i < functions->count; i++)
		mark(&functions->items[i], &asked);
	free(asked.items);
	return rc;
}
