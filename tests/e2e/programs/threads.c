/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * threads FILE MS: two named threads burn 2 MS and 1 MS of CPU time, each in a function of its own.
 * Writes "THREAD NS" of each to FILE.
 */
#include "burn.h"

#include <pthread.h>

BURNER(burn_reader, 6364136223846793005)
BURNER(burn_writer, 3935559000370003845)

struct job {
	const char *name;
	burner function;
	uint64_t ns, used_ns;
};

static void *work(void *argument)
{
	struct job *job = argument;

	pthread_setname_np(pthread_self(), job->name);
	job->used_ns = burn(job->function, job->ns);
	return NULL;
}

int main(int argc, char **argv)
{
	uint64_t ns = number_argument(argc, argv, 2) * NS_PER_MS;
	struct job jobs[] = {
		{"reader", burn_reader, 2 * ns, 0},
		{"writer", burn_writer, ns, 0},
	};
	FILE *truth = open_truth(argv[1]);
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, work, &jobs[i]))
			return 1;
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		fprintf(truth, "%s %llu\n", jobs[i].name, (unsigned long long)jobs[i].used_ns);
	}
	return fclose(truth) ? 1 : 0;
}
