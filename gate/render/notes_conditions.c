/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notes.h"

#include "show.h"
#include "words.h"

#include <stdbool.h>
#include <string.h>

/* What stands in the way of comparing is said where it is said that it does. */
static bool is_issue(const struct rg_verdict *verdict, const char *what)
{
	for (size_t i = 0; i < verdict->issue_count; i++)
		if (!strcmp(rg_text_or_empty(verdict->issues[i].what), what))
			return true;
	return false;
}

void rg_notes_write_conditions(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	const char *label = "conditions";

	if (verdict->outcome == RG_OUTCOME_PASS)
		return;
	for (size_t i = 0; i < verdict->condition_count; i++) {
		const struct rg_condition *c = &verdict->conditions[i];
		const char *what = rg_text_or_empty(c->what);
		const char *base = rg_text_or_empty(c->base);
		const char *canary = rg_text_or_empty(c->canary);
		struct rg_buf text;

		if (!strcmp(base, canary) || is_issue(verdict, what))
			continue;
		rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
		rg_buf_addf(&text, "%s: ", what);
		rg_note_add_text(&text, base, pen);
		rg_buf_addf(&text, " %s ", rg_pen_arrow(pen));
		rg_note_add_text(&text, canary, pen);
		rg_note_finish(pen, label, RG_TONE_PLAIN, &text);
		label = "";
	}
}
