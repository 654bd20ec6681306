/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_COMMENT_H
#define RG_RENDER_COMMENT_H

#include "figure.h"

#include "rg/buf.h"
#include "rg/verdict.h"

#include <stddef.h>

/*
 * The parts of a comment in markdown. Each appends whole lines, with the blank line before it that
 * it needs. None begins a line with text from outside, so that no name can be a "/command".
 */

/* "**FAIL** (rule: regressed): `f()` uses 312 % more …", one line. */
void rg_comment_headline(struct rg_buf *out, const struct rg_verdict *verdict);
/* What the branch would change of the policy, which was not applied; nothing when nothing. */
void rg_comment_changes(struct rg_buf *out, const struct rg_verdict *verdict);
/* Versions, total, runs. */
void rg_comment_summary(struct rg_buf *out, const struct rg_verdict *verdict,
			const struct rg_cost_scale *scale);
/* What the policy ignores or allows of single functions, what differs between the sides, the advice. */
void rg_comment_notes(struct rg_buf *out, const struct rg_verdict *verdict);

/* The heading of the short table and one of its rows; the table of one dimension. */
void rg_comment_heading(struct rg_buf *out, const struct rg_verdict *verdict,
			enum rg_dimension dimension);
void rg_comment_row(struct rg_buf *out, const struct rg_verdict *verdict,
		    const struct rg_cost_scale *scale, const struct rg_row *row);

/* The first cell of a row, and where its function is, behind `before`: nothing when that is not known. */
void rg_comment_status(struct rg_buf *out, const struct rg_row *row);
void rg_comment_source(struct rg_buf *out, const char *before, const struct rg_row *row);

/* The table of callers that fail; nothing when none does. */
void rg_comment_callers(struct rg_buf *out, const struct rg_verdict *verdict,
			const struct rg_cost_scale *scale);
/* Where what fails came in, a line each; nothing when nothing fails, or it is not known. */
void rg_comment_entries(struct rg_buf *out, const struct rg_verdict *verdict);

/* The table of waits, and what of off-CPU time is not judged; nothing when it was not measured. */
void rg_comment_off_cpu(struct rg_buf *out, const struct rg_verdict *verdict);
/* A line on one side's account and own cost; nothing when they are not known. */
void rg_comment_account(struct rg_buf *out, const char *name, const struct rg_side *side);

/* The same of the table of all functions, within the details. */
void rg_comment_full_heading(struct rg_buf *out, const struct rg_verdict *verdict);
void rg_comment_full_row(struct rg_buf *out, const struct rg_verdict *verdict,
			 const struct rg_cost_scale *scale, const struct rg_row *row);

/* A link to the flame graph; nothing when it is no address. */
void rg_comment_flame(struct rg_buf *out, const char *url);

/* The commits that changed the functions, and the same with the lines they changed. `url`: as in
 * struct rg_comment_style. */
void rg_comment_commits(struct rg_buf *out, const struct rg_verdict *verdict, const char *url);
void rg_comment_changed_lines(struct rg_buf *out, const struct rg_verdict *verdict,
			      const char *url);

/* What to write into the configuration so that growth that fails, or that is suspected under an accepted caller, passes. */
void rg_comment_accept(struct rg_buf *out, const struct rg_verdict *verdict);

/* Lines of inert text as a block of code, in a fence longer than any run of backticks within. */
void rg_comment_fence(struct rg_buf *out, const char *language, const struct rg_buf *inert);

/* Captures with their losses, and the policy: what follows the table of all functions. */
void rg_comment_captures(struct rg_buf *out, const struct rg_verdict *verdict);
void rg_comment_policy(struct rg_buf *out, const struct rg_verdict *verdict);

/* Functions that are ignored or have limits of their own; nothing when there are none. */
void rg_comment_exceptions(struct rg_buf *out, const struct rg_verdict *verdict);

#endif
