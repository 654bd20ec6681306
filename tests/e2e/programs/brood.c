/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * brood FILE COUNT MS BURST: one after the other, COUNT children that burn MS of CPU time each; every
 * second one by executing BURST, the others in a function of this program. Writes "children NS" to
 * FILE: what the kernel accounted them.
 */
#include "burn.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

BURNER(burn_forked, 3935559000370003845)

static void run_child(char **argv, int index)
{
	pid_t pid = fork();
	int status;

	if (pid == 0 && index % 2)
		execl(argv[4], argv[4], argv[3], (char *)NULL);
	if (pid == 0) {
		burn(burn_forked, strtoull(argv[3], NULL, 10) * NS_PER_MS);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		exit(1);
}

static uint64_t ns_of(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000 * NS_PER_MS + (uint64_t)t.tv_usec * 1000;
}

int main(int argc, char **argv)
{
	int count = (int)number_argument(argc, argv, 2);
	struct rusage usage;
	FILE *truth;

	number_argument(argc, argv, 4);
	for (int i = 0; i < count; i++)
		run_child(argv, i);
	if (getrusage(RUSAGE_CHILDREN, &usage))
		return 1;
	truth = open_truth(argv[1]);
	fprintf(truth, "children %llu\n",
		(unsigned long long)(ns_of(usage.ru_utime) + ns_of(usage.ru_stime)));
	return fclose(truth) ? 1 : 0;
}
