/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BENCH_CELLS_H
#define RG_BENCH_CELLS_H

#include "rivals.h"

/* Cells of the benchmark: what is simulated, and what came of it. */

enum truth {
	TRUTH_NONE, /* nothing changed */
	TRUTH_25,   /* one of the five heaviest functions, each in turn, costs that much more */
	TRUTH_40,
	TRUTH_100,
	TRUTH_NEW,     /* a new function, 3 % of the canary */
	TRUTH_REMOVED, /* a function of 30 % is gone */
	TRUTH_COUNT,
	TRUTH_MDG = TRUTH_COUNT, /* as much as a null pair says it would have found; runs with it */
};

enum part {
	PART_GRID,    /* busy cores x sigma x runs, per second */
	PART_SHARES,  /* the same on shares */
	PART_ROUNDS,  /* paired rounds on a machine that changes from round to round */
	PART_UNROUND, /* the same runs, not paired */
	PART_OTHER,   /* other kinds of noise */
	PART_APART,   /* paired rounds of versions that differ in many functions */
};

struct outcome {
	bool made, same; /* same: the judgement through profiles agreed */
	double pass, fail, undecided, changed, other, covered;
	double rival_fail[RIVAL_COUNT], rival_changed[RIVAL_COUNT], rival_other[RIVAL_COUNT];
};

struct result {
	struct outcome truth[TRUTH_COUNT];
	/* Growth that the rule said it would find, the median of five, and how often it did. */
	double mdg, mdg_power;
};

struct cell {
	enum part part;
	const char *name; /* of other noise */
	struct rg_sim_scenario scenario;
	enum rg_basis basis;
	unsigned truths; /* bits of enum truth */
	bool rivals, mdg;
};

/* All of them; the caller frees the array. NULL when out of memory. */
struct cell *cells_make(size_t *count);

/* Simulates one truth of a cell. Returns 0 or -1. */
int cell_run(const struct cell *cell, enum truth truth, size_t pairs, uint64_t seed,
	     struct result *out);

/* Tables in Markdown on standard output. */
void figures_print(const struct cell *cells, const struct result *results, size_t count,
		   size_t pairs);
/* Prints which of the rule's thresholds hold; true when all do. */
bool checks_print(const struct cell *cells, const struct result *results, size_t count,
		  size_t pairs);

#endif
