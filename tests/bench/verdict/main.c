/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verdict against simulated truth: verdict PAIRS PROCESSES [CORES]. Prints tables in Markdown, then
 * which of the thresholds hold; exit status 1 when one does not. CORES: those cells alone. The same
 * PAIRS give the same figures, however many processes share the work.
 */
#include "cells.h"
#include "looks.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the processes share. */
struct shared {
	atomic_size_t next; /* piece of work: a cell and a truth */
	atomic_bool failed;
	atomic_size_t next_look;
	bool with_looks;
	struct looks_cell looks[LOOKS_CELLS];
	struct result result[];
};

/* Pieces of work beyond any of the cells'. */
enum { LOOKS_SEEDS = 1 << 20 };

static uint64_t seed_of(size_t piece)
{
	struct rg_sim_random random = {UINT64_C(20240601) + piece};

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
		if (cell_run(&cells[cell], truth, pairs, seed_of(piece), &shared->result[cell]))
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
			      seed_of(LOOKS_SEEDS + cell->kind * LOOKS_TRUTHS + truth)))
			shared->failed = true;
	}
}

static bool run_all(const struct cell *cells, size_t count, size_t pairs, long processes,
		    struct shared *shared)
{
	for (long i = 1; i < processes; i++) {
		pid_t child = fork();

		if (child < 0)
			return false;
		if (child == 0) {
			work(cells, count, pairs, shared);
			if (shared->with_looks)
				work_looks(pairs, shared);
			_exit(0);
		}
	}
	work(cells, count, pairs, shared);
	if (shared->with_looks)
		work_looks(pairs, shared);
	for (int status; wait(&status) > 0;)
		shared->failed |= status != 0;
	return !shared->failed;
}

int main(int argc, char **argv)
{
	long pairs = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	long processes = argc > 2 ? strtol(argv[2], NULL, 10) : 1;
	double cores = argc > 3 ? strtod(argv[3], NULL) : 0;
	size_t count;
	struct cell *cells = cells_make(&count);

	for (size_t i = 0; cells && cores > 0 && i < count; i++) {
		if (fabs(cells[i].scenario.cores - cores) > 1e-9)
			cells[i].truths = 0;
	}
	if (pairs < 5 || pairs > 1000000 || processes < 1 || processes > 1000 || !cells) {
		fprintf(stderr, "usage: verdict PAIRS PROCESSES [CORES]\n");
		return 2;
	}
	struct shared *shared = mmap(NULL, sizeof(*shared) + count * sizeof(struct result),
				     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared != MAP_FAILED) {
		looks_make(shared->looks);
		shared->with_looks = cores <= 0;
	}
	if (shared == MAP_FAILED || !run_all(cells, count, (size_t)pairs, processes, shared)) {
		fprintf(stderr, "bench-verdict: the simulation failed\n");
		return 2;
	}
	figures_print(cells, shared->result, count, (size_t)pairs);
	if (cores <= 0)
		looks_print(shared->looks);
	bool all = checks_print(cells, shared->result, count, (size_t)pairs);

	if (cores <= 0)
		all &= looks_check(shared->looks, (size_t)pairs);
	return all ? 0 : 1;
}
