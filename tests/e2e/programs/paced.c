/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * paced FILE REQUESTS: three hundred times a second it wakes up and calls four functions one after the other, each for about
 * a tenth of a millisecond. Writes "FUNCTION 0 NS" of each to FILE, but for what took ten times that: then the machine's host
 * had the CPU, for tens of milliseconds maybe, and of all that there is one sample.
 */
#include "burn.h"

#include <errno.h>

enum { ROUNDS = 80000, PERIOD_NS = 3333333, LONGEST_NS = 1000000 };

#define PIECE(name, multiplier)                                    \
	__attribute__((noinline)) static uint64_t name(uint64_t x) \
	{                                                          \
		for (int i = 0; i < ROUNDS; i++) {                 \
			x = x * UINT64_C(multiplier) + 1;          \
			__asm__ volatile("" : "+r"(x));            \
		}                                                  \
		return x;                                          \
	}

PIECE(first_piece, 6364136223846793005)
PIECE(second_piece, 3935559000370003845)
PIECE(third_piece, 2862933555777941757)
PIECE(fourth_piece, 3202034522624059733)

struct part {
	const char *name;
	burner function;
	uint64_t used_ns;
};

static void request(struct part *parts, size_t count)
{
	static volatile uint64_t sink;

	for (size_t i = 0; i < count; i++) {
		uint64_t from = cpu_ns(), used_ns;

		sink = parts[i].function(sink);
		used_ns = cpu_ns() - from;
		if (used_ns < LONGEST_NS)
			parts[i].used_ns += used_ns;
	}
}

int main(int argc, char **argv)
{
	struct part parts[] = {
		{"first_piece", first_piece, 0},
		{"second_piece", second_piece, 0},
		{"third_piece", third_piece, 0},
		{"fourth_piece", fourth_piece, 0},
	};
	uint64_t requests = number_argument(argc, argv, 2);
	FILE *truth = open_truth(argv[1]);
	uint64_t due = clock_value(CLOCK_MONOTONIC);

	for (uint64_t i = 0; i < requests; i++) {
		due += PERIOD_NS;
		struct timespec at = {(time_t)(due / (1000 * NS_PER_MS)),
				      (long)(due % (1000 * NS_PER_MS))};

		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
			;
		request(parts, sizeof(parts) / sizeof(parts[0]));
	}
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		fprintf(truth, "%s 0 %llu\n", parts[i].name, (unsigned long long)parts[i].used_ns);
	return fclose(truth) ? 1 : 0;
}
