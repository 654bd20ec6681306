/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_COST_H
#define CAPTURE_COST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RG_COST_PROGRAMS = 16 };

/*
 * What the capture itself takes: the run time of its BPF programs, which the kernel measures while it is asked to, and
 * its own CPU time. A lower bound: entering and leaving programs is not measured, nor what they do to caches.
 */
struct rg_cost {
	int programs[RG_COST_PROGRAMS]; /* descriptors, borrowed */
	size_t count;
	int stats_fd; /* the kernel measures while it is open; -1 */
	uint64_t since_ns, measured_ns;
	uint64_t bpf_start_ns;  /* run time when the present measurement began, */
	uint64_t bpf_ns;        /* and the sum of those that ended */
	uint64_t cpu_before_ns; /* of this process */
	double bpf_share;       /* of a CPU, in the last measurement */
};

void rg_cost_begin(struct rg_cost *cost, const int *programs, size_t count);
/*
 * Measures a tenth of the time, for measuring costs as well. Call often; elapsed_ns: since the window began.
 */
void rg_cost_turn(struct rg_cost *cost, uint64_t elapsed_ns);
/* Leaves off measuring, if that goes on. */
void rg_cost_stop(struct rg_cost *cost);

struct rg_cost_result {
	uint64_t bpf_ns; /* over the window, extrapolated from the time measured */
	uint64_t cpu_ns; /* user and system time of this process */
	bool known;      /* the kernel measured */
};
struct rg_cost_result rg_cost_end(struct rg_cost *cost, uint64_t window_ns);

#endif
