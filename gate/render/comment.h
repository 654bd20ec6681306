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

/* The heading of the short table and one of its rows. */
void rg_comment_heading(struct rg_buf *out, const struct rg_verdict *verdict);
void rg_comment_row(struct rg_buf *out, const struct rg_verdict *verdict,
		    const struct rg_cost_scale *scale, const struct rg_row *row);

/* The same of the table of all functions, within the details. */
void rg_comment_full_heading(struct rg_buf *out, const struct rg_verdict *verdict);
void rg_comment_full_row(struct rg_buf *out, const struct rg_verdict *verdict,
			 const struct rg_cost_scale *scale, const struct rg_row *row);

/* Captures with their losses, and the policy: what follows the table of all functions. */
void rg_comment_captures(struct rg_buf *out, const struct rg_verdict *verdict);
void rg_comment_policy(struct rg_buf *out, const struct rg_verdict *verdict);

/* Functions that are ignored or have limits of their own; nothing when there are none. */
void rg_comment_exceptions(struct rg_buf *out, const struct rg_verdict *verdict);

#endif
