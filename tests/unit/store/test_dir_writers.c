/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

#include <signal.h>
#include <sys/file.h>
#include <time.h>

enum { WRITERS = 8, RUNS = 20, KILLS = 25, MAX_DELAY_US = 20000 };

/* A child's work; it reports by its exit status. */
static int put_runs(struct fixture *fixture, const struct rg_store_key *key, int writer, int runs)
{
	for (int i = 0; i < runs; i++) {
		struct rg_store_run run = {0};
		bool created;
		char text[32];

		snprintf(text, sizeof(text), "writer %d run %d", writer, i);
		if (rg_store_put(fixture->store, key, "l", text, strlen(text), &run, &created,
				 NULL))
			return 1;
		rg_store_run_done(&run);
	}
	return 0;
}

static pid_t start_writer(struct fixture *fixture, int writer, int runs)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(put_runs(fixture, &sample_key, writer, runs));
	return pid;
}

static void assert_ended_well(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* They also race to make the directories. */
static void writers_at_a_time_lose_nothing(void **state)
{
	struct fixture *fixture = *state;
	pid_t writers[WRITERS];

	for (int i = 0; i < WRITERS; i++)
		writers[i] = start_writer(fixture, i, RUNS);
	for (int i = 0; i < WRITERS; i++)
		assert_ended_well(writers[i]);
	assert_whole(fixture, (size_t)WRITERS * RUNS);
}

static void the_same_run_from_several_writers_is_one(void **state)
{
	struct fixture *fixture = *state;
	pid_t writers[WRITERS];

	for (int i = 0; i < WRITERS; i++)
		writers[i] = start_writer(fixture, 0, 3);
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

static void readers_never_see_half_a_run(void **state)
{
	struct fixture *fixture = *state;
	pid_t writers[2];
	int left = 2;

	for (int i = 0; i < 2; i++) {
		writers[i] = fork();
		assert_true(writers[i] >= 0);
		if (writers[i] == 0)
			_exit(put_and_remove(fixture, 30));
	}
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

static void sleep_us(long us)
{
	const struct timespec time = {.tv_nsec = us * 1000};

	nanosleep(&time, NULL);
}

/* Whatever was reported as stored before the kill is there after it, and nothing is half there. */
static void a_killed_writer_leaves_a_readable_store(void **state)
{
	struct fixture *fixture = *state;
	unsigned int seed = 20240229;
	char id[RG_STORE_ID_MAX];
	size_t before = 0;

	for (int i = 0; i < KILLS; i++) {
		pid_t pid = start_writer(fixture, i, 1000);
		struct rg_store_list list;

		sleep_us(rand_r(&seed) % MAX_DELAY_US);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		list = find_all(fixture);
		if (list.damaged)
			fail_msg("%s", list.first_damaged);
		assert_true(list.count >= before);
		before = list.count;
		rg_store_list_done(&list);
	}
	assert_true(before > 0);
	put_text(fixture, &sample_key, "after all that", id);
	assert_whole(fixture, before + 1);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(writers_at_a_time_lose_nothing),
		STORE_TEST(the_same_run_from_several_writers_is_one),
		STORE_TEST(readers_never_see_half_a_run),
		STORE_TEST(a_killed_writer_leaves_a_readable_store),
		STORE_TEST(readers_do_not_wait_for_writers),
	};

	return cmocka_run_group_tests_name("store/dir_writers", tests, NULL, NULL);
}
