/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guardian.h"
#include "target.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The guardian is sent this when its parent has ended. */
enum { PARENT_ENDED = SIGUSR2 };

static void tell(int fd, enum rg_guardian_news_kind kind, int value)
{
	struct rg_guardian_news news = {.kind = kind, .value = value};

	/* Smaller than PIPE_BUF: whole or not at all. The reader may be gone. */
	while (write(fd, &news, sizeof(news)) < 0 && errno == EINTR)
		;
}

/* Reaps all that have ended. Returns false when no descendant is left. */
static bool reap(pid_t main_pid, int news_fd)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid <= 0)
			return pid == 0;
		if (pid == main_pid)
			tell(news_fd, RG_GUARDIAN_ENDED, status);
	}
}

/*
 * Signals every descendant there is now, whatever sessions and process groups they made: those whose parents
 * have ended are our own children, for we are their subreaper. Never a process group: its number may be
 * another's once its leader is reaped.
 */
static void signal_descendants(int sig)
{
	struct rg_pids pids = {0};
	pid_t self = getpid();

	if (rg_pids_add(&pids, self) == 0 && rg_pids_add_descendants(&pids, NULL) == 0)
		for (size_t i = 0; i < pids.count; i++)
			if (pids.pid[i] != self)
				kill(pids.pid[i], sig);
	rg_pids_done(&pids);
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void take_down(pid_t main_pid, int news_fd, int signal_fd, int grace_ms)
{
	int64_t deadline = now_ms() + grace_ms;
	struct pollfd wait = {.fd = signal_fd, .events = POLLIN};

	signal_descendants(SIGTERM);
	while (reap(main_pid, news_fd)) {
		struct signalfd_siginfo info;

		/* Again and again: they may have forked since. */
		if (now_ms() >= deadline)
			signal_descendants(SIGKILL);
		if (poll(&wait, 1, 20) > 0 && read(signal_fd, &info, sizeof(info)) < 0)
			continue;
	}
}

/* Until we are told to end, our parent has ended, or nothing is left to guard. */
static void watch(pid_t main_pid, pid_t parent, int control_fd, int news_fd, int signal_fd)
{
	struct pollfd fds[2] = {
		{.fd = control_fd, .events = POLLIN},
		{.fd = signal_fd, .events = POLLIN},
	};

	while (getppid() == parent) {
		struct signalfd_siginfo info;

		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents)
			return;
		if (fds[1].revents && read(signal_fd, &info, sizeof(info)) < 0 && errno != EAGAIN)
			return;
		if (!reap(main_pid, news_fd))
			return;
	}
}

static void settle_in(const char *name)
{
	sigset_t all;

	/* Out of the terminal's foreground group: Ctrl-C is for our parent, who decides. */
	setsid();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_NAME, name);
	signal(SIGPIPE, SIG_IGN);
	/* Some that run us ignore it: the system would then reap for us, and statuses be lost. */
	signal(SIGCHLD, SIG_DFL);
	/* All of them: who ends every process of ours by SIGTERM must not end this one before the others. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
}

static void close_all(const struct rg_guardian_child *child)
{
	for (size_t i = 0; i < child->fd_count; i++)
		close(child->fds[i]);
}

/* Readable when a child or our parent has ended. */
static int watch_ends(void)
{
	sigset_t watched;

	sigemptyset(&watched);
	sigaddset(&watched, SIGCHLD);
	sigaddset(&watched, PARENT_ENDED);
	return signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* As settle_in() has not been for it. */
static pid_t fork_child(const struct rg_guardian_child *child)
{
	pid_t pid = fork();
	sigset_t none;

	if (pid != 0)
		return pid;
	sigemptyset(&none);
	setpgid(0, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	child->run(child->ctx);
	_exit(127);
}

void rg_guardian_run(int control_fd, int news_fd, int grace_ms,
		     const struct rg_guardian_child *child)
{
	pid_t parent = getppid(), pid;
	int signal_fd;

	settle_in("rg-guardian");
	signal_fd = watch_ends();
	if (signal_fd < 0)
		_exit(1);
	pid = fork_child(child);
	if (pid < 0)
		_exit(1);
	close_all(child);
	setpgid(pid, pid);
	tell(news_fd, RG_GUARDIAN_STARTED, pid);
	watch(pid, parent, control_fd, news_fd, signal_fd);
	/* Without a word: how it ends now is none of its own doing. */
	if (getppid() != parent) {
		take_down(pid, -1, signal_fd, 0);
		_exit(1);
	}
	take_down(pid, news_fd, signal_fd, grace_ms);
	tell(news_fd, RG_GUARDIAN_GONE, 0);
	_exit(0);
}

/* --- The keeper ------------------------------------------------------------------------------- */

enum { KILL_EVERY_MS = 20 };

/* Until the guardian has ended, and all that it leaves to us: nothing, unless it was killed. */
static void keep(pid_t guardian)
{
	const struct timespec pause = {.tv_nsec = KILL_EVERY_MS * 1000000L};
	pid_t pid;

	do
		pid = waitpid(-1, NULL, 0);
	while (pid != guardian && (pid >= 0 || errno == EINTR));
	while (reap(0, -1)) {
		signal_descendants(SIGKILL);
		nanosleep(&pause, NULL);
	}
}

void rg_guardian_run_kept(int control_fd, int news_fd, int grace_ms,
			  const struct rg_guardian_child *child)
{
	pid_t keeper = getpid(), guardian;

	settle_in("rg-keeper");
	guardian = fork();
	if (guardian == 0) {
		prctl(PR_SET_PDEATHSIG, PARENT_ENDED);
		if (getppid() != keeper)
			_exit(1);
		rg_guardian_run(control_fd, news_fd, grace_ms, child);
	}
	close(control_fd);
	close_all(child);
	/* The end of the news stays open: whoever reads it is to know when nothing is left. */
	if (guardian > 0)
		keep(guardian);
	_exit(guardian > 0 ? 0 : 1);
}
