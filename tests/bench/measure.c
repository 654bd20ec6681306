/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a program with its output thrown away and prints "WALL CPU KIBIBYTES": seconds of wall time
 * and of CPU time, and the peak resident set of the program or of its largest child, whichever is
 * greater.
 *
 *   measure STATUSES PROGRAM [ARGUMENT…]     its exit status has to be one of the digits, as in 013
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void run(char **words)
{
	int null = open("/dev/null", O_WRONLY);

	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execvp(words[0], words);
	_exit(127);
}

static int is_expected(int status, const char *digits)
{
	return WIFEXITED(status) && WEXITSTATUS(status) < 10 &&
	       strchr(digits, '0' + WEXITSTATUS(status)) != NULL;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	pid_t pid;
	double start = now();

	if (argc < 3) {
		fprintf(stderr, "usage: measure STATUSES PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	pid = fork();
	if (pid == 0)
		run(argv + 2);
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) {
		perror("measure");
		return 1;
	}
	if (!is_expected(status, argv[1])) {
		fprintf(stderr, "measure: %s failed with status 0x%x\n", argv[2],
			(unsigned int)status);
		return 1;
	}
	printf("%.4f %.4f %ld\n", now() - start, seconds(usage.ru_utime) + seconds(usage.ru_stime),
	       usage.ru_maxrss);
	return 0;
}
