/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy.h"

#include "accepted.h"
#include "figure.h"
#include "notes.h"
#include "show.h"
#include "words.h"

#include "rg/buf.h"

/* Columns of one name or pattern in a list. */
enum { NAME_COLUMNS = 60 };

static void add_name(struct rg_buf *out, const struct rg_pen *pen, const char *name)
{
	rg_show_cut(out, rg_text_or_empty(name), NAME_COLUMNS, pen->unicode);
}

static void add_change(struct rg_buf *out, const struct rg_pen *pen,
		       const struct rg_policy_change *change)
{
	add_name(out, pen, change->what);
	rg_buf_adds(out, ": ");
	add_name(out, pen, change->applied);
	rg_buf_addf(out, " %s ", rg_pen_arrow(pen));
	add_name(out, pen, change->proposed);
}

void rg_policy_write_changes(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	const size_t count = verdict->policy_change_count;
	const size_t shown = count < RG_POLICY_CHANGES_SHOWN ? count : RG_POLICY_CHANGES_SHOWN;
	struct rg_buf text;

	if (count == 0)
		return;
	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_buf_adds(&text, "that of ");
	add_name(&text, pen, verdict->policy_from);
	rg_buf_adds(&text, " holds; of this branch not applied:");
	rg_note_finish(pen, "policy", RG_TONE_YELLOW, &text);
	for (size_t i = 0; i < shown; i++) {
		rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
		add_change(&text, pen, &verdict->policy_changes[i]);
		rg_note_finish(pen, "", RG_TONE_PLAIN, &text);
	}
	if (shown < count) {
		rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
		rg_buf_addf(&text, "and %zu more", count - shown);
		rg_note_finish(pen, "", RG_TONE_PLAIN, &text);
	}
	rg_pen_newline(pen);
}

static void write_own_limits(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	char limit[RG_FIGURE_MAX];
	struct rg_buf text;
	size_t count = 0;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	for (size_t i = 0; i < verdict->row_count; i++) {
		const struct rg_row *row = &verdict->rows[i];

		if (!rg_row_has_own_limit(row) || count++ >= RG_POLICY_NAMES_SHOWN)
			continue;
		rg_buf_adds(&text, count > 1 ? ", " : "");
		add_name(&text, pen, row->function);
		rg_buf_addf(&text, " %s", rg_figure_limit(limit, row->growth_allowed));
	}
	if (count > RG_POLICY_NAMES_SHOWN)
		rg_buf_addf(&text, " and %zu more", count - RG_POLICY_NAMES_SHOWN);
	rg_note_finish(pen, "own limit", RG_TONE_PLAIN, &text);
}

static void write_ignored(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	char count[RG_FIGURE_MAX], base[RG_FIGURE_MAX], canary[RG_FIGURE_MAX];
	struct rg_buf text;
	size_t named = 0;

	if (verdict->ignored_count == 0)
		return;
	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_buf_addf(&text, "%s by the policy, with %s %s %s of the CPU",
		    rg_figure_count(count, verdict->ignored_count, "function"),
		    rg_figure_share(base, verdict->ignored_share_base), rg_pen_arrow(pen),
		    rg_figure_share(canary, verdict->ignored_share_canary));
	for (size_t i = 0; i < verdict->row_count && named < RG_POLICY_NAMES_SHOWN; i++) {
		if (verdict->rows[i].status != RG_STATUS_IGNORED)
			continue;
		rg_buf_adds(&text, named++ ? ", " : ": ");
		add_name(&text, pen, verdict->rows[i].function);
	}
	rg_buf_adds(&text, named && named < verdict->ignored_count ? " and others" : "");
	rg_note_finish(pen, "ignored", RG_TONE_YELLOW, &text);
}

void rg_policy_write_exceptions(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	rg_accepted_write(pen, verdict);
	write_own_limits(pen, verdict);
	write_ignored(pen, verdict);
}
