/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stubborn FILE: ignores SIGTERM, and so does a daemon it makes (a session and a parent of its own).
 * Writes "self PID" and "daemon PID" to FILE.
 */
#include "burn.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

BURNER(burn_on, 6364136223846793005)

static void live(void)
{
	const struct timespec rest = {.tv_nsec = 1000000};

	for (;;) {
		burn(burn_on, NS_PER_MS);
		nanosleep(&rest, NULL);
	}
}

static void write_pid(const char *path, const char *mode, const char *who)
{
	FILE *truth = fopen(path, mode);

	if (!truth || fprintf(truth, "%s %d\n", who, (int)getpid()) < 0 || fclose(truth))
		exit(1);
}

/* The daemon writes its pid itself: what fork() returned to its parent died with that. */
static void make_daemon(const char *path)
{
	pid_t pid = fork();

	if (pid == 0) {
		setsid();
		if (fork())
			_exit(0);
		write_pid(path, "a", "daemon");
		live();
	}
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	number_argument(argc, argv, 1);
	signal(SIGTERM, SIG_IGN);
	write_pid(argv[1], "w", "self");
	make_daemon(argv[1]);
	live();
}
