/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counted TRUTH THREADS CHILDREN CALLS [stay]: threads and child processes that each call unit_of_work() CALLS times, all at once,
 * a little after the start. Writes how often it was called in all, "calls N", and ends; with "stay" it begins when it gets
 * SIGUSR1, and waits to be ended afterwards.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS_MAX = 64, START_US = 300000 };

static volatile unsigned long sink;

__attribute__((noinline)) void unit_of_work(unsigned long i)
{
	for (unsigned long k = 0; k < 50; k++)
		sink += i ^ k;
}

static void *work(void *argument)
{
	const unsigned long *calls = argument;

	for (unsigned long i = 0; i < *calls; i++)
		unit_of_work(i);
	return NULL;
}

static void run(unsigned long threads, unsigned long children, unsigned long calls)
{
	pthread_t thread[THREADS_MAX];

	for (unsigned long i = 0; i < children; i++)
		if (fork() == 0) {
			work(&calls);
			_exit(0);
		}
	for (unsigned long i = 0; i < threads; i++)
		if (pthread_create(&thread[i], NULL, work, &calls))
			exit(1);
	for (unsigned long i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	while (wait(NULL) > 0)
		;
}

static void wait_for_word(void)
{
	sigset_t word;
	int signal;

	sigemptyset(&word);
	sigaddset(&word, SIGUSR1);
	sigprocmask(SIG_BLOCK, &word, NULL);
	sigwait(&word, &signal);
}

int main(int argc, char **argv)
{
	unsigned long threads, children, calls;
	FILE *truth;
	int stay;

	if (argc < 5)
		return 2;
	threads = strtoul(argv[2], NULL, 10);
	children = strtoul(argv[3], NULL, 10);
	calls = strtoul(argv[4], NULL, 10);
	if (threads > THREADS_MAX)
		return 2;
	stay = argc > 5 && !strcmp(argv[5], "stay");
	if (stay)
		wait_for_word();
	else
		usleep(START_US);
	run(threads, children, calls);
	truth = fopen(argv[1], "w");
	if (!truth)
		return 1;
	fprintf(truth, "calls %lu\n", (threads + children) * calls);
	fclose(truth);
	if (stay)
		pause();
	return 0;
}
