/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stolen.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { STOLEN_PERCENT = 40, WRITE_EVERY_MS = 20 };

/* The line that is of all CPUs, always as long: whoever reads it meanwhile reads a whole one. */
static void write_stat(int fd, uint64_t stolen)
{
	char line[128];
	int len = snprintf(line, sizeof(line), "cpu  1 0 1 9 0 0 0 %012llu 0 0\n",
			   (unsigned long long)stolen);

	if (pwrite(fd, line, (size_t)len, 0) != len)
		_exit(122);
}

void e2e_own_stat(struct e2e *e)
{
	static bool ours;
	int fd = open(e2e_path(e, "stat"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	write_stat(fd, 0);
	close(fd);
	if (ours) {
		assert_int_equal(umount2("/proc/stat", MNT_DETACH), 0);
	} else {
		/* Mounts of our own, which end with us. */
		assert_int_equal(unshare(CLONE_NEWNS), 0);
		assert_int_equal(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	}
	ours = true;
	if (mount(e2e_path(e, "stat"), "/proc/stat", NULL, MS_BIND, NULL))
		fail_msg("a /proc/stat of our own: %s", strerror(errno));
}

/* In ticks since `from`, of all CPUs. */
static uint64_t ticks_since(const struct timespec *from)
{
	struct timespec now;
	double seconds;

	clock_gettime(CLOCK_MONOTONIC, &now);
	seconds = (double)(now.tv_sec - from->tv_sec) + (double)(now.tv_nsec - from->tv_nsec) / 1e9;
	return (uint64_t)(seconds * (double)sysconf(_SC_CLK_TCK) *
			  (double)sysconf(_SC_NPROCESSORS_ONLN));
}

_Noreturn static void steal(int fd)
{
	const struct timespec step = {.tv_nsec = WRITE_EVERY_MS * 1000000L};
	struct timespec from;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (;;) {
		write_stat(fd, ticks_since(&from) * STOLEN_PERCENT / 100);
		nanosleep(&step, NULL);
	}
}

void e2e_steal(struct e2e *e)
{
	int fd = open(e2e_path(e, "stat"), O_WRONLY | O_CLOEXEC);
	pid_t pid;

	assert_true(fd >= 0);
	assert_true(e->helper_count < E2E_SETTINGS);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		steal(fd);
	setpgid(pid, pid);
	close(fd);
	e->helpers[e->helper_count++] = pid;
}
