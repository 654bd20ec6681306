/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * served RATE [dear]: so many requests a second, until it is killed; each takes the same number of instructions, about half a millisecond.
 * As "dear" half as many again, in hash_request().
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 60000 };

static volatile uint64_t sink;

#define STEPS(name, factor)                                              \
	__attribute__((noinline)) static void name(unsigned long rounds) \
	{                                                                \
		uint64_t x = sink;                                       \
                                                                         \
		for (unsigned long i = 0; i < rounds; i++)               \
			x = x * UINT64_C(factor) + i;                    \
		sink = x;                                                \
	}

STEPS(parse_request, 6364136223846793005)
STEPS(check_request, 3935559000370003845)
STEPS(hash_request, 2862933555777941757)
STEPS(print_reply, 3202034522624059733)

__attribute__((noinline)) void serve_request(unsigned long hash_rounds)
{
	parse_request(ROUNDS);
	check_request(ROUNDS);
	hash_request(hash_rounds);
	print_reply(ROUNDS);
}

int main(int argc, char **argv)
{
	long rate = argc > 1 ? atol(argv[1]) : 0;
	unsigned long hash_rounds = argc > 2 && !strcmp(argv[2], "dear") ? 3 * ROUNDS : ROUNDS;
	struct timespec next;

	if (rate < 1)
		return 2;
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (;;) {
		serve_request(hash_rounds);
		next.tv_nsec += 1000000000L / rate;
		while (next.tv_nsec >= 1000000000L) {
			next.tv_nsec -= 1000000000L;
			next.tv_sec++;
		}
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
}
