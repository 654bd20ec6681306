/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * namer FILE NAME AFTER-MS FOR-MS: burns CPU time in burn_namer() while another of its threads sleeps. After a while it
 * takes a name, and gives it up again. Writes "in NS NS" and "out NS NS" to FILE: CLOCK_MONOTONIC before and after each.
 */
#include "burn.h"

#include <pthread.h>
#include <sys/prctl.h>
#include <unistd.h>

BURNER(burn_namer, 6364136223846793005)

static void *sleep_on(void *nothing)
{
	for (;;)
		pause();
	return nothing;
}

/* CLOCK_MONOTONIC */
static void burn_until(uint64_t ns)
{
	static volatile uint64_t sink;

	while (clock_value(CLOCK_MONOTONIC) < ns)
		sink = burn_namer(sink);
}

static void take_name(const char *name, const char *what, FILE *truth)
{
	uint64_t before = clock_value(CLOCK_MONOTONIC);

	if (prctl(PR_SET_NAME, name))
		exit(1);
	fprintf(truth, "%s %llu %llu\n", what, (unsigned long long)before,
		(unsigned long long)clock_value(CLOCK_MONOTONIC));
}

int main(int argc, char **argv)
{
	uint64_t start = clock_value(CLOCK_MONOTONIC);
	uint64_t after = number_argument(argc, argv, 3) * NS_PER_MS;
	uint64_t stay = number_argument(argc, argv, 4) * NS_PER_MS;
	pthread_t sleeper;
	FILE *truth;

	if (pthread_create(&sleeper, NULL, sleep_on, NULL))
		return 1;
	truth = open_truth(argv[1]);
	burn_until(start + after);
	take_name(argv[2], "in", truth);
	burn_until(start + after + stay);
	take_name("other", "out", truth);
	if (fclose(truth))
		return 1;
	burn_until(start + after + stay + 300 * NS_PER_MS);
	return 0;
}
