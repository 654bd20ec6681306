/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WAITS_WAIT_H
#define WAITS_WAIT_H

/*
 * What the truth programs for off-CPU time are made of. Each is `PROGRAM MODE FILE`: until it is killed it blocks in a
 * known function, again and again, and says in FILE (truth.h) when.
 */

#include "truth.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#if defined(__has_attribute) && __has_attribute(noipa)
#define WAITER __attribute__((noinline, noipa, unused))
#else
#define WAITER __attribute__((noinline, unused))
#endif

#define NS_PER_MS INT64_C(1000000)
enum {
	WAIT_MS = 20, /* of most waits */
	MEASURE_NS = 100000,
};

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now))
		exit(1);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static inline uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static inline struct timespec time_of(int64_t ns)
{
	return (struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
}

/* For what helps, not for what is tested: the function that calls nanosleep is the one to be named. */
static inline void sleep_ns(int64_t ns)
{
	const struct timespec time = time_of(ns);

	nanosleep(&time, NULL);
}

/* Ends the program: its truth would be none. */
static inline void must(int condition, const char *what)
{
	if (condition)
		return;
	perror(what);
	exit(1);
}

/* --- The truth ------------------------------------------------------------------------------ */

static inline struct truth *open_truth(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct truth *truth;

	must(fd >= 0 && ftruncate(fd, sizeof(*truth)) == 0, path);
	truth = mmap(NULL, sizeof(*truth), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	must(truth != MAP_FAILED, path);
	close(fd);
	return truth;
}

/* The second number of schedstat (proc(5)): how long the calling thread has waited for a CPU. */
static inline uint64_t run_queue_ns(void)
{
	static __thread int fd = -1;
	char text[128] = "";
	unsigned long long delay = 0;

	if (fd < 0)
		fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
	must(fd >= 0 && pread(fd, text, sizeof(text) - 1, 0) > 0, "schedstat");
	must(sscanf(text, "%*u %llu", &delay) == 1, "schedstat");
	return delay;
}

/* To measure takes a few microseconds; what took much longer was interrupted. */
static inline uint64_t interruption_ns(uint64_t from, uint64_t to)
{
	return to - from > MEASURE_NS ? to - from : 0;
}

/* Several threads and processes may write to one file. The clock is read last, the others count a little more. */
static inline struct truth_wait *begin_wait(struct truth *truth, const char *function)
{
	uint64_t at = __atomic_fetch_add(&truth->count, 1, __ATOMIC_SEQ_CST);
	struct truth_wait *wait = &truth->waits[at < TRUTH_WAITS_MAX ? at : TRUTH_WAITS_MAX - 1];

	uint64_t before;

	snprintf(truth->function, sizeof(truth->function), "%s", function);
	before = now_ns();
	wait->run_queue_ns = run_queue_ns();
	wait->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	wait->from_ns = now_ns();
	wait->outside_ns = interruption_ns(before, wait->from_ns);
	return wait;
}

static inline void end_wait(struct truth_wait *wait)
{
	uint64_t to = now_ns();

	wait->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - wait->cpu_ns;
	wait->run_queue_ns = run_queue_ns() - wait->run_queue_ns;
	wait->outside_ns += interruption_ns(to, now_ns());
	wait->to_ns = to;
}
#define BEGIN_WAIT(truth) begin_wait(truth, __func__)

/* --- Modes ---------------------------------------------------------------------------------- */

/* A mode is a function that waits once, and what is done before the first time. */
struct mode {
	const char *name;
	void (*wait)(struct truth *truth);
	void (*prepare)(void);
};

WAITER static void run_rounds(const struct mode *mode, struct truth *truth)
{
	if (mode->prepare)
		mode->prepare();
	for (;;)
		mode->wait(truth);
}

static inline const struct mode *mode_of(int argc, char **argv, const struct mode *modes,
					 size_t count)
{
	for (size_t i = 0; argc == 3 && i < count; i++)
		if (strcmp(argv[1], modes[i].name) == 0)
			return &modes[i];
	fprintf(stderr, "usage: %s MODE FILE\n", argv[0]);
	exit(2);
}

#endif
