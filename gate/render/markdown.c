/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/render.h"

#include "comment.h"
#include "show.h"
#include "words.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/verdict.h"

#include <stdint.h>
#include <string.h>

enum {
	TABLE_ROWS = 5,
	/* Room for the line that counts what was dropped. */
	DROPPED_BYTES = 96,
	PART_MAX = 1 << 24,
};

/* A comment being put together: parts are kept in the order of their importance. */
struct comment {
	const struct rg_verdict *verdict;
	struct rg_cost_scale scale;
	size_t left; /* bytes still to be had */
	struct rg_buf headline, changes, summary, table, notes, details;
};

typedef void (*row_fn)(struct rg_buf *out, const struct rg_verdict *verdict,
		       const struct rg_cost_scale *scale, const struct rg_row *row);

/* Keeps the part when it fits, else empties it. */
static void keep(struct comment *comment, struct rg_buf *part)
{
	if (part->failed)
		return;
	if (part->len > comment->left) {
		rg_buf_reset(part);
		return;
	}
	comment->left -= part->len;
}

/* Counts the rows from `first` on, and those beyond the verdict's own limit. */
static void add_dropped(struct rg_buf *out, const struct rg_verdict *verdict, size_t first)
{
	size_t dropped = verdict->row_count - first + verdict->rows_left_out, failing = 0;
	char count[RG_FIGURE_MAX], failing_count[RG_FIGURE_MAX];

	if (dropped == 0)
		return;
	for (size_t i = first; i < verdict->row_count; i++)
		failing += rg_row_fails(&verdict->rows[i]);
	rg_buf_addf(out, "\n%s not in this table",
		    rg_figure_count(count, dropped, "more function"));
	if (failing)
		rg_buf_addf(out, ", %s of them failing",
			    rg_figure_fixed(failing_count, (double)failing, 0));
	rg_buf_adds(out, ".\n");
}

/* As many of the first `count` rows as fit into `room` bytes. Returns how many. */
static size_t add_rows(const struct comment *comment, struct rg_buf *out, size_t count, size_t room,
		       row_fn add)
{
	for (size_t i = 0; i < count; i++) {
		size_t before = out->len;

		add(out, comment->verdict, &comment->scale, &comment->verdict->rows[i]);
		if (out->failed)
			return i;
		if (out->len <= room)
			continue;
		out->len = before;
		out->data[before] = '\0';
		return i;
	}
	return count;
}

static void make_table(struct comment *comment)
{
	const struct rg_verdict *verdict = comment->verdict;
	struct rg_buf *table = &comment->table;
	size_t wanted = verdict->row_count < TABLE_ROWS ? verdict->row_count : TABLE_ROWS;
	size_t heading, room;

	if (wanted == 0)
		return;
	rg_comment_heading(table, verdict);
	heading = table->len;
	room = comment->left > DROPPED_BYTES ? comment->left - DROPPED_BYTES : 0;
	wanted = add_rows(comment, table, wanted, room, rg_comment_row);
	if (table->len == heading)
		rg_buf_reset(table);
	add_dropped(table, verdict, wanted);
	keep(comment, table);
}

static void make_details(struct comment *comment)
{
	static const char opening[] = "\n<details><summary>All functions, captures and policy"
				      "</summary>\n";
	static const char closing[] = "\n</details>\n";
	const struct rg_verdict *verdict = comment->verdict;
	struct rg_buf *details = &comment->details;
	struct rg_buf facts;
	size_t rows = verdict->row_count, fixed, shown = 0;

	rg_buf_init(&facts, PART_MAX);
	rg_comment_captures(&facts, verdict);
	rg_comment_policy(&facts, verdict);
	fixed = strlen(opening) + facts.len + strlen(closing) + DROPPED_BYTES;
	rg_buf_adds(details, opening);
	if (rows) {
		size_t begin = details->len;

		rg_comment_full_heading(details, verdict);
		if (fixed + details->len <= comment->left)
			shown = add_rows(comment, details, rows, comment->left - fixed,
					 rg_comment_full_row);
		if (shown == 0) {
			details->len = begin;
			details->data[begin] = '\0';
		}
	}
	add_dropped(details, verdict, shown);
	rg_buf_add(details, facts.data, facts.len);
	rg_buf_adds(details, closing);
	rg_show_inherit(details, &facts);
	rg_buf_done(&facts);
	keep(comment, details);
}

/* The verdict's word at least, whatever the limit does to the rest. */
static void make_headline(struct comment *comment)
{
	rg_comment_headline(&comment->headline, comment->verdict);
	if (comment->headline.failed || comment->headline.len <= comment->left) {
		keep(comment, &comment->headline);
		return;
	}
	rg_buf_reset(&comment->headline);
	rg_buf_addf(&comment->headline, "**%s**\n", rg_outcome_word(comment->verdict->outcome));
	if (comment->headline.len > comment->left)
		comment->headline.failed = RG_ELIMIT;
	else
		keep(comment, &comment->headline);
}

static void join(struct rg_buf *out, const struct rg_buf *part)
{
	rg_show_inherit(out, part);
	if (part->len)
		rg_buf_add(out, part->data, part->len);
}

void rg_render_markdown(const struct rg_verdict *verdict, size_t max_bytes, struct rg_buf *out)
{
	struct comment comment = {.verdict = verdict, .left = max_bytes};
	struct rg_buf *const parts[] = {&comment.headline, &comment.changes, &comment.summary,
					&comment.table,    &comment.notes,   &comment.details};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		rg_buf_init(parts[i], PART_MAX);
	comment.scale = rg_cost_scale_of(verdict);
	make_headline(&comment);
	rg_comment_changes(&comment.changes, verdict);
	keep(&comment, &comment.changes);
	rg_comment_summary(&comment.summary, verdict, &comment.scale);
	keep(&comment, &comment.summary);
	rg_comment_notes(&comment.notes, verdict);
	keep(&comment, &comment.notes);
	make_table(&comment);
	make_details(&comment);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		join(out, parts[i]);
		rg_buf_done(parts[i]);
	}
}
