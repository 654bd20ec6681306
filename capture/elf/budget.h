/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_BUDGET_H
#define CAPTURE_ELF_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

/*
 * CPU time that reading one image's debug information may take. Sound information of a large
 * program takes a small part of it; made-up information can ask for quadratic work out of linear
 * bytes.
 */
struct rg_budget {
	uint64_t left_ns, entered_ns;
	uint32_t steps;
};

/* Around each use. */
void rg_budget_enter(struct rg_budget *budget);
void rg_budget_leave(struct rg_budget *budget);
/*
 * Whether there is time left: before each step of work that is short itself, the clock being read
 * at some of them only; and before one that may be long, reading it.
 */
bool rg_budget_step(struct rg_budget *budget);
bool rg_budget_look(struct rg_budget *budget);

#endif
