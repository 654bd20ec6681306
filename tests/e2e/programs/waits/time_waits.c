/* SPDX-License-Identifier: GPL-2.0-or-later */
/* time_waits MODE FILE: waits that are long, short or none; threads that move, and processes that do not live long. */
#include "wait.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>

enum {
	EDGE_MS = 700,
	LONG_MS = 1200,
	SHORT_US = 20,
	BETWEEN_MS = 5,
	CHILD_MS = 1,
	SPIN_MS = 2,
	ELDER_MS = 6,
	YOUNGER_MS = 2,
	POLL_MS = 2,
	POLLERS = 16,
};

/* --- Long and short ------------------------------------------------------------------------- */

WAITER static void block_throughout(struct truth *truth)
{
	const struct timespec time = time_of(3600 * 1000 * NS_PER_MS);
	struct truth_wait *wait = BEGIN_WAIT(truth);

	nanosleep(&time, NULL);
	end_wait(wait);
}

/* Of a window longer than that, one wait begins before it and one ends after it. */
WAITER static void block_over_the_edge(struct truth *truth)
{
	const struct timespec time = time_of(EDGE_MS * NS_PER_MS);
	struct truth_wait *wait = BEGIN_WAIT(truth);

	nanosleep(&time, NULL);
	end_wait(wait);
}

WAITER static void block_for_long(struct truth *truth)
{
	const struct timespec time = time_of(LONG_MS * NS_PER_MS);
	struct truth_wait *wait = BEGIN_WAIT(truth);

	nanosleep(&time, NULL);
	end_wait(wait);
}

WAITER static void block_shortly(struct truth *truth)
{
	const struct timespec time = time_of(SHORT_US * 1000);
	struct truth_wait *wait = BEGIN_WAIT(truth);

	nanosleep(&time, NULL);
	end_wait(wait);
}

/* --- Nothing to do -------------------------------------------------------------------------- */

WAITER static void block_in_short_poll(struct truth *truth)
{
	struct truth_wait *wait = BEGIN_WAIT(truth);

	poll(NULL, 0, POLL_MS);
	end_wait(wait);
}

static void *poll_on(void *truth)
{
	for (;;)
		block_in_short_poll(truth);
	return NULL;
}

WAITER static void have_many_poll(struct truth *truth)
{
	pthread_t thread;

	for (int i = 0; i < POLLERS; i++)
		must(pthread_create(&thread, NULL, poll_on, truth) == 0, "pthread_create");
	for (;;)
		pause();
}

/* --- Callers with equal frames -------------------------------------------------------------- */

/* What the younger does is not looked at. */
static struct truth *other_truth;

static void prepare_twins(void)
{
	other_truth = mmap(NULL, sizeof(*other_truth), PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	must(other_truth != MAP_FAILED, "mmap");
}

WAITER static void block_as_elder_twin(struct truth *truth)
{
	const struct timespec time = time_of(ELDER_MS * NS_PER_MS);
	struct truth_wait *wait = BEGIN_WAIT(truth);

	nanosleep(&time, NULL);
	end_wait(wait);
}

WAITER static void block_as_younger_twin(struct truth *truth)
{
	const struct timespec time = time_of(YOUNGER_MS * NS_PER_MS);
	struct truth_wait *wait = BEGIN_WAIT(truth);

	nanosleep(&time, NULL);
	end_wait(wait);
}

/* Two stacks that differ in one return address, in turn. */
WAITER static void block_as_twins(struct truth *truth)
{
	block_as_elder_twin(truth);
	block_as_younger_twin(other_truth);
}

/* --- CPUs ----------------------------------------------------------------------------------- */

static int first_cpu, last_cpu;

static void find_cpus(void)
{
	cpu_set_t allowed;

	must(sched_getaffinity(0, sizeof(allowed), &allowed) == 0, "sched_getaffinity");
	first_cpu = -1;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &allowed))
			continue;
		first_cpu = first_cpu < 0 ? cpu : first_cpu;
		last_cpu = cpu;
	}
}

/* The kernel's thread that moves it may itself have to wait for a CPU, which is no wait that is looked at. */
WAITER static void help_move_to(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	must(sched_setaffinity(0, sizeof(one), &one) == 0, "sched_setaffinity");
}

WAITER static void block_between_moves(struct truth *truth)
{
	const struct timespec time = time_of(BETWEEN_MS * NS_PER_MS);
	struct truth_wait *wait;

	help_move_to(truth->count % 2 ? first_cpu : last_cpu);
	wait = BEGIN_WAIT(truth);
	nanosleep(&time, NULL);
	end_wait(wait);
}

/* No wait: its time is on the CPU and in the run queue. */
WAITER static void spin_in_a_crowd(struct truth *truth)
{
	struct truth_wait *wait = BEGIN_WAIT(truth);
	uint64_t until = clock_ns(CLOCK_THREAD_CPUTIME_ID) + SPIN_MS * NS_PER_MS;

	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < until)
		;
	end_wait(wait);
}

/* Two processes on one CPU. */
static void make_a_crowd(void)
{
	find_cpus();
	help_move_to(first_cpu);
	must(fork() >= 0, "fork");
}

/* --- Processes ------------------------------------------------------------------------------ */

WAITER static void block_in_a_child(struct truth *truth)
{
	const struct timespec time = time_of(CHILD_MS * NS_PER_MS);
	struct truth_wait *wait = BEGIN_WAIT(truth);

	nanosleep(&time, NULL);
	end_wait(wait);
}

static void have_a_child(struct truth *truth)
{
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid == 0) {
		block_in_a_child(truth);
		_exit(0);
	}
	must(waitpid(pid, NULL, 0) == pid, "waitpid");
}

static const struct mode modes[] = {
	{"throughout", block_throughout, NULL},
	{"edge", block_over_the_edge, NULL},
	{"long", block_for_long, NULL},
	{"short", block_shortly, NULL},
	{"pollers", have_many_poll, NULL},
	{"twins", block_as_twins, prepare_twins},
	{"moves", block_between_moves, find_cpus},
	{"crowd", spin_in_a_crowd, make_a_crowd},
	{"children", have_a_child, NULL},
};

int main(int argc, char **argv)
{
	run_rounds(mode_of(argc, argv, modes, sizeof(modes) / sizeof(*modes)), open_truth(argv[2]));
}
