/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_CAPTURE_LAUNCHED_H
#define TESTS_UNIT_CAPTURE_LAUNCHED_H

/* Programs launched for a test, and what is seen of them. */

#include "processes.h"
#include "rg/capture.h"
#include "rg/launch.h"
#include <sys/resource.h>

/* A program, launched; what it prints is in the file "output" of the folder. */
struct launched {
	struct scratch scratch;
	struct rg_launch *launch;
	struct rg_err err;
	int output_fd;
	size_t fds; /* open before the launch */
};

static inline int begin_test(void **state)
{
	static struct launched l;

	alarm(PROCESSES_TEST_S);
	l = (struct launched){0};
	scratch_make(&l.scratch);
	l.output_fd = open(scratch_path(&l.scratch, "output"),
			   O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	l.fds = processes_fds();
	*state = &l;
	return l.output_fd < 0;
}

/* Ends what runs. Every test leaves as many descriptors open as it found. */
static inline int end_test(void **state)
{
	struct launched *l = *state;

	rg_launch_free(l->launch);
	assert_int_equal(processes_fds(), l->fds);
	close(l->output_fd);
	scratch_remove(&l->scratch);
	alarm(0);
	return 0;
}

#define launch_test(test) cmocka_unit_test_setup_teardown(test, begin_test, end_test)

static inline int start_as(struct launched *l, const struct rg_capture_user *user,
			   char *const *argv)
{
	const struct rg_launch_options options = {
		.argv = argv, .user = user, .what = "target", .output_fd = l->output_fd};

	return rg_launch_start(&options, &l->launch, &l->err);
}

static inline void start(struct launched *l, const char *program)
{
	char *const argv[] = {(char *)program, NULL};

	assert_int_equal(start_as(l, NULL, argv), 0);
}

/* Of the shell; DIR is the test's folder. */
static inline void start_script(struct launched *l, const char *script)
{
	char *const argv[] = {(char *)"sh", (char *)"-c", (char *)script, NULL};

	assert_int_equal(setenv("DIR", l->scratch.root, 1), 0);
	assert_int_equal(start_as(l, NULL, argv), 0);
}

static inline void go(struct launched *l)
{
	assert_int_equal(rg_launch_go(l->launch, &l->err), 0);
}

/* Whether all of it is over, after a look. */
static inline bool gone(struct launched *l)
{
	rg_launch_poll(l->launch);
	return rg_launch_gone(l->launch);
}

static inline bool ended(struct launched *l)
{
	int status;

	rg_launch_poll(l->launch);
	return rg_launch_ended(l->launch, &status);
}

static inline void run_script(struct launched *l, const char *script)
{
	start_script(l, script);
	go(l);
	processes_wait_until(gone(l));
}

static inline void assert_printed(struct launched *l, const char *expected)
{
	char *text = scratch_read(&l->scratch, "output");

	assert_string_equal(text, expected);
	free(text);
}

/* The process id that a program wrote into a file, once it is there. */
static inline pid_t pid_in(struct launched *l, const char *name)
{
	int pid = 0;

	for (;;) {
		FILE *file = fopen(scratch_path(&l->scratch, name), "re");
		char end = 0;
		bool whole = file && fscanf(file, "%d%c", &pid, &end) == 2 && end == '\n';

		if (file)
			fclose(file);
		if (whole)
			return pid;
		processes_rest();
	}
}

static inline double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Stops it; returns the time that took. */
static inline double stop(struct launched *l)
{
	double from = seconds(CLOCK_MONOTONIC);

	rg_launch_stop(l->launch);
	return seconds(CLOCK_MONOTONIC) - from;
}

static inline pid_t parent_of(pid_t pid)
{
	char path[64];
	int parent = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*d (%*[^)]) %*c %d", &parent), 1);
	fclose(file);
	return parent;
}

#endif
