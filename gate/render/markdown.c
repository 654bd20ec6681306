/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/render.h"

#include "comment.h"
#include "pinned.h"
#include "show.h"
#include "words.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/verdict.h"

#include <stdbool.h>
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
	const struct rg_comment_style *style;
	struct rg_cost_scale scale;
	size_t left; /* bytes still to be had */
	struct rg_buf headline, changes, summary, table, waits, pinned, commits, notes;
	struct rg_buf lines, accept, details; /* folded */
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

/* Counts the rows that are not shown, and those beyond the verdict's own limit. */
static void add_dropped(struct rg_buf *out, const struct rg_verdict *verdict,
			const bool shown[RG_VERDICT_MAX_ROWS])
{
	size_t dropped = verdict->rows_left_out, failing = 0;
	char count[RG_FIGURE_MAX], failing_count[RG_FIGURE_MAX];

	for (size_t i = 0; i < verdict->row_count; i++) {
		if (i < RG_VERDICT_MAX_ROWS && shown[i])
			continue;
		dropped++;
		failing += rg_row_fails(&verdict->rows[i]);
	}
	if (dropped == 0)
		return;
	rg_buf_addf(out, "\n%s not in this table",
		    rg_figure_count(count, dropped, "more function"));
	if (failing)
		rg_buf_addf(out, ", %s of them failing",
			    rg_figure_fixed(failing_count, (double)failing, 0));
	rg_buf_adds(out, ".\n");
}

/* Adds a row when it fits into `room` bytes in all; returns whether it did. */
static bool add_row(const struct comment *comment, struct rg_buf *out, size_t index, size_t room,
		    row_fn add)
{
	size_t before = out->len;

	add(out, comment->verdict, &comment->scale, &comment->verdict->rows[index]);
	if (out->failed)
		return false;
	if (out->len <= room)
		return true;
	rg_buf_cut(out, before);
	return false;
}

/* The rows of one dimension, in a table of its own; marks those it shows. */
static void add_table(struct comment *comment, enum rg_dimension dimension, size_t room,
		      bool shown[RG_VERDICT_MAX_ROWS])
{
	const struct rg_verdict *verdict = comment->verdict;
	struct rg_buf *table = &comment->table;
	size_t before = table->len, count = 0;

	rg_comment_heading(table, verdict, dimension);
	for (size_t i = 0; i < verdict->row_count && i < RG_VERDICT_MAX_ROWS; i++) {
		if (verdict->rows[i].dimension != dimension)
			continue;
		if (count == TABLE_ROWS || !add_row(comment, table, i, room, rg_comment_row))
			break;
		shown[i] = true;
		count++;
	}
	if (count == 0)
		rg_buf_cut(table, before);
}

static void make_table(struct comment *comment)
{
	static const enum rg_dimension dimensions[] = {RG_DIMENSION_ON_CPU};
	bool shown[RG_VERDICT_MAX_ROWS] = {false};
	size_t room = comment->left > DROPPED_BYTES ? comment->left - DROPPED_BYTES : 0;

	if (comment->verdict->row_count == 0)
		return;
	for (size_t i = 0; i < sizeof(dimensions) / sizeof(dimensions[0]); i++)
		add_table(comment, dimensions[i], room, shown);
	add_dropped(&comment->table, comment->verdict, shown);
	rg_comment_callers(&comment->table, comment->verdict, &comment->scale);
	keep(comment, &comment->table);
}

/* --- Details -------------------------------------------------------------------------------- */

#define DETAILS_BEGIN "\n<details><summary>"
#define SUMMARY_END   "</summary>\n"
#define DETAILS_END   "\n</details>\n"

/* A body under its title, of which there may be none. */
static void fold(struct comment *comment, struct rg_buf *part, const char *title,
		 struct rg_buf *body)
{
	rg_show_inherit(part, body);
	if (body->len) {
		rg_buf_addf(part, DETAILS_BEGIN "%s" SUMMARY_END, title);
		rg_buf_add(part, body->data, body->len);
		rg_buf_adds(part, DETAILS_END);
	}
	rg_buf_done(body);
	keep(comment, part);
}

/* What to do about it, before what is only to be looked up. */
static void make_remedies(struct comment *comment)
{
	struct rg_buf accept, lines;

	rg_buf_init(&accept, PART_MAX);
	rg_buf_init(&lines, PART_MAX);
	rg_comment_accept(&accept, comment->verdict);
	rg_comment_changed_lines(&lines, rg_verdict_deciding(comment->verdict),
				 comment->style->commit_url);
	fold(comment, &comment->accept, "Is this growth meant? How to accept it", &accept);
	fold(comment, &comment->lines, "The lines that changed", &lines);
}

/* What follows the table, in at most `room` bytes: what does not fit is left out from the bottom. */
static void add_facts(const struct comment *comment, struct rg_buf *out, size_t room)
{
	const struct rg_verdict *verdict = comment->verdict;

	for (int part = 0; part < 2; part++) {
		size_t before = out->len;

		if (part == 0)
			rg_comment_captures(out, verdict);
		else
			rg_comment_policy(out, verdict);
		if (!out->failed && out->len > room)
			rg_buf_cut(out, before);
	}
}

static void add_full_table(const struct comment *comment, struct rg_buf *out, size_t room)
{
	const struct rg_verdict *verdict = comment->verdict;
	bool shown[RG_VERDICT_MAX_ROWS] = {false};
	size_t before = out->len, count = 0;

	if (verdict->row_count) {
		rg_comment_full_heading(out, verdict);
		while (count < verdict->row_count && count < RG_VERDICT_MAX_ROWS &&
		       add_row(comment, out, count, room, rg_comment_full_row))
			shown[count++] = true;
	}
	if (count == 0)
		rg_buf_cut(out, before);
	add_dropped(out, verdict, shown);
}

static void make_details(struct comment *comment)
{
	static const char opening[] =
		DETAILS_BEGIN "All functions, captures and policy" SUMMARY_END;
	static const char closing[] = DETAILS_END;
	const size_t fixed = strlen(opening) + strlen(closing) + DROPPED_BYTES;
	struct rg_buf *details = &comment->details;
	struct rg_buf facts;
	size_t room;

	rg_buf_init(&facts, PART_MAX);
	if (fixed < comment->left) {
		room = comment->left - fixed;
		add_facts(comment, &facts, room);
		rg_buf_adds(details, opening);
		add_full_table(comment, details, strlen(opening) + room - facts.len);
		if (facts.len)
			rg_buf_add(details, facts.data, facts.len);
		rg_buf_adds(details, closing);
	}
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

void rg_render_comment(const struct rg_verdict *verdict, const struct rg_comment_style *style,
		       struct rg_buf *out)
{
	struct comment comment = {.verdict = verdict, .style = style, .left = style->max_bytes};
	struct rg_buf *const parts[] = {&comment.headline, &comment.changes, &comment.summary,
					&comment.table,    &comment.waits,   &comment.pinned,
					&comment.commits,  &comment.notes,   &comment.lines,
					&comment.accept,   &comment.details};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		rg_buf_init(parts[i], PART_MAX);
	comment.scale = rg_cost_scale_of(verdict);
	make_headline(&comment);
	rg_comment_changes(&comment.changes, verdict);
	keep(&comment, &comment.changes);
	rg_comment_summary(&comment.summary, verdict, &comment.scale);
	rg_comment_flame(&comment.summary, style->flame_url);
	keep(&comment, &comment.summary);
	rg_comment_off_cpu(&comment.waits, verdict);
	keep(&comment, &comment.waits);
	rg_pinned_add(&comment.pinned, verdict);
	keep(&comment, &comment.pinned);
	rg_comment_entries(&comment.commits, verdict);
	rg_comment_commits(&comment.commits, rg_verdict_deciding(verdict), style->commit_url);
	keep(&comment, &comment.commits);
	rg_comment_notes(&comment.notes, verdict);
	keep(&comment, &comment.notes);
	make_table(&comment);
	make_remedies(&comment);
	make_details(&comment);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		join(out, parts[i]);
		rg_buf_done(parts[i]);
	}
}

void rg_render_markdown(const struct rg_verdict *verdict, size_t max_bytes, struct rg_buf *out)
{
	const struct rg_comment_style style = {.max_bytes = max_bytes};

	rg_render_comment(verdict, &style, out);
}
