/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pool_waits idle|starving FILE: a pool of workers that have no work, and one whose work lacks a resource. */
#include "wait.h"

#include <pthread.h>

enum { WORKERS = 4 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t job_came = PTHREAD_COND_INITIALIZER;
static pthread_cond_t connection_came = PTHREAD_COND_INITIALIZER;
static int jobs, connections;

/* The wait of a worker without work is in the function that its thread starts with. */
WAITER static void *run_idle_worker(void *arg)
{
	struct truth *truth = arg;

	for (;;) {
		struct truth_wait *wait;

		pthread_mutex_lock(&mutex);
		wait = BEGIN_WAIT(truth);
		while (!jobs)
			pthread_cond_wait(&job_came, &mutex);
		end_wait(wait);
		jobs--;
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

WAITER static void acquire_connection(struct truth *truth)
{
	struct truth_wait *wait;

	pthread_mutex_lock(&mutex);
	wait = BEGIN_WAIT(truth);
	while (!connections)
		pthread_cond_wait(&connection_came, &mutex);
	end_wait(wait);
	connections--;
	pthread_mutex_unlock(&mutex);
}

WAITER static void *run_starving_worker(void *arg)
{
	for (;;)
		acquire_connection(arg);
	return NULL;
}

static void start_workers(void *(*worker)(void *), struct truth *truth)
{
	pthread_t thread;

	for (int i = 0; i < WORKERS; i++)
		must(pthread_create(&thread, NULL, worker, truth) == 0, "pthread_create");
}

/* One job or connection now and then. */
static void hand_out(int *what, pthread_cond_t *came)
{
	for (;;) {
		sleep_ns(WAIT_MS * NS_PER_MS);
		pthread_mutex_lock(&mutex);
		(*what)++;
		pthread_cond_signal(came);
		pthread_mutex_unlock(&mutex);
	}
}

static void run_idle(struct truth *truth)
{
	start_workers(run_idle_worker, truth);
	hand_out(&jobs, &job_came);
}

static void run_starving(struct truth *truth)
{
	start_workers(run_starving_worker, truth);
	hand_out(&connections, &connection_came);
}

static const struct mode modes[] = {
	{"idle", run_idle, NULL},
	{"starving", run_starving, NULL},
};

int main(int argc, char **argv)
{
	run_rounds(mode_of(argc, argv, modes, sizeof(modes) / sizeof(*modes)), open_truth(argv[2]));
}
