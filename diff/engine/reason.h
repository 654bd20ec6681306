/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_REASON_H
#define RG_ENGINE_REASON_H

#include "report.h"

/* The headline of a verdict: a file for each outcome that has more than a line to say, and the phrases they share. */

void rg_reason_fail(struct rg_buf *out, const struct rg_story *story);
void rg_reason_pass(struct rg_buf *out, const struct rg_story *story);
void rg_reason_undecided(struct rg_buf *out, const struct rg_story *story);

/* --- Phrases ---------------------------------------------------------------------------------- */

enum { RG_FACT_COLUMNS = 40 }; /* of a side's fact, or an owner's name, in the headline */

bool rg_reason_is_total(const struct rg_verdict *verdict, const struct rg_row *row);
bool rg_reason_is_wait(const struct rg_row *row);

/* "parse_row()", "the whole program". */
void rg_reason_add_subject(struct rg_buf *out, const struct rg_verdict *verdict,
			   const struct rg_row *row);
/* " per second", " per request": of waits, which are never a share. */
void rg_reason_add_per(struct rg_buf *out, const struct rg_verdict *verdict);
/* "840 % more in audit_append() [disk, fsync] per second": what follows "waits". */
void rg_reason_add_more_waiting(struct rg_buf *out, const struct rg_verdict *verdict,
				const struct rg_row *row, double growth);
/* "1.25 ms": blocked time per second of wall time, or unit of work. */
void rg_reason_add_waiting(struct rg_buf *out, const struct rg_verdict *verdict, double seconds);
/* " more CPU per second": what the growth on this basis is of. */
void rg_reason_add_object(struct rg_buf *out, const struct rg_verdict *verdict);
/* " (limit 15 %)". */
void rg_reason_add_limit(struct rg_buf *out, double limit);

#endif
