/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNWIND_CHAIN_H
#define UNWIND_CHAIN_H

/*
 * What the truth programs for unwinding are made of. Each is `PROGRAM MODE [NUMBER]` and runs one call chain over and
 * over, main calling the mode's function, until it is killed.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A function that stays one: not inlined, cloned, or learnt from by its callers. */
#if defined(__has_attribute) && __has_attribute(noipa)
#define STEP __attribute__((noinline, noipa, unused))
#else
#define STEP __attribute__((noinline, unused))
#endif

static volatile uint64_t sink;
static long number; /* the second argument */

/* About a microsecond of its own: short enough that every instruction of the chain is sampled now and then. */
static STEP uint64_t burn_leaf(uint64_t x)
{
	volatile uint64_t kept = x;

	for (int i = 0; i < 500; i++) {
		x = x * UINT64_C(6364136223846793005) + 1;
		__asm__ volatile("" : "+r"(x));
	}
	return x + kept;
}

/* For chains that pass through library code: most samples are to be in the leaf. */
static STEP uint64_t burn_long(uint64_t x)
{
	volatile uint64_t kept = x;

	for (int i = 0; i < 60000; i++) {
		x = x * UINT64_C(3935559000370003845) + 1;
		__asm__ volatile("" : "+r"(x));
	}
	return x + kept;
}

struct mode {
	const char *name;
	void (*run)(void);
};

static inline void (*find_mode(int argc, char **argv, const struct mode *modes, size_t count))(void)
{
	for (size_t i = 0; i < count; i++)
		if (argc > 1 && strcmp(argv[1], modes[i].name) == 0) {
			number = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
			return modes[i].run;
		}
	fprintf(stderr, "%s: no such mode\n", argv[0]);
	exit(2);
}

#define RUN_MODES(modes)                                                                  \
	int main(int argc, char **argv)                                                   \
	{                                                                                 \
		void (*run)(void) =                                                       \
			find_mode(argc, argv, (modes), sizeof(modes) / sizeof(*(modes))); \
                                                                                          \
		for (;;)                                                                  \
			run();                                                            \
	}

#endif
