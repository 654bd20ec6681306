/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROGRAMS_BURN_H
#define PROGRAMS_BURN_H

/* What the profiled programs are made of: functions that compute, and the clock they are measured by. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_MS UINT64_C(1000000)

static inline uint64_t clock_value(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now))
		exit(1);
	return (uint64_t)now.tv_sec * 1000 * NS_PER_MS + (uint64_t)now.tv_nsec;
}

/* CPU time this thread has used, as the kernel accounts for it. */
static inline uint64_t cpu_ns(void)
{
	return clock_value(CLOCK_THREAD_CPUTIME_ID);
}

typedef uint64_t (*burner)(uint64_t);

/*
 * Defines a function all of whose time is its own. The multipliers differ, or the compiler would make
 * one function of several.
 */
#define BURNER(name, multiplier)                                   \
	__attribute__((noinline)) static uint64_t name(uint64_t x) \
	{                                                          \
		for (int i = 0; i < 100000; i++) {                 \
			x = x * UINT64_C(multiplier) + 1;          \
			__asm__ volatile("" : "+r"(x));            \
		}                                                  \
		return x;                                          \
	}

/* Calls it until it has used this much CPU time; returns how much it was. A call is about 0.1 ms. */
static inline uint64_t burn(burner function, uint64_t ns)
{
	static __thread volatile uint64_t sink;
	uint64_t from = cpu_ns(), used;

	do {
		sink = function(sink);
		used = cpu_ns() - from;
	} while (used < ns);
	return used;
}

/* xorshift64*, Vigna 2016. */
static inline uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(0x2545f4914f6cdd1d);
}

static inline uint64_t number_argument(int argc, char **argv, int at)
{
	if (at >= argc) {
		fprintf(stderr, "%s: argument %d is missing\n", argv[0], at);
		exit(2);
	}
	return strtoull(argv[at], NULL, 10);
}

static inline FILE *open_truth(const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file) {
		perror(path);
		exit(1);
	}
	return file;
}

#endif
