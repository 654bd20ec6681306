/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_CONFORMANCE_WRITERS_H
#define TEST_CONFORMANCE_WRITERS_H

/* Writers at a time, some of them killed, and readers beside them. */

#include "fixture.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>

enum { WRITERS = 20, KILLED = 8, RUNS = 10, MAX_RUNS = 1000, MAX_DELAY_US = 100000 };

/* What the writers were told is stored, kept where a kill does not take it. */
struct told {
	volatile int runs[WRITERS];
};

/* RG_TEST_RUNS=100 makes it last. */
static int runs_each(void)
{
	const char *text = getenv("RG_TEST_RUNS");
	const int runs = text ? atoi(text) : RUNS;

	return runs > 0 && runs <= MAX_RUNS ? runs : RUNS;
}

/* A child's work; it reports by its exit status. */
static int put_runs(struct fixture *fixture, int writer, int runs, struct told *told)
{
	for (int i = 0; i < runs; i++) {
		struct rg_store_run run = {0};
		struct rg_err err = {0};
		bool created;
		char text[64];

		snprintf(text, sizeof(text), "writer %d run %d", writer, i);
		if (rg_store_put(fixture->store, &sample_key, "l", text, strlen(text), &run,
				 &created, &err)) {
			fprintf(stderr, "%s: %s\n", text, err.text);
			return 1;
		}
		rg_store_run_done(&run);
		if (told)
			told->runs[writer] = i + 1;
	}
	return 0;
}

static pid_t start_writer(struct fixture *fixture, int writer, int runs, struct told *told)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(put_runs(fixture, writer, runs, told));
	return pid;
}

static void assert_ended_well(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* They also race to make the store. */
static void writers_at_a_time_lose_nothing(void **state)
{
	struct fixture *fixture = *state;
	const int runs = runs_each();
	pid_t writers[WRITERS];

	for (int i = 0; i < WRITERS; i++)
		writers[i] = start_writer(fixture, i, runs, NULL);
	for (int i = 0; i < WRITERS; i++)
		assert_ended_well(writers[i]);
	assert_whole(fixture, (size_t)WRITERS * (size_t)runs);
}

static void sleep_us(long us)
{
	const struct timespec time = {.tv_nsec = us * 1000};

	nanosleep(&time, NULL);
}

/* How many runs of each writer the store holds; the bytes name them. */
static void count_runs(struct fixture *fixture, int found[WRITERS])
{
	struct rg_store_list list = find_all(fixture);

	if (list.damaged)
		fail_msg("damaged: %s", list.first_damaged);
	for (size_t i = 0; i < list.count; i++) {
		struct rg_buf bytes;
		int writer = -1, run = -1;

		rg_buf_init(&bytes, 100);
		if (rg_store_get(fixture->store, &list.runs[i], &bytes, &fixture->err))
			fail_msg("get: %s", fixture->err.text);
		assert_int_equal(sscanf(bytes.data, "writer %d run %d", &writer, &run), 2);
		assert_true(writer >= 0 && writer < WRITERS);
		found[writer]++;
		rg_buf_done(&bytes);
	}
	rg_store_list_done(&list);
}

static void kill_some(pid_t writers[WRITERS])
{
	unsigned int seed = 20261121;

	for (int i = 0; i < KILLED; i++) {
		sleep_us(rand_r(&seed) % (MAX_DELAY_US / KILLED));
		kill(writers[i], SIGKILL);
		assert_int_equal(waitpid(writers[i], NULL, 0), writers[i]);
	}
}

/* What a killed one was told is stored, and all of the others. */
static void kills_among_them_lose_nothing(void **state)
{
	struct fixture *fixture = *state;
	const int runs = runs_each();
	struct told *told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int found[WRITERS] = {0};
	pid_t writers[WRITERS];

	assert_true(told != MAP_FAILED);
	for (int i = 0; i < WRITERS; i++)
		writers[i] = start_writer(fixture, i, i < KILLED ? MAX_RUNS : runs, told);
	kill_some(writers);
	for (int i = KILLED; i < WRITERS; i++)
		assert_ended_well(writers[i]);
	count_runs(fixture, found);
	for (int i = 0; i < WRITERS; i++) {
		/* The one at work when it was killed may be there or not. */
		assert_in_range(found[i], told->runs[i], told->runs[i] + 1);
		if (i >= KILLED)
			assert_int_equal(found[i], runs);
	}
	munmap(told, sizeof(*told));
}

static void the_same_run_from_several_writers_is_one(void **state)
{
	struct fixture *fixture = *state;
	pid_t writers[WRITERS];

	for (int i = 0; i < WRITERS; i++)
		writers[i] = start_writer(fixture, 0, 3, NULL);
	for (int i = 0; i < WRITERS; i++)
		assert_ended_well(writers[i]);
	assert_whole(fixture, 3);
}

/* Puts and removes the same run over and over. */
static int put_and_remove(struct fixture *fixture, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		struct rg_store_run run = {0};
		bool created;
		int rc;

		if (rg_store_put(fixture->store, &sample_key, "l", "shared", 6, &run, &created,
				 NULL))
			return 1;
		rc = rg_store_remove(fixture->store, &run, NULL);
		rg_store_run_done(&run);
		if (rc && rc != RG_ENOTFOUND)
			return 2;
	}
	return 0;
}

static pid_t start_put_and_remove(struct fixture *fixture)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(put_and_remove(fixture, 30));
	return pid;
}

static void readers_never_see_half_a_run(void **state)
{
	struct fixture *fixture = *state;
	int left = 2;

	for (int i = 0; i < left; i++)
		start_put_and_remove(fixture);
	while (left > 0) {
		struct rg_store_list list = find_all(fixture);
		int status = 0;

		if (list.damaged)
			fail_msg("%s", list.first_damaged);
		assert_true(list.count <= 1);
		rg_store_list_done(&list);
		if (waitpid(-1, &status, WNOHANG) > 0) {
			assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
			left--;
		}
	}
	assert_whole(fixture, 0);
}

/* A reader needs no lock: a writer that hangs stops nobody from reading. */
static void readers_do_not_wait_for_writers(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];
	int fd;

	put_text(fixture, &sample_key, "hello", id);
	fd = open(scratch_path(&fixture->scratch, "s"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_whole(fixture, 1);
	close(fd);
}

#define CONFORMANCE_WRITERS                                                                    \
	STORE_TEST(writers_at_a_time_lose_nothing), STORE_TEST(kills_among_them_lose_nothing), \
		STORE_TEST(the_same_run_from_several_writers_is_one),                          \
		STORE_TEST(readers_never_see_half_a_run),                                      \
		STORE_TEST(readers_do_not_wait_for_writers)

#endif
