/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two threads of one process hand a token to and fro through futexes: as many context switches as the
 * machine can do, or fewer: with the given number of steps of work at each turn. Prints "round trips per CPU-second" over
 * the given time, after a short start.
 * usage: pingpong SECONDS [STEPS]
 */
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile uint32_t turn;
static volatile uint64_t trips;
static long steps;

static void work(void)
{
	for (long i = 0; i < steps; i++)
		__asm__ volatile("" ::: "memory");
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
		trips++;
	}
	return NULL;
}

static double seconds(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	double length = argc > 1 ? atof(argv[1]) : 5, cpu;
	pthread_t threads[2];
	cpu_set_t one;
	uint64_t before;

	steps = argc > 2 ? atol(argv[2]) : 0;
	/* On one CPU every hand-over is a switch. */
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	pthread_create(&threads[0], NULL, ping, NULL);
	pthread_create(&threads[1], NULL, pong, NULL);
	usleep(300000);
	before = trips;
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	usleep((useconds_t)(length * 1e6));
	printf("%.0f\n", (double)(trips - before) / (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu));
	fflush(stdout);
	_exit(0); /* with the threads as they are */
}
