/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * swarm FILE COUNT AT-A-TIME BURN-US NAP-US: COUNT children that execute this program again, so many of them at a time, each of
 * which burns CPU time in burn_swarm() and sleeps in nap_swarm(). Writes "children NS" to FILE: what the kernel
 * accounted them. swarm BURN-US NAP-US is a child.
 */
#include "burn.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

BURNER(burn_swarm, 2862933555777941757)

__attribute__((noinline)) static void nap_swarm(uint64_t us)
{
	struct timespec nap = {.tv_sec = (time_t)(us / 1000000),
			       .tv_nsec = (long)(us % 1000000) * 1000};

	nanosleep(&nap, NULL);
	__asm__ volatile("");
}

static int live(int argc, char **argv)
{
	burn(burn_swarm, number_argument(argc, argv, 1) * 1000);
	nap_swarm(number_argument(argc, argv, 2));
	return 0;
}

static void start(char **argv)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("/proc/self/exe", "swarm", argv[4], argv[5], (char *)NULL);
		_exit(1);
	}
	if (pid < 0)
		exit(1);
}

static void await(void)
{
	int status;

	if (wait(&status) < 0 || status)
		exit(1);
}

int main(int argc, char **argv)
{
	uint64_t count, most, begun = 0;
	struct rusage usage;
	FILE *truth;

	if (argc == 3)
		return live(argc, argv);
	count = number_argument(argc, argv, 2);
	most = number_argument(argc, argv, 3);
	number_argument(argc, argv, 5);
	for (uint64_t running = 0; begun < count || running;) {
		if (begun < count && running < most) {
			start(argv);
			begun++;
			running++;
			continue;
		}
		await();
		running--;
	}
	if (getrusage(RUSAGE_CHILDREN, &usage))
		return 1;
	truth = open_truth(argv[1]);
	fprintf(truth, "children %llu\n",
		((unsigned long long)usage.ru_utime.tv_sec +
		 (unsigned long long)usage.ru_stime.tv_sec) *
				1000000000 +
			((unsigned long long)usage.ru_utime.tv_usec +
			 (unsigned long long)usage.ru_stime.tv_usec) *
				1000);
	return fclose(truth) ? 1 : 0;
}
