/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "align.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <stdlib.h>
#include <string.h>

static int by_name(const void *left, const void *right)
{
	const struct rg_vote *a = left, *b = right;
	int order;

	if (a->function != b->function)
		return a->function < b->function ? -1 : 1;
	order = strcmp(a->frame->function, b->frame->function);
	return order ? order : strcmp(a->module, b->module);
}

static int by_line(const void *left, const void *right)
{
	const struct rg_vote *a = left, *b = right;
	int order;

	if (a->function != b->function)
		return a->function < b->function ? -1 : 1;
	order = strcmp(a->frame->file, b->frame->file);
	if (order)
		return order;
	return (a->frame->line > b->frame->line) - (a->frame->line < b->frame->line);
}

typedef int (*order_fn)(const void *left, const void *right);

/*
 * Of sorted votes [from, *next) for one row, the first of the group of equals with most samples;
 * votes `skip` tells to leave out do not count. NULL when all are left out.
 */
static const struct rg_vote *winner(const struct rg_vote *vote, size_t count, size_t from,
				    order_fn order, bool (*skip)(const struct rg_vote *),
				    size_t *next)
{
	const struct rg_vote *best = NULL;
	double best_count = 0;
	size_t i = from;

	while (i < count && vote[i].function == vote[from].function) {
		const struct rg_vote *first = &vote[i];
		double sum = 0;

		for (; i < count && order(first, &vote[i]) == 0; i++)
			sum += (double)vote[i].count;
		if (!skip(first) && (!best || sum > best_count)) {
			best = first;
			best_count = sum;
		}
	}
	*next = i;
	return best;
}

static bool skip_none(const struct rg_vote *vote)
{
	(void)vote;
	return false;
}

static bool skip_no_file(const struct rg_vote *vote)
{
	return vote->frame->file[0] == '\0';
}

static void label_names(struct rg_vote *vote, size_t count, struct rg_label *label)
{
	qsort(vote, count, sizeof(*vote), by_name);
	for (size_t i = 0; i < count;) {
		const struct rg_vote *best = winner(vote, count, i, by_name, skip_none, &i);

		if (!best)
			continue;
		struct rg_label *row = &label[best->function];

		row->function = best->frame->function;
		row->module = best->module;
		row->unnamed = best->frame->unnamed;
	}
}

static void label_lines(struct rg_vote *vote, size_t count, struct rg_label *label)
{
	qsort(vote, count, sizeof(*vote), by_line);
	for (size_t i = 0; i < count;) {
		const struct rg_vote *best = winner(vote, count, i, by_line, skip_no_file, &i);

		if (!best)
			continue;
		label[best->function].file = best->frame->file;
		label[best->function].line = best->frame->line;
	}
}

/* The canary's votes for a row it has samples of; else the baseline's. */
static bool counts(const struct rg_alignment *alignment, const struct rg_vote *vote)
{
	bool in_canary = alignment->table.side[RG_END_CANARY][vote->function] > 0;

	return vote->end == (in_canary ? RG_END_CANARY : RG_END_BASE);
}

int rg_label_rows(const struct rg_alignment *alignment, const bool *wanted, struct rg_label *label,
		  struct rg_arena *arena, struct rg_err *err)
{
	struct rg_vote *vote = rg_arena_array(arena, alignment->vote_count + 1, sizeof(*vote));
	size_t count = 0;

	if (!vote)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < alignment->vote_count; i++) {
		if (wanted[alignment->vote[i].function] && counts(alignment, &alignment->vote[i]))
			vote[count++] = alignment->vote[i];
	}
	for (size_t row = 0; row < alignment->table.rows; row++) {
		if (wanted[row])
			label[row] = (struct rg_label){"", "", "", 0, false};
	}
	label_names(vote, count, label);
	label_lines(vote, count, label);
	return 0;
}
