/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WAITS_TRUTH_H
#define WAITS_TRUTH_H

/*
 * The file in which a truth program says what it waited for, shared memory while it runs: whoever reads it later may cut
 * the times to a window of his own, and a program that is killed has said all. A file of zeroes behind its end.
 */

#include <stdint.h>

enum { TRUTH_WAITS_MAX = 1 << 18, TRUTH_NAME_SIZE = 32 };

/* One wait, in ns of CLOCK_MONOTONIC from before the blocking call to behind it. */
struct truth_wait {
	uint64_t from_ns;
	uint64_t to_ns; /* 0: it goes on */
	/* Of that time, by the thread's own schedstat: without a CPU though runnable, and on a CPU. */
	uint64_t run_queue_ns, cpu_ns;
	uint64_t
		outside_ns; /* of these two perhaps not between from and to: it was interrupted as it measured */
};

struct truth {
	char function[TRUTH_NAME_SIZE]; /* that waits; "" until the first wait begins */
	uint64_t count;                 /* waits begun; more than TRUTH_WAITS_MAX are not kept */
	struct truth_wait waits[TRUTH_WAITS_MAX];
};

#endif
