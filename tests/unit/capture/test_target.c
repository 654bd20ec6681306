/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "processes.h"

#include "target.h"

#include <pthread.h>

/* --- The set -------------------------------------------------------------------------------- */

static void test_set(void **state)
{
	bool in[1000] = {false};
	struct rg_pids pids = {0};
	uint64_t random = 7;
	size_t count = 0;

	(void)state;
	for (int i = 0; i < 800; i++) {
		pid_t pid = (pid_t)(next_random(&random) % COUNT(in));

		count += !in[pid];
		in[pid] = true;
		assert_int_equal(rg_pids_add(&pids, pid), 0);
		assert_int_equal(pids.count, count);
	}
	for (size_t i = 0; i < COUNT(in); i++)
		assert_int_equal(rg_pids_has(&pids, (pid_t)i), in[i]);
	for (size_t i = 1; i < pids.count; i++)
		assert_true(pids.pid[i - 1] < pids.pid[i]);
	rg_pids_done(&pids);
	assert_int_equal(pids.count, 0);
	assert_false(rg_pids_has(&pids, 1));
}

/* --- Alive ---------------------------------------------------------------------------------- */

static void test_alive(void **state)
{
	pid_t pid = processes_fork(NULL, NULL);

	(void)state;
	assert_true(rg_pid_alive(getpid()));
	assert_true(rg_pid_alive(pid));
	assert_int_equal(rg_pid_thread(pid), pid);
	assert_int_equal(kill(pid, SIGKILL), 0);
	processes_wait_until(processes_state(pid) == 'Z');
	assert_false(rg_pid_alive(pid));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_false(rg_pid_alive(pid));
	assert_int_equal(rg_pid_thread(pid), 0);
	assert_false(rg_pid_alive(0));
	assert_false(rg_pid_alive(-1));
}

static void test_who_waits_and_who_runs(void **state)
{
	pid_t pid = processes_fork(NULL, NULL);

	(void)state;
	processes_wait_until(rg_pid_waits(pid));
	assert_int_equal(kill(pid, SIGSTOP), 0);
	processes_wait_until(!rg_pid_waits(pid));
	assert_int_equal(kill(pid, SIGCONT), 0);
	processes_wait_until(rg_pid_waits(pid));
	/* Who asks runs. */
	assert_false(rg_pid_waits(getpid()));
	processes_kill(pid);
	assert_false(rg_pid_waits(pid));
}

static void *sleep_on(void *ctx)
{
	(void)ctx;
	for (;;)
		pause();
	return NULL;
}

static void end_first_thread(void *ctx)
{
	const int *ready = ctx;
	pthread_t thread;

	if (pthread_create(&thread, NULL, sleep_on, NULL) || write(*ready, "r", 1) != 1)
		_exit(1);
	pthread_exit(NULL);
}

/* A server whose first thread has done its part shows a zombie in /proc/PID/stat. */
static void test_first_thread_ended(void **state)
{
	int ready[2];
	char name[256], byte;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		alarm(PROCESSES_TEST_S);
		end_first_thread(&ready[1]);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	processes_wait_until(processes_state(pid) == 'Z');
	assert_true(rg_pid_alive(pid));
	assert_true(rg_pid_thread(pid) > 0);
	assert_int_not_equal(rg_pid_thread(pid), pid);
	assert_int_equal(rg_pid_program(pid, name, sizeof(name)), 0);
	assert_string_equal(name, "test_target");
	processes_kill(pid);
	close(ready[0]);
	close(ready[1]);
}

/* --- Descendants ---------------------------------------------------------------------------- */

enum { GENERATIONS = 4 };

/* The pids of a line of descendants, each a child of the one before; shared with them. */
struct family {
	pid_t pid[GENERATIONS];
	int depth;
	const char *name;
};

static void have_child(void *ctx)
{
	struct family *family = ctx;
	int mine = family->depth++;

	if (family->name)
		prctl(PR_SET_NAME, family->name);
	family->pid[mine] = getpid();
	if (family->depth < GENERATIONS)
		processes_fork(have_child, family);
}

static struct family *shared_family(const char *name)
{
	struct family *family = mmap(NULL, sizeof(*family), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(family, MAP_FAILED);
	family->name = name;
	return family;
}

static void end_family(struct family *family)
{
	processes_kill(family->pid[0]);
	for (int i = 1; i < GENERATIONS; i++)
		processes_wait_until(processes_ended(family->pid[i]));
	munmap(family, sizeof(*family));
}

static void test_descendants(void **state)
{
	struct family *family = shared_family(NULL);
	pid_t other = processes_fork(NULL, NULL);
	struct rg_pids pids = {0};
	struct rg_err err = {0};

	(void)state;
	processes_fork(have_child, family);
	assert_int_equal(rg_pids_add(&pids, family->pid[0]), 0);
	assert_int_equal(rg_pids_add_descendants(&pids, &err), 0);
	assert_int_equal(pids.count, GENERATIONS);
	for (int i = 0; i < GENERATIONS; i++)
		assert_true(rg_pids_has(&pids, family->pid[i]));
	assert_false(rg_pids_has(&pids, other));
	assert_false(rg_pids_has(&pids, getpid()));
	rg_pids_done(&pids);
	end_family(family);
	processes_kill(other);
}

/* /proc/PID/stat shows the name between parentheses, as it is. */
static void test_misleading_names(void **state)
{
	static const char *const names[] = {") Z 1 (",   "a) Z 1 1 1", "))))))))", "((((",
					    "a\nb) X 2", " ",          ""};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct family *family = shared_family(names[i]);
		struct rg_pids pids = {0};

		processes_fork(have_child, family);
		assert_int_equal(rg_pids_add(&pids, family->pid[0]), 0);
		assert_int_equal(rg_pids_add_descendants(&pids, NULL), 0);
		assert_int_equal(pids.count, GENERATIONS);
		for (int k = 0; k < GENERATIONS; k++)
			assert_true(rg_pid_alive(family->pid[k]));
		rg_pids_done(&pids);
		for (int k = GENERATIONS - 1; k > 0; k--)
			assert_int_equal(kill(family->pid[k], SIGKILL), 0);
		processes_kill(family->pid[0]);
		munmap(family, sizeof(*family));
	}
}

static void test_no_descendants(void **state)
{
	struct rg_pids pids = {0};
	size_t before = processes_fds();

	(void)state;
	assert_int_equal(rg_pids_add_descendants(&pids, NULL), 0);
	assert_int_equal(pids.count, 0);
	assert_int_equal(processes_fds(), before);
	rg_pids_done(&pids);
}

/* --- Program -------------------------------------------------------------------------------- */

static pid_t run(const char *path)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(path, "sleep", "30", NULL);
		_exit(127);
	}
	return pid;
}

static bool has_program(pid_t pid, const char *expected)
{
	char name[256];

	return rg_pid_program(pid, name, sizeof(name)) == 0 && !strcmp(name, expected);
}

static void test_program(void **state)
{
	static const struct {
		const char *why, *name;
		bool deleted;
	} rows[] = {
		{"a program", "prog", false},
		{"blanks in its name", "my prog", false},
		{"it was deleted", "prog", true},
		{"the mark of that inside its name", "pro (deleted) g", false},
		{"and it was deleted", "pro (deleted) g", true},
		{"a newline in its name", "a\nb", false},
	};
	struct scratch scratch;

	(void)state;
	scratch_make(&scratch);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *path = scratch_path(&scratch, rows[i].name);
		pid_t pid;

		print_message("%s\n", rows[i].why);
		processes_copy("/bin/sleep", path);
		pid = run(path);
		processes_wait_until(has_program(pid, rows[i].name));
		if (rows[i].deleted) {
			assert_int_equal(unlink(path), 0);
			assert_true(has_program(pid, rows[i].name));
		}
		processes_kill(pid);
	}
	scratch_remove(&scratch);
}

static void test_program_in_misleading_folder(void **state)
{
	struct scratch scratch;
	char path[PATH_MAX];
	pid_t pid;

	(void)state;
	scratch_make(&scratch);
	assert_int_equal(mkdir(scratch_path(&scratch, "old (deleted)"), 0755), 0);
	snprintf(path, sizeof(path), "%s", scratch_path(&scratch, "old (deleted)/prog"));
	processes_copy("/bin/sleep", path);
	pid = run(path);
	processes_wait_until(has_program(pid, "prog"));
	assert_int_equal(unlink(path), 0);
	assert_true(has_program(pid, "prog"));
	processes_kill(pid);
	scratch_remove(&scratch);
}

static void test_no_program(void **state)
{
	char name[16] = "kept";

	(void)state;
	assert_int_equal(rg_pid_program(2, name, sizeof(name)), RG_ENOTFOUND); /* kthreadd */
	assert_int_equal(rg_pid_program(-1, name, sizeof(name)), RG_ENOTFOUND);
	assert_string_equal(name, "kept");
}

static void test_parent(void **state)
{
	pid_t child = processes_fork(NULL, NULL);

	(void)state;
	assert_int_equal(rg_pid_parent(child), getpid());
	assert_int_equal(rg_pid_parent(getpid()), getppid());
	processes_kill(child);
	assert_int_equal(rg_pid_parent(child), 0);
}

/* A capture that is started from the shell it profiles. */
static void test_the_capture_is_no_descendant(void **state)
{
	struct rg_pids pids = {0};

	(void)state;
	assert_int_equal(rg_pids_add(&pids, getppid()), 0);
	assert_int_equal(rg_pids_add_descendants(&pids, NULL), 0);
	assert_true(rg_pids_has(&pids, getppid()));
	assert_false(rg_pids_has(&pids, getpid()));
	rg_pids_done(&pids);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parent),
		cmocka_unit_test(test_the_capture_is_no_descendant),
		cmocka_unit_test(test_who_waits_and_who_runs),
		processes_test(test_set),
		processes_test(test_alive),
		processes_test(test_first_thread_ended),
		processes_test(test_descendants),
		processes_test(test_misleading_names),
		processes_test(test_no_descendants),
		processes_test(test_program),
		processes_test(test_program_in_misleading_folder),
		processes_test(test_no_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
