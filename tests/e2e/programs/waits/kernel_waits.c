/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel_waits MODE FILE: blocking system calls, each ended by a helper process or by time. */
#include "wait.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static int fds[2], epoll_fd, lock_fd, file_fd;

/* Runs it again and again in a process that ends with us. */
static void help(void (*once)(void))
{
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		once();
}

/* --- Time --- */

WAITER static void block_in_nanosleep(struct truth *truth)
{
	const struct timespec time = time_of(WAIT_MS * NS_PER_MS);
	struct truth_wait *wait = BEGIN_WAIT(truth);

	nanosleep(&time, NULL);
	end_wait(wait);
}

/* --- Descriptors --- */

static void write_byte(void)
{
	sleep_ns(WAIT_MS * NS_PER_MS);
	must(write(fds[1], "x", 1) == 1, "write");
}

static void prepare_pipe(void)
{
	must(pipe(fds) == 0, "pipe");
	help(write_byte);
}

static void prepare_epoll(void)
{
	struct epoll_event event = {.events = EPOLLIN};

	prepare_pipe();
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	must(epoll_fd >= 0 && epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fds[0], &event) == 0, "epoll");
}

static void take_byte(void)
{
	char byte;

	must(read(fds[0], &byte, 1) == 1, "read");
}

WAITER static void block_in_read(struct truth *truth)
{
	struct truth_wait *wait = BEGIN_WAIT(truth);
	char byte;

	must(read(fds[0], &byte, 1) == 1, "read");
	end_wait(wait);
}

WAITER static void block_in_poll(struct truth *truth)
{
	struct pollfd wanted = {.fd = fds[0], .events = POLLIN};
	struct truth_wait *wait = BEGIN_WAIT(truth);

	must(poll(&wanted, 1, -1) == 1, "poll");
	end_wait(wait);
	take_byte();
}

WAITER static void block_in_epoll(struct truth *truth)
{
	struct epoll_event event;
	struct truth_wait *wait = BEGIN_WAIT(truth);

	must(epoll_wait(epoll_fd, &event, 1, -1) == 1, "epoll_wait");
	end_wait(wait);
	take_byte();
}

/* --- Files and processes --- */

static void prepare_file(void)
{
	file_fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	must(file_fd >= 0, "O_TMPFILE");
}

WAITER static void block_in_fsync(struct truth *truth)
{
	static char bytes[1 << 20];
	struct truth_wait *wait;

	must(pwrite(file_fd, bytes, sizeof(bytes), 0) == sizeof(bytes), "pwrite");
	wait = BEGIN_WAIT(truth);
	must(fsync(file_fd) == 0, "fsync");
	end_wait(wait);
}

static char lock_path[64];

static void prepare_lock(void)
{
	lock_fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	must(lock_fd >= 0, "O_TMPFILE");
	snprintf(lock_path, sizeof(lock_path), "/proc/%d/fd/%d", (int)getpid(), lock_fd);
}

/*
 * Children have the stack that forked them: what they and their parent do on the way to the wait is in functions whose
 * names begin with "help_", and not looked at.
 */

/* A child that has a descriptor of its own holds the lock from before this returns. */
WAITER static pid_t help_hold_lock(void)
{
	int ready[2];
	pid_t pid;
	char byte;

	must(pipe(ready) == 0, "pipe");
	pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0) {
		must(flock(open(lock_path, O_RDWR), LOCK_EX) == 0, "flock");
		must(write(ready[1], "x", 1) == 1, "write");
		sleep_ns(WAIT_MS * NS_PER_MS);
		_exit(0);
	}
	must(read(ready[0], &byte, 1) == 1, "read");
	close(ready[0]);
	close(ready[1]);
	return pid;
}

WAITER static void help_bury(pid_t pid)
{
	must(waitpid(pid, NULL, 0) == pid, "waitpid");
}

WAITER static void block_in_flock(struct truth *truth)
{
	pid_t pid = help_hold_lock();
	struct truth_wait *wait = BEGIN_WAIT(truth);

	must(flock(lock_fd, LOCK_EX) == 0, "flock");
	end_wait(wait);
	flock(lock_fd, LOCK_UN);
	help_bury(pid);
}

WAITER static pid_t help_by_a_child(void)
{
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid == 0) {
		sleep_ns(WAIT_MS * NS_PER_MS);
		_exit(0);
	}
	return pid;
}

WAITER static void block_in_waitpid(struct truth *truth)
{
	pid_t pid = help_by_a_child();
	struct truth_wait *wait = BEGIN_WAIT(truth);

	must(waitpid(pid, NULL, 0) == pid, "waitpid");
	end_wait(wait);
}

static const struct mode modes[] = {
	{"nanosleep", block_in_nanosleep, NULL}, {"read", block_in_read, prepare_pipe},
	{"poll", block_in_poll, prepare_pipe},   {"epoll", block_in_epoll, prepare_epoll},
	{"fsync", block_in_fsync, prepare_file}, {"flock", block_in_flock, prepare_lock},
	{"waitpid", block_in_waitpid, NULL},
};

int main(int argc, char **argv)
{
	run_rounds(mode_of(argc, argv, modes, sizeof(modes) / sizeof(*modes)), open_truth(argv[2]));
}
