/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef E2E_WAITS_JUDGE_H
#define E2E_WAITS_JUDGE_H

#include "e2e.h"

#include "rg/profile.h"

/* Whether a profile says of the truth programs for off-CPU time (tests/e2e/programs/waits) what they say themselves. */

/* From the function that waits, which run_rounds() calls, to the root. */
#define WAIT_ROOT " run_rounds main (lib)+ _start"

struct e2e_wait_row {
	const char *program, *mode;
	const char *function, *tail; /* that waits, and its callers as a chain (chains.h) */
	const char *class;           /* of its waits */
	uint64_t at_least;           /* waits in the window, or the row says nothing */
	bool in_parts;               /* one blocking call may wait several times */
};

/*
 * Launches the rows' programs of a variant together, and captures them for window_ms. `without` names features of the
 * kernel to do without, with blanks between them, or is NULL.
 */
const struct rg_profile *e2e_waits_capture(struct e2e *e, const struct e2e_wait_row *rows,
					   size_t count, const char *variant, const char *window,
					   const char *without);

/*
 * Whether function, callers, class, time and number of waits are right; says what is not. Time is right within 1 % of the
 * program's own, and four times sqrt(threshold x time) of waits that are shorter than the threshold (their stacks are sampled).
 */
bool e2e_wait_holds(struct e2e *e, const struct rg_profile *profile, const struct e2e_wait_row *row,
		    const char *variant);

/* What the program says of the window: blocked, in the run queue, on a CPU. Those begun in it or before, and not ended before it. */
struct e2e_wait_truth {
	uint64_t waits; /* calls; some may have found what they wanted, without waiting */
	uint64_t
		long_waits; /* those that blocked for the threshold of off_cpu.threshold_ns or longer */
	uint64_t blocked_ns, run_queue_ns, cpu_ns;
	/*
	 * The shorter ones are met in proportion to their time, and then stand for the threshold's time and the more waits the
	 * shorter they are: their time together, and the variance of the number of waits.
	 */
	uint64_t short_ns;
	double short_variance;
	/* Of the latter two perhaps blocked: it is not known where in its wait a thread was awake, and one edge counts. */
	uint64_t unsure_ns;
};

struct e2e_wait_truth e2e_wait_truth(struct e2e *e, const struct rg_profile *profile,
				     const struct e2e_wait_row *row);

/* The account closes within max(2 %, 4 standard errors), and nothing is lost. */
void e2e_assert_account(const struct rg_profile *profile);

#endif
