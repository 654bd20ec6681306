/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steady [hot]: four functions at a fixed rate of work, about 40 % of a CPU, until it is killed. As "hot"
 * one of them, hash_order, costs three times as much.
 */
#include "burn.h"

/* Long ones: the kernel's part in a tick is to stay far below any function's. */
enum { TICK_MS = 60, PIECE_MS = 4 };

BURNER(parse_order, 6364136223846793005)
BURNER(check_order, 3935559000370003845)
BURNER(hash_order, 2862933555777941757)
BURNER(print_order, 3202034522624059733)

/* Pieces of varying length, so that no beat with the sampling timer can favour one function. */
static void do_tick(uint64_t *random, uint64_t hash_times)
{
	static const burner functions[] = {parse_order, check_order, hash_order, print_order};

	for (size_t i = 0; i < 4; i++) {
		uint64_t ns = PIECE_MS * NS_PER_MS + next_random(random) % (PIECE_MS * NS_PER_MS);

		burn(functions[i], functions[i] == hash_order ? hash_times * ns : ns);
	}
}

int main(int argc, char **argv)
{
	uint64_t random = 88172645463325252, hash_times = 1;
	struct timespec next;

	if (argc > 1 && !strcmp(argv[1], "hot"))
		hash_times = 3;
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (;;) {
		do_tick(&random, hash_times);
		next.tv_nsec += TICK_MS * 1000000L;
		if (next.tv_nsec >= 1000000000L) {
			next.tv_nsec -= 1000000000L;
			next.tv_sec++;
		}
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
}
