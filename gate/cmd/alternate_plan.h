/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_ALTERNATE_PLAN_H
#define CMD_ALTERNATE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_capture_rehearsal;
struct rg_config;

/* The two versions of a round; also the indices of what there is of each. */
enum alternate_side {
	ALTERNATE_BASELINE = 0,
	ALTERNATE_CANARY = 1,
	ALTERNATE_SIDES = 2,
};

/* How the runs of all rounds are made: decided before the first. */
struct alternate_plan {
	uint32_t rounds;
	bool canary_first; /* in the first round; then in every second one of each pair of rounds */
	uint32_t executions; /* of the command, in a run; 0: it does not end by itself */
	uint64_t window_ns;  /* of a run; with executions, what they may take at most */
	uint64_t warmup_ns, slice_ns;
	uint64_t run_ns; /* what a run is likely to take, with all that belongs to it */
};

/* `rehearsals` are by side. */
struct alternate_plan alternate_plan_make(const struct rg_config *config,
					  const struct rg_capture_rehearsal *rehearsals,
					  bool canary_first);
/* Who is first in a round, from 0: A B B A A B B A. */
enum alternate_side alternate_plan_first(const struct alternate_plan *plan, uint32_t round);
/* The order, "A B B A A B B A …"; the baseline is A. Of many rounds as many as tell the others. */
void alternate_plan_order(const struct alternate_plan *plan, uint32_t rounds, char *out,
			  size_t size);

#endif
