/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock_waits MODE FILE: a thread that waits for another, and one that waits for a page. */
#include "wait.h"

#include <linux/futex.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static sem_t wanted, held, posted;
static int is_set, fault_fd;
static char *page;
static long page_bytes;

/* --- The other thread --- */

static void *hold_mutex(void *arg)
{
	for (;;) {
		sem_wait(&wanted);
		pthread_mutex_lock(&mutex);
		sem_post(&held);
		sleep_ns(WAIT_MS * NS_PER_MS);
		pthread_mutex_unlock(&mutex);
	}
	return arg;
}

static void *set_condition(void *arg)
{
	for (;;) {
		sem_wait(&wanted);
		sleep_ns(WAIT_MS * NS_PER_MS);
		pthread_mutex_lock(&mutex);
		is_set = 1;
		pthread_cond_signal(&condition);
		pthread_mutex_unlock(&mutex);
	}
	return arg;
}

static void *post_semaphore(void *arg)
{
	for (;;) {
		sem_wait(&wanted);
		sleep_ns(WAIT_MS * NS_PER_MS);
		sem_post(&posted);
	}
	return arg;
}

static void *fill_page(void *arg)
{
	static char bytes[1 << 16];
	struct uffd_msg message;

	while (read(fault_fd, &message, sizeof(message)) == sizeof(message)) {
		struct uffdio_copy copy = {.dst = (uintptr_t)page,
					   .src = (uintptr_t)bytes,
					   .len = (uint64_t)page_bytes};

		sleep_ns(WAIT_MS * NS_PER_MS);
		must(ioctl(fault_fd, UFFDIO_COPY, &copy) == 0, "UFFDIO_COPY");
	}
	return arg;
}

static void start(void *(*other)(void *))
{
	pthread_t thread;

	sem_init(&wanted, 0, 0);
	sem_init(&held, 0, 0);
	sem_init(&posted, 0, 0);
	must(pthread_create(&thread, NULL, other, NULL) == 0, "pthread_create");
}

static void prepare_mutex(void)
{
	start(hold_mutex);
}

static void prepare_condition(void)
{
	start(set_condition);
}

static void prepare_semaphore(void)
{
	start(post_semaphore);
}

static void prepare_fault(void)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register range = {.mode = UFFDIO_REGISTER_MODE_MISSING};

	page_bytes = sysconf(_SC_PAGESIZE);
	page = mmap(NULL, (size_t)page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0);
	fault_fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	must(page != MAP_FAILED && fault_fd >= 0 && ioctl(fault_fd, UFFDIO_API, &api) == 0,
	     "userfaultfd");
	range.range.start = (uintptr_t)page;
	range.range.len = (uint64_t)page_bytes;
	must(ioctl(fault_fd, UFFDIO_REGISTER, &range) == 0, "UFFDIO_REGISTER");
	start(fill_page);
}

/* --- The one that waits --- */

/* Another function, so that its own short wait is not block_in_mutex's. */
WAITER static void have_mutex_held(void)
{
	sem_post(&wanted);
	sem_wait(&held);
}

WAITER static void block_in_mutex(struct truth *truth)
{
	struct truth_wait *wait;

	have_mutex_held();
	wait = BEGIN_WAIT(truth);
	pthread_mutex_lock(&mutex);
	end_wait(wait);
	pthread_mutex_unlock(&mutex);
}

WAITER static void block_in_condition(struct truth *truth)
{
	struct truth_wait *wait;

	pthread_mutex_lock(&mutex);
	is_set = 0;
	sem_post(&wanted);
	wait = BEGIN_WAIT(truth);
	while (!is_set)
		pthread_cond_wait(&condition, &mutex);
	end_wait(wait);
	pthread_mutex_unlock(&mutex);
}

WAITER static void block_in_semaphore(struct truth *truth)
{
	struct truth_wait *wait;

	sem_post(&wanted);
	wait = BEGIN_WAIT(truth);
	sem_wait(&posted);
	end_wait(wait);
}

WAITER static void block_in_page_fault(struct truth *truth)
{
	struct truth_wait *wait;

	must(madvise(page, (size_t)page_bytes, MADV_DONTNEED) == 0, "madvise");
	wait = BEGIN_WAIT(truth);
	*(volatile char *)page = 1;
	end_wait(wait);
}

/* --- Two that hand a token to and fro ------------------------------------------------------- */

static volatile uint32_t turn;

WAITER static void await_turn(uint32_t mine)
{
	while (turn != mine)
		syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, 1 - mine, NULL, NULL, 0);
}

static void give_turn(uint32_t to)
{
	turn = to;
	syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *hand_back(void *arg)
{
	for (;;) {
		await_turn(1);
		give_turn(0);
	}
	return arg;
}

/* On one CPU, so that each hand-over is a switch. */
static void prepare_handover(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	must(sched_setaffinity(0, sizeof(one), &one) == 0, "sched_setaffinity");
	start(hand_back);
}

/* As often as the machine can: what it did is not kept. */
WAITER static void hand_over(struct truth *truth)
{
	(void)truth;
	give_turn(1);
	await_turn(0);
}

static const struct mode modes[] = {
	{"mutex", block_in_mutex, prepare_mutex},
	{"condition", block_in_condition, prepare_condition},
	{"semaphore", block_in_semaphore, prepare_semaphore},
	{"fault", block_in_page_fault, prepare_fault},
	{"handover", hand_over, prepare_handover},
};

int main(int argc, char **argv)
{
	run_rounds(mode_of(argc, argv, modes, sizeof(modes) / sizeof(*modes)), open_truth(argv[2]));
}
