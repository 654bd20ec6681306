/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_REPORT_H
#define RG_ENGINE_REPORT_H

#include "align.h"
#include "callers.h"
#include "comparable.h"
#include "judge_waits.h"
#include "judgement.h"
#include "kinship.h"

struct rg_buf;

/* From what was found out to a verdict that owns its texts. */

/* One side: its facts, sums and losses. Texts live in the arena. */
int rg_report_side(struct rg_side *out, const struct rg_run_set *set, enum rg_end end,
		   const struct rg_table *table, struct rg_arena *arena, struct rg_err *err);

/* The conditions of both sides; the sides are complete. Texts live in the verdict's arena. */
int rg_report_conditions(struct rg_verdict *verdict, const struct rg_run_set *set,
			 struct rg_err *err);

/* What the rows of one dimension are made from. */
struct rg_row_source {
	enum rg_dimension dimension;
	enum rg_basis basis; /* never auto */
	const struct rg_alignment *alignment;
	const struct rg_judgement *judgement;
	const struct rg_wait *wait;         /* of the alignment's rows; NULL for CPU time */
	const struct rg_kinships *kinships; /* what the sources say; or NULL */
};

/* Rows in the order of a verdict's, and what each was made from. */
struct rg_row_set {
	struct rg_row total;
	const struct rg_row *rows;
	const struct rg_finding *const *finding; /* in scratch */
	size_t count, left_out;
	/* Rows the policy ignores, among these or not, and their part of the whole. */
	size_t ignored;
	double ignored_share[RG_END_COUNT];
};

/* The rows' texts live in the arena; *out->total is completed. */
int rg_report_rows(struct rg_row_set *out, const struct rg_row_source *source,
		   struct rg_arena *arena, struct rg_arena *scratch, struct rg_err *err);

/* Adds to the verdict's moves where each row that is moved came from. */
int rg_report_moves(struct rg_verdict *verdict, const struct rg_row_source *source,
		    const struct rg_row_set *rows, struct rg_arena *scratch, struct rg_err *err);

/* What is explained in one dimension. */
struct rg_entry_source {
	enum rg_dimension dimension;
	const struct rg_growth *growth;
	const struct rg_row_set *rows;    /* the verdict's, with what each was made from */
	const struct rg_row_set *callers; /* or NULL */
	const struct rg_finding *total;
};

/* Adds to the verdict's entries where each row, caller and total that fails came in. */
int rg_report_entries(struct rg_verdict *verdict, const struct rg_callers *callers,
		      const struct rg_entry_source *source, struct rg_arena *scratch,
		      struct rg_err *err);

/* The off-CPU half: all but total, rows and what is counted with them, unless it was not judged. */
int rg_report_waits(struct rg_off_cpu *out, const struct rg_wait_part *part,
		    const struct rg_side *base, const struct rg_side *canary,
		    struct rg_arena *arena, struct rg_arena *scratch, struct rg_err *err);

/* What the reason and the advice are written from. */
struct rg_story {
	const struct rg_verdict *verdict;        /* all but reason and advice are set */
	const struct rg_judgement *judgement;    /* NULL when there was nothing to judge */
	const struct rg_finding *const *finding; /* of verdict->rows; as long as judgement */
	/* The same of off-CPU time; NULL also when it cannot be compared. */
	const struct rg_judgement *wait_judgement;
	const struct rg_finding *const *wait_finding;
	const struct rg_run_set *set;
};

/* One line each, into the verdict's arena; NULL when out of memory. */
const char *rg_report_reason(const struct rg_story *story);
const char *rg_report_advice(const struct rg_story *story);

/* What keeps an undecided verdict from a pass. */
struct rg_doubt {
	const struct rg_row *row; /* NULL: no function or total does */
	const struct rg_finding *finding;
	const struct rg_judgement *judgement; /* that the finding is of */
};
/* Numbers that are not finite first, then suspects, then the widest interval; of waits, CPU time first. */
struct rg_doubt rg_story_doubt(const struct rg_story *story);
/* The first run of a side that holds no samples, or NULL. */
const struct rg_run *rg_story_empty_run(const struct rg_story *story, enum rg_end end);
bool rg_story_too_few(const struct rg_story *story);

/* --- Words ------------------------------------------------------------------------------------ */

/* "12.5 %", "312 %", "100,000 %" stays digits: one decimal below 100, none when it is zero. */
void rg_word_percent(struct rg_buf *out, double share);
/* A function's name made safe and short; "()" behind a plain one, and of a wait what it waits in. */
void rg_word_function(struct rg_buf *out, const struct rg_row *row);
/* A time in the unit that suits it, of three digits: "184 µs", "1.25 ms". */
void rg_word_time(struct rg_buf *out, double seconds);
/* "1 run", "3 runs". */
void rg_word_count(struct rg_buf *out, size_t count, const char *one, const char *many);

/* Untrusted text made safe, at most `columns` wide. */
void rg_word_quoted(struct rg_buf *out, const char *text, size_t columns);

#endif
