/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/render.h"

#include "pen.h"
#include "notes.h"
#include "policy.h"
#include "show.h"
#include "sides.h"
#include "table.h"
#include "words.h"

#include "rg/verdict.h"

#include <string.h>

enum {
	COLUMNS_MIN = 60,
	COLUMNS_MAX = 400,
};

static enum rg_tone outcome_tone(enum rg_outcome outcome)
{
	if (outcome == RG_OUTCOME_PASS)
		return RG_TONE_GREEN;
	return outcome == RG_OUTCOME_FAIL ? RG_TONE_RED : RG_TONE_YELLOW;
}

static void write_verdict_line(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	const char *word = rg_outcome_word(verdict->outcome);
	const char *reason = rg_text_or_empty(verdict->reason);

	rg_pen_tone(pen, outcome_tone(verdict->outcome));
	rg_pen_tone(pen, RG_TONE_STRONG);
	rg_pen_write(pen, word);
	rg_pen_tone(pen, RG_TONE_PLAIN);
	if (*reason) {
		rg_pen_to(pen, strlen(word) + 2);
		rg_pen_tone(pen, RG_TONE_STRONG);
		rg_pen_sentence(pen, reason, strlen(word) + 2, RG_HEADLINE_LINES);
		rg_pen_tone(pen, RG_TONE_PLAIN);
	}
	rg_pen_newline(pen);
}

static void write_scenario(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	struct rg_buf text;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_note_add_text(&text, verdict->scenario, pen);
	rg_note_finish(pen, "scenario", RG_TONE_PLAIN, &text);
}

void rg_render_text(const struct rg_verdict *verdict, const struct rg_text_style *style,
		    struct rg_buf *out)
{
	struct rg_pen pen = {.out = out, .color = style->color, .unicode = style->unicode};

	pen.columns = style->columns < COLUMNS_MAX ? style->columns : COLUMNS_MAX;
	pen.columns = pen.columns > COLUMNS_MIN ? pen.columns : COLUMNS_MIN;
	write_verdict_line(&pen, verdict);
	rg_pen_newline(&pen);
	rg_policy_write_changes(&pen, verdict);
	write_scenario(&pen, verdict);
	rg_sides_write(&pen, verdict);
	rg_table_write(&pen, verdict);
	rg_notes_write(&pen, verdict);
}
