/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_CAPTURE_PROCESSES_H
#define TESTS_UNIT_CAPTURE_PROCESSES_H

/* Real processes for the tests of what is captured of them, each ended by the test that began it. */

#include "base/unit.h"
#include "store/scratch.h"

#include "rg/err.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

/* A test that hangs ends its program, by SIGALRM. */
enum { PROCESSES_TEST_S = 20 };

__attribute__((unused)) static int processes_begin(void **state)
{
	(void)state;
	alarm(PROCESSES_TEST_S);
	return 0;
}

__attribute__((unused)) static int processes_end(void **state)
{
	(void)state;
	alarm(0);
	return 0;
}

#define processes_test(test) cmocka_unit_test_setup_teardown(test, processes_begin, processes_end)

/* Skips the test without privileges; where RG_REQUIRE_BPF=1 says that there are some, it fails. */
__attribute__((unused)) static void processes_need_root(void)
{
	const char *required = getenv("RG_REQUIRE_BPF");

	if (geteuid() == 0)
		return;
	if (required && !strcmp(required, "1"))
		fail_msg("needs root, and RG_REQUIRE_BPF=1 asks for it");
	print_message("skipped: needs root\n");
	skip();
}

static inline void processes_rest(void)
{
	const struct timespec rest = {.tv_nsec = 2000000};

	nanosleep(&rest, NULL);
}

/* Waits for what another process does; the test's time limit is its bound. */
#define processes_wait_until(condition) \
	do                              \
		processes_rest();       \
	while (!(condition))

/*
 * A child that runs body, says that it has begun, and sleeps until it is killed. It dies with the test program
 * too.
 */
static inline pid_t processes_fork(void (*body)(void *ctx), void *ctx)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(PROCESSES_TEST_S);
		if (body)
			body(ctx);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static inline void processes_kill(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* The state letter of /proc/PID/stat, 0 when there is no such process. The name must hold no ')'. */
__attribute__((unused)) static char processes_state(pid_t pid)
{
	char path[64], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(file);
	return state;
}

/* Whether it is gone, or waits only for its parent to reap it. */
__attribute__((unused)) static bool processes_ended(pid_t pid)
{
	char state = processes_state(pid);

	return state == 0 || state == 'Z' || state == 'X';
}

/* How many descriptors this process has open, and three more: "." and ".." and the folder they are read from. */
__attribute__((unused)) static size_t processes_fds(void)
{
	DIR *fds = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(fds);
	while (readdir(fds))
		count++;
	closedir(fds);
	return count;
}

__attribute__((unused)) static void processes_copy(const char *from, const char *to)
{
	static char bytes[4 << 20];
	FILE *in = fopen(from, "re"), *out = fopen(to, "we");
	size_t len;

	assert_non_null(in);
	assert_non_null(out);
	len = fread(bytes, 1, sizeof(bytes), in);
	assert_true(len > 0 && len < sizeof(bytes));
	assert_int_equal(fwrite(bytes, 1, len, out), len);
	assert_int_equal(fclose(out), 0);
	fclose(in);
	assert_int_equal(chmod(to, 0755), 0);
}

/* The program's first page as executable memory of this process. */
__attribute__((unused)) static void *processes_map(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	assert_true(fd >= 0);
	close(fd);
	assert_ptr_not_equal(map, MAP_FAILED);
	return map;
}

#endif
