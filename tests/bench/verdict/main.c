/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verdict against simulated truth: verdict PAIRS PROCESSES [SEED [CELLS]]. Prints tables in Markdown, then
 * which of the thresholds hold; exit status 1 when one does not. The same PAIRS and SEED give the same
 * figures, however many processes share the work; SEED 0 is the one the rule was chosen by. CELLS: all, looks,
 * or those with J,m runs, so many CORES and a SIGMA in percent: "8,3,0.25,10".
 */
#include "cells.h"
#include "looks.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the processes share. */
struct shared {
	atomic_size_t next; /* piece of work: a cell and a truth */
	atomic_bool failed;
	atomic_size_t next_look;
	uint64_t seed;
	bool with_cells, with_looks;
	struct looks_cell looks[LOOKS_CELLS];
	struct result result[];
};

/* Pieces of work beyond any of the cells'. */
enum { LOOKS_SEEDS = 1 << 20 };

/* Seeds that are close to each other have nothing in common. */
static uint64_t seed_of(const struct shared *shared, size_t piece)
{
	struct rg_sim_random other = {shared->seed};
	struct rg_sim_random random = {UINT64_C(20240601) + piece};

	if (shared->seed)
		random.state ^= rg_sim_next(&other);
	return rg_sim_next(&random);
}

/* The costly cells come last in the grid: from the end, so that no process is left with one alone. */
static void work(const struct cell *cells, size_t count, size_t pairs, struct shared *shared)
{
	size_t pieces = count * TRUTH_COUNT, taken;

	while ((taken = atomic_fetch_add(&shared->next, 1)) < pieces && !shared->failed) {
		size_t piece = pieces - 1 - taken, cell = piece / TRUTH_COUNT;
		enum truth truth = (enum truth)(piece % TRUTH_COUNT);

		if (!(cells[cell].truths >> truth & 1))
			continue;
		if (cell_run(&cells[cell], truth, pairs, seed_of(shared, piece),
			     &shared->result[cell]))
			shared->failed = true;
		if (isatty(STDERR_FILENO))
			fprintf(stderr, "\r%zu of %zu", taken + 1, pieces);
	}
}

static void work_looks(size_t pairs, struct shared *shared)
{
	size_t taken;

	while ((taken = atomic_fetch_add(&shared->next_look, 1)) < LOOKS_CELLS * LOOKS_TRUTHS &&
	       !shared->failed) {
		struct looks_cell *cell = &shared->looks[taken / LOOKS_TRUTHS];
		size_t truth = taken % LOOKS_TRUTHS;

		/* The same pairs however often they are looked at. */
		if (looks_run(cell, (enum looks_truth)truth, pairs,
			      seed_of(shared, LOOKS_SEEDS + cell->kind * LOOKS_TRUTHS + truth)))
			shared->failed = true;
	}
}

static void work_all(const struct cell *cells, size_t count, size_t pairs, struct shared *shared)
{
	if (shared->with_cells)
		work(cells, count, pairs, shared);
	if (shared->with_looks)
		work_looks(pairs, shared);
}

static bool run_all(const struct cell *cells, size_t count, size_t pairs, long processes,
		    struct shared *shared)
{
	for (long i = 1; i < processes; i++) {
		pid_t child = fork();

		if (child < 0)
			return false;
		if (child == 0) {
			work_all(cells, count, pairs, shared);
			_exit(0);
		}
	}
	work_all(cells, count, pairs, shared);
	for (int status; wait(&status) > 0;)
		shared->failed |= status != 0;
	return !shared->failed;
}

/* What the words ask for. */
struct asked {
	long pairs, processes;
	uint64_t seed;
	bool cells, looks;
};

static bool is_like(const struct rg_sim_scenario *scenario, size_t base_runs, size_t canary_runs,
		    double cores, double sigma_percent)
{
	return scenario->base_runs == base_runs && scenario->canary_runs == canary_runs &&
	       fabs(scenario->cores - cores) < 1e-9 &&
	       fabs(100 * scenario->sigma - sigma_percent) < 1e-9;
}

/* False when there are no such cells. */
static bool choose_cells(const char *text, struct cell *cells, size_t count, struct asked *asked)
{
	size_t base_runs, canary_runs, found = 0;
	double cores, sigma;

	asked->looks = strcmp(text, "all") == 0 || strcmp(text, "looks") == 0;
	asked->cells = strcmp(text, "looks") != 0;
	if (asked->looks)
		return true;
	if (sscanf(text, "%zu,%zu,%lf,%lf", &base_runs, &canary_runs, &cores, &sigma) != 4)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (is_like(&cells[i].scenario, base_runs, canary_runs, cores, sigma))
			found++;
		else
			cells[i].truths = 0;
	}
	return found > 0;
}

static bool read_words(int argc, char **argv, struct cell *cells, size_t count, struct asked *asked)
{
	*asked = (struct asked){
		.pairs = argc > 1 ? strtol(argv[1], NULL, 10) : 0,
		.processes = argc > 2 ? strtol(argv[2], NULL, 10) : 1,
		.seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 0,
	};
	return asked->pairs >= 5 && asked->pairs <= 1000000 && asked->processes >= 1 &&
	       asked->processes <= 1000 && cells &&
	       choose_cells(argc > 4 ? argv[4] : "all", cells, count, asked);
}

/* True when all thresholds hold. */
static bool print_all(const struct asked *asked, const struct cell *cells, size_t count,
		      const struct shared *shared)
{
	size_t pairs = (size_t)asked->pairs;
	bool all = true;

	if (asked->cells)
		figures_print(cells, shared->result, count, pairs);
	if (asked->looks)
		looks_print(shared->looks);
	printf("\n### Thresholds\n\n");
	if (asked->cells)
		all &= checks_print(cells, shared->result, count, pairs);
	if (asked->looks)
		all &= looks_check(shared->looks, pairs);
	return all;
}

int main(int argc, char **argv)
{
	struct asked asked;
	size_t count;
	struct cell *cells = cells_make(&count);

	if (!read_words(argc, argv, cells, count, &asked)) {
		fprintf(stderr,
			"usage: verdict PAIRS PROCESSES [SEED [all|looks|J,m,CORES,SIGMA]]\n");
		return 2;
	}
	struct shared *shared = mmap(NULL, sizeof(*shared) + count * sizeof(struct result),
				     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared != MAP_FAILED) {
		looks_make(shared->looks);
		shared->seed = asked.seed;
		shared->with_cells = asked.cells;
		shared->with_looks = asked.looks;
	}
	if (shared == MAP_FAILED ||
	    !run_all(cells, count, (size_t)asked.pairs, asked.processes, shared)) {
		fprintf(stderr, "bench-verdict: the simulation failed\n");
		return 2;
	}
	return print_all(&asked, cells, count, shared) ? 0 : 1;
}
