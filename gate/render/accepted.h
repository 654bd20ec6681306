/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_ACCEPTED_H
#define RG_RENDER_ACCEPTED_H

#include "rg/verdict.h"

struct rg_buf;
struct rg_pen;

/* What the policy's acceptances say of the rows. */

enum { RG_ACCEPTED_SHOWN = 20 };

/* The rows that one matches, totals first: at most `most` of them into `out`. Returns how many there are. */
size_t rg_accepted_rows(const struct rg_verdict *verdict, const struct rg_row **out, size_t most);

/* "accepted", "expired", "exceeded"; "" where no acceptance matches. */
const char *rg_accepted_word(const struct rg_row *row);
/* "up to 40 % until 2026-03-31"; nothing without one. */
void rg_accepted_add_limits(struct rg_buf *out, const struct rg_verdict *verdict,
			    const struct rg_row *row);
/* Whether functions are suspected that may have grown for a caller which is accepted: the verdict is undecided. */
bool rg_accepted_leaves_doubt(const struct rg_verdict *verdict);
/* The function, what it waits in, or the total. */
void rg_accepted_add_subject(struct rg_buf *out, const struct rg_verdict *verdict,
			     const struct rg_row *row);

void rg_accepted_write(struct rg_pen *pen, const struct rg_verdict *verdict);

#endif
