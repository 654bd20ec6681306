/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * family FILE: a process and its child burn CPU time until they are killed. Writes "child PID" to FILE
 * when both are at it.
 */
#include "burn.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

BURNER(burn_parent, 6364136223846793005)
BURNER(burn_child, 3935559000370003845)

static void live(burner function)
{
	const struct timespec rest = {.tv_nsec = 1000000};

	for (;;) {
		burn(function, 2 * NS_PER_MS);
		nanosleep(&rest, NULL);
	}
}

int main(int argc, char **argv)
{
	pid_t pid = fork();
	FILE *truth;

	(void)argc;
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		live(burn_child);
	}
	truth = open_truth(argv[1]);
	fprintf(truth, "child %d\n", (int)pid);
	if (fclose(truth))
		return 1;
	live(burn_parent);
}
