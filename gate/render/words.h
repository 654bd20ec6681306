/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_WORDS_H
#define RG_RENDER_WORDS_H

#include "rg/verdict.h"

#include <stdbool.h>
#include <stddef.h>

/* The words of a verdict that all reports for people share. All returned texts are constant. */

/* "FAIL", "PASS", "UNDECIDED", "NOT COMPARABLE", "NO BASELINE". */
const char *rg_outcome_word(enum rg_outcome outcome);

/* rg_status_name(), but "unknown" says which: "untested" or "undecided". At most 9 columns. */
const char *rg_row_word(const struct rg_row *row);

/* Whether the row makes the verdict fail. */
bool rg_row_fails(const struct rg_row *row);
/* Whether it is one of the callers: its costs are of all it calls, too. */
bool rg_row_is_caller(const struct rg_verdict *verdict, const struct rg_row *row);

/*
 * The rule that gave the outcome: "regressed", "new", "total", "suspect", with the rule's name when
 * it is the literal one; "" when the outcome follows from no single row.
 */
const char *rg_fired_rule(const struct rg_verdict *verdict);

/* "on CPU": what a table of that dimension is headed by. */
const char *rg_dimension_word(enum rg_dimension dimension);

/* "cores", "share", "seconds_per_unit": what costs are in. */
const char *rg_cost_word(const struct rg_verdict *verdict);

/* What a unit of work is called: "request", and "unit" where the verdict has no name for it. */
const char *rg_work_word(const struct rg_verdict *verdict);
/* What costs are per: the unit of work, or "second". */
const char *rg_per_word(const struct rg_verdict *verdict);

/*
 * Whether the growth of some row shown first differs visibly from what its costs say, because what
 * all functions have in common was divided out.
 */
bool rg_growth_is_adjusted(const struct rg_verdict *verdict);

/* Rows a report shows first: the top K, ignored ones among them not counted, and all that fail. */
size_t rg_rows_shown(const struct rg_verdict *verdict);

/* The same of off-CPU time. */
size_t rg_waits_shown(const struct rg_verdict *verdict);

struct rg_buf;

/* Appends "[lock, pthread_mutex_lock]", not yet inert; nothing for CPU time and totals. */
void rg_row_add_wait(struct rg_buf *out, const struct rg_row *row);
/* Appends the function, and of a wait that: "Pool::acquire [lock, pthread_mutex_lock]". */
void rg_row_add_name(struct rg_buf *out, const struct rg_row *row);

/* Whether a pattern of the policy gives the row a limit of its own that was applied. */
bool rg_row_has_own_limit(const struct rg_row *row);

/* What was lost, for a RG_KEY_LOST_… key; NULL for any other. */
const char *rg_loss_word(const char *key);

/* Whether the side's capture counted its losses: a profile of another tool says nothing of them. */
bool rg_losses_known(const struct rg_side *side);

/* Texts of a verdict that has none may be NULL. */
const char *rg_text_or_empty(const char *text);

/* What an entry is of: the row's name, not yet inert, or "total". */
void rg_entry_add_subject(struct rg_buf *out, const struct rg_verdict *verdict,
			  const struct rg_entry *entry);

/* The function whose lines it changed; "" when the verdict has no such row. */
const char *rg_commit_function(const struct rg_verdict *verdict, const struct rg_commit *commit);
/* Appends `before` and an id's first ten digits; nothing for what is no hex id, NULL and "" included. */
void rg_commit_add_id(struct rg_buf *out, const char *before, const char *id);

#endif
