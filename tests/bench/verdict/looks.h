/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BENCH_LOOKS_H
#define RG_BENCH_LOOKS_H

#include "../simulate_looks.h"

/* Comparisons that go on until they are decided: one row of the table for each number of looks. */

enum looks_truth { LOOKS_NONE, LOOKS_40, LOOKS_100, LOOKS_TRUTHS };

struct looks_rates {
	double fail, pass, found;
	double used; /* mean, of what there is at the end */
};

struct looks_cell {
	size_t kind; /* what the rows of one number of looks each have in common */
	struct rg_sim_growing growing;
	struct looks_rates rates[LOOKS_TRUTHS];
};

enum { LOOKS_CELLS = 32 };

/* Fills in what is simulated. */
void looks_make(struct looks_cell cells[LOOKS_CELLS]);
/* Simulates one truth of a cell. Returns 0 or -1. */
int looks_run(struct looks_cell *cell, enum looks_truth truth, size_t pairs, uint64_t seed);
/* A table in Markdown on standard output. */
void looks_print(const struct looks_cell cells[LOOKS_CELLS]);
/* Prints which of the thresholds hold; true when all do. */
bool looks_check(const struct looks_cell cells[LOOKS_CELLS], size_t pairs);

#endif
