/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two threads of one process hand a token to and fro through futexes on one CPU, until they are killed: as many context
 * switches as the machine can do, or about so many a second of CPU time, with work between them.
 * usage: pingpong FILE [SWITCHES]
 * The first 8 bytes of FILE are the number of round trips so far, two switches each.
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* What a switch takes by itself, about. */
#define SWITCH_S 1e-6

static volatile uint32_t turn;
static volatile uint64_t *trips;
static long steps;

static void do_steps(long count)
{
	for (long i = 0; i < count; i++)
		__asm__ volatile("" ::: "memory");
}

static void work(void)
{
	do_steps(steps);
}

static void wait_for(uint32_t mine)
{
	while (turn != mine)
		syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, 1 - mine, NULL, NULL, 0);
}

static void hand_over(uint32_t to)
{
	turn = to;
	syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *pong(void *unused)
{
	(void)unused;
	for (;;) {
		wait_for(1);
		work();
		hand_over(0);
	}
	return NULL;
}

static void *ping(void *unused)
{
	(void)unused;
	for (;;) {
		hand_over(1);
		wait_for(0);
		work();
		++*trips;
	}
	return NULL;
}

static double seconds(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* So many steps that there are about `rate` switches in a second of CPU time. */
static long steps_for(double rate)
{
	const long probe = 100000000;
	double before = seconds(CLOCK_PROCESS_CPUTIME_ID), step;

	do_steps(probe);
	step = (seconds(CLOCK_PROCESS_CPUTIME_ID) - before) / (double)probe;
	return rate > 0 && 1 / rate > SWITCH_S ? (long)((1 / rate - SWITCH_S) / step) : 0;
}

int main(int argc, char **argv)
{
	int fd = argc > 1 ? open(argv[1], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;
	pthread_t threads[2];
	cpu_set_t one;

	if (fd < 0 || ftruncate(fd, sizeof(*trips))) {
		fprintf(stderr, "usage: pingpong FILE [SWITCHES]\n");
		return 2;
	}
	trips = mmap(NULL, sizeof(*trips), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (trips == MAP_FAILED)
		return 1;
	steps = steps_for(argc > 2 ? atof(argv[2]) : 0);
	/* On one CPU every hand-over is a switch. */
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	pthread_create(&threads[0], NULL, ping, NULL);
	pthread_create(&threads[1], NULL, pong, NULL);
	pthread_join(threads[0], NULL);
	return 0;
}
