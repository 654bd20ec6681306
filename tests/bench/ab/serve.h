/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BENCH_SERVE_H
#define RG_BENCH_SERVE_H

/*
 * A service without a network: requests arrive at a fixed rate, each is done at once. Its arguments are
 * "rate=N" (a second) and "NAME=FACTOR": what a part of the work costs of what it would.
 */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Stands for functions that are too large to be inlined, or cloned, in a real program. */
#ifdef __clang__
#define LARGE __attribute__((noinline))
#else
#define LARGE __attribute__((noinline, noclone))
#endif

static inline double serve_argument(int argc, char **argv, const char *name, double fallback)
{
	size_t len = strlen(name);

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], name, len) == 0 && argv[i][len] == '=')
			return strtod(argv[i] + len + 1, NULL);
	}
	return fallback;
}

/* A name that nothing has is a mistyped experiment. */
static inline void serve_check_arguments(int argc, char **argv, const char *const *names,
					 size_t count)
{
	for (int i = 1; i < argc; i++) {
		size_t known = 0, len = strcspn(argv[i], "=");

		while (known < count &&
		       (strlen(names[known]) != len || strncmp(argv[i], names[known], len) != 0))
			known++;
		if (known == count && strncmp(argv[i], "rate=", 5) != 0) {
			fprintf(stderr, "%s: no part of the work is called '%s'\n", argv[0],
				argv[i]);
			exit(2);
		}
	}
}

/*
 * Forever: the k-th request at k/rate seconds, or as soon after it as the ones before are done. Inlined, so that the
 * sleep in between is the thread's own function's.
 */
__attribute__((always_inline)) static inline void serve(double rate, void (*request)(void *context),
							void *context)
{
	const int64_t second = 1000000000;
	struct timespec start;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (uint64_t k = 1;; k++) {
		int64_t at = start.tv_nsec + (int64_t)((double)k / rate * (double)second);
		struct timespec due = {start.tv_sec + at / second, at % second};

		request(context);
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
			;
	}
}

#endif
