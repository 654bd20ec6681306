/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notes.h"

#include "figure.h"
#include "moves.h"
#include "name.h"
#include "placed.h"
#include "looks.h"
#include "pinned.h"
#include "policy.h"
#include "show.h"
#include "table.h"
#include "words.h"

#include <stdio.h>
#include <string.h>

/* Where growth came in, and what changed there: that many are named. */
enum { ENTRIES_SHOWN = 5, COMMITS_SHOWN = 5 };

enum { NOTE_NAME_COLUMNS = 56, NOTE_TEXT_COLUMNS = 100 };

void rg_note_label(struct rg_pen *pen, const char *label, enum rg_tone tone)
{
	rg_pen_to(pen, RG_TABLE_INDENT);
	rg_pen_tone(pen, tone);
	rg_pen_write(pen, label);
	rg_pen_tone(pen, RG_TONE_PLAIN);
	rg_pen_to(pen, RG_TABLE_BODY);
}

void rg_note_write(struct rg_pen *pen, const char *label, enum rg_tone tone, const char *text)
{
	rg_note_label(pen, label, tone);
	rg_pen_sentence(pen, text, RG_TABLE_BODY, RG_NOTE_LINES);
	rg_pen_newline(pen);
}

void rg_note_finish(struct rg_pen *pen, const char *label, enum rg_tone tone, struct rg_buf *text)
{
	if (text->len && !text->failed)
		rg_note_write(pen, label, tone, text->data);
	rg_show_inherit(pen->out, text);
	rg_buf_done(text);
}

void rg_note_add_name(struct rg_buf *text, const char *name, const struct rg_pen *pen)
{
	rg_name_show(text, name, NOTE_NAME_COLUMNS, pen->unicode);
}

void rg_note_add_row(struct rg_buf *text, const struct rg_row *row, const struct rg_pen *pen)
{
	struct rg_buf name;

	rg_buf_init(&name, RG_SHOW_SCRATCH_MAX);
	rg_row_add_name(&name, row);
	if (name.len && !name.failed)
		rg_note_add_name(text, name.data, pen);
	rg_show_inherit(text, &name);
	rg_buf_done(&name);
}

void rg_note_add_text(struct rg_buf *text, const char *value, const struct rg_pen *pen)
{
	rg_show_cut(text, rg_text_or_empty(value), NOTE_TEXT_COLUMNS, pen->unicode);
}

static void add_loss(struct rg_buf *out, const struct rg_loss *loss, const struct rg_pen *pen)
{
	const char *word = rg_loss_word(loss->key);
	char count[RG_FIGURE_MAX];

	if (word)
		rg_buf_adds(out, word);
	else
		rg_note_add_name(out, rg_text_or_empty(loss->key), pen);
	rg_figure_fixed(count, (double)loss->count, 0);
	rg_buf_addf(out, " %s", count);
}

static void add_losses(struct rg_buf *out, const char *name, const struct rg_side *side,
		       const struct rg_pen *pen)
{
	rg_buf_adds(out, name);
	if (side->loss_count == 0)
		rg_buf_adds(out, rg_losses_known(side) ? " none" : " not known");
	for (size_t i = 0; i < side->loss_count; i++) {
		rg_buf_adds(out, i ? ", " : " ");
		add_loss(out, &side->losses[i], pen);
	}
	if (side->interrupted)
		rg_buf_adds(out, ", window cut short by a signal");
}

static void write_losses(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	struct rg_buf text;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	if (verdict->base.runs)
		add_losses(&text, "baseline", &verdict->base, pen);
	if (verdict->canary.runs) {
		rg_buf_adds(&text, text.len ? "; " : "");
		add_losses(&text, "canary", &verdict->canary, pen);
	}
	rg_note_finish(pen, "losses", RG_TONE_PLAIN, &text);
}

static void write_named(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	char base[RG_FIGURE_MAX], canary[RG_FIGURE_MAX], text[160];

	if (verdict->base.samples <= 0 || verdict->canary.samples <= 0)
		return;
	snprintf(text, sizeof(text), "%.40s %s %.40s of the samples have a function name",
		 rg_figure_share(base, verdict->base.named_share), rg_pen_arrow(pen),
		 rg_figure_share(canary, verdict->canary.named_share));
	rg_note_write(pen, "symbols", RG_TONE_PLAIN, text);
}

static void write_limits(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	const struct rg_policy *policy = &verdict->policy;
	char limit[RG_FIGURE_MAX];
	struct rg_buf text;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_buf_addf(&text, "growth %s", rg_figure_limit(limit, policy->growth));
	if (policy->rule == RG_RULE_LITERAL) {
		rg_buf_addf(&text, " of a share in the top %u; literal rule, no statistics",
			    policy->top_k);
		rg_note_finish(pen, "limits", RG_TONE_PLAIN, &text);
		return;
	}
	if (verdict->basis != RG_BASIS_SHARE)
		rg_buf_addf(&text, ", total %s", rg_figure_limit(limit, policy->total_growth));
	rg_buf_addf(&text, ", from a share of %s on", rg_figure_limit(limit, policy->min_share));
	if (verdict->basis == RG_BASIS_SHARE)
		rg_buf_adds(&text, "; CPU as a share of the total");
	else
		rg_buf_addf(&text, "; CPU per %s", rg_per_word(verdict));
	if (*rg_text_or_empty(verdict->policy_from)) {
		rg_buf_adds(&text, "; policy of ");
		rg_note_add_text(&text, verdict->policy_from, pen);
	}
	rg_note_finish(pen, "limits", RG_TONE_PLAIN, &text);
}

static void write_looks(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	struct rg_buf text;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_looks_add(&text, verdict);
	rg_note_finish(pen, "looks", RG_TONE_PLAIN, &text);
}

static void write_adjustment(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	if (rg_growth_is_adjusted(verdict))
		rg_note_write(pen, "growth", RG_TONE_PLAIN,
			      "beyond what all functions have in common, which is divided out");
}

/* "json_parse_value: through table_init_block_reader, 92 % of the growth" */
static void write_entry(struct rg_pen *pen, const struct rg_verdict *verdict,
			const struct rg_entry *entry)
{
	char part[RG_FIGURE_MAX];
	struct rg_buf text, subject;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_buf_init(&subject, RG_SHOW_SCRATCH_MAX);
	rg_entry_add_subject(&subject, verdict, entry);
	if (subject.len && !subject.failed)
		rg_note_add_name(&text, subject.data, pen);
	rg_show_inherit(&text, &subject);
	rg_buf_done(&subject);
	rg_buf_adds(&text, ": through ");
	rg_note_add_name(&text, rg_text_or_empty(entry->function), pen);
	if (*rg_text_or_empty(entry->file)) {
		rg_buf_adds(&text, " (");
		rg_note_add_text(&text, entry->file, pen);
		rg_buf_addf(&text, ":%u)", (unsigned int)entry->line);
	}
	rg_buf_addf(&text, ", %s of the growth", rg_figure_share(part, entry->explains));
	rg_note_finish(pen, "entered", RG_TONE_PLAIN, &text);
}

/* "total_of: was sum_of, compared as one function" */
static void write_renames(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	for (size_t i = 0; i < verdict->row_count; i++) {
		const struct rg_row *row = &verdict->rows[i];
		struct rg_buf text;

		if (!*rg_text_or_empty(row->renamed_from))
			continue;
		rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
		rg_note_add_row(&text, row, pen);
		rg_buf_adds(&text, ": was ");
		rg_note_add_name(&text, row->renamed_from, pen);
		rg_buf_adds(&text, ", compared as one function");
		rg_commit_add_id(&text, "; renamed by ", row->renamed_by);
		rg_note_finish(pen, "renamed", RG_TONE_PLAIN, &text);
	}
}

static void write_entries(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	for (size_t i = 0; i < verdict->entry_count && i < ENTRIES_SHOWN; i++)
		write_entry(pen, verdict, &verdict->entries[i]);
}

/* "parse_row: 4f1c2ab9d0 rows: read every number twice, by Ada, src/d.c:18" */
static void write_commit(struct rg_pen *pen, const struct rg_verdict *verdict,
			 const struct rg_commit *commit)
{
	struct rg_buf text;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_note_add_name(&text, rg_commit_function(verdict, commit), pen);
	rg_buf_addf(&text, ": %.10s ", rg_text_or_empty(commit->id));
	rg_note_add_text(&text, commit->subject, pen);
	if (*rg_text_or_empty(commit->author)) {
		rg_buf_adds(&text, ", by ");
		rg_note_add_name(&text, commit->author, pen);
	}
	if (*rg_text_or_empty(commit->file)) {
		rg_buf_adds(&text, ", ");
		rg_note_add_text(&text, commit->file, pen);
	}
	if (commit->first_line)
		rg_buf_addf(&text, ":%u", (unsigned int)commit->first_line);
	rg_note_finish(pen, "commit", RG_TONE_PLAIN, &text);
}

static void write_commits(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	for (size_t i = 0; i < verdict->commit_count && i < COMMITS_SHOWN; i++)
		write_commit(pen, verdict, &verdict->commits[i]);
	if (*rg_text_or_empty(verdict->commits_note))
		rg_note_write(pen, "commits", RG_TONE_PLAIN, verdict->commits_note);
}

static void write_issue(struct rg_pen *pen, const struct rg_issue *issue)
{
	const char *base = rg_text_or_empty(issue->base);
	const char *canary = rg_text_or_empty(issue->canary);
	struct rg_buf text;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_buf_adds(&text, rg_text_or_empty(issue->what));
	if (*base || *canary) {
		rg_buf_adds(&text, ": ");
		rg_note_add_text(&text, *base ? base : "not known", pen);
	}
	if (strcmp(base, canary) != 0) {
		rg_buf_addf(&text, " %s ", rg_pen_arrow(pen));
		rg_note_add_text(&text, *canary ? canary : "not known", pen);
	}
	if (*rg_text_or_empty(issue->limit))
		rg_buf_addf(&text, " (%s)", issue->limit);
	rg_note_finish(pen, issue->blocking ? "differs" : "caution", RG_TONE_YELLOW, &text);
}

void rg_notes_write(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	write_entries(pen, verdict);
	write_renames(pen, verdict);
	rg_moves_write(pen, verdict);
	rg_placed_write(pen, verdict);
	write_commits(pen, verdict);
	if (*rg_text_or_empty(verdict->baseline_note))
		rg_note_write(pen, "baseline", RG_TONE_PLAIN, verdict->baseline_note);
	rg_pinned_write(pen, verdict);
	write_losses(pen, verdict);
	write_named(pen, verdict);
	rg_notes_write_account(pen, verdict);
	write_limits(pen, verdict);
	write_looks(pen, verdict);
	rg_notes_write_waits(pen, verdict);
	rg_policy_write_exceptions(pen, verdict);
	write_adjustment(pen, verdict);
	for (size_t i = 0; i < verdict->issue_count; i++)
		write_issue(pen, &verdict->issues[i]);
	rg_notes_write_conditions(pen, verdict);
	if (*rg_text_or_empty(verdict->advice))
		rg_note_write(pen, "next", RG_TONE_STRONG, verdict->advice);
	else if (verdict->outcome == RG_OUTCOME_FAIL)
		rg_note_write(pen, "next", RG_TONE_STRONG,
			      "if this growth is meant: --markdown-out FILE writes the lines for "
			      "regress-gate.json that accept it for a while");
}
