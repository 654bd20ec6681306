/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch_child.h"
#include "guardian.h"
#include "launch_plan.h"

#include "rg/capture.h"
#include "rg/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { GRACE_MS = 5000 }; /* between SIGTERM and SIGKILL; docker's and systemd's are 10 and 90 s */

/* --- The child -------------------------------------------------------------------------------- */

/* What the forked child needs on its way to exec. */
struct child {
	const struct rg_launch_plan *plan;
	int gate_fd;   /* a byte comes when it may run; end of file: it may not */
	int exec_fd;   /* where to write errno of a failed exec; closed by a successful one */
	int output_fd; /* becomes stdout and stderr */
};

/* The C library's own calls for these are all threads' and take a lock for that; here is one thread. */
static int become_user(const struct rg_launch_plan *plan)
{
	const struct rg_capture_user *user = plan->options->user;

	if (syscall(SYS_setgroups, plan->group_count, plan->groups) ||
	    syscall(SYS_setresgid, user->gid, user->gid, user->gid))
		return -1;
	return syscall(SYS_setresuid, user->uid, user->uid, user->uid) ? -1 : 0;
}

static int set_streams(int output_fd)
{
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0)
		return -1;
	if (dup2(output_fd, STDOUT_FILENO) < 0 || dup2(output_fd, STDERR_FILENO) < 0)
		return -1;
	return 0;
}

static int limit_files(uint64_t most)
{
	struct rlimit limit;

	if (!most)
		return 0;
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return -1;
	limit.rlim_cur = most;
	return setrlimit(RLIMIT_NOFILE, &limit);
}

/* What goes by PWD would go on in the directory that we are in. The C library's getcwd() may allocate. */
static int change_directory(const struct rg_launch_plan *plan)
{
	if (chdir(plan->options->directory) || syscall(SYS_getcwd, plan->directory, PATH_MAX) < 0)
		return -1;
	if (*plan->directory == '/')
		return 0;
	/* The kernel's word for one that no path leads to. */
	errno = ENOENT;
	return -1;
}

static int prepare(const struct child *child)
{
	const struct rg_launch_plan *plan = child->plan;

	if (set_streams(child->output_fd))
		return errno;
	if (limit_files(plan->options->file_limit))
		return errno;
	if (plan->options->user && become_user(plan))
		return errno;
	/* As that user: it is he who must be able to go there. */
	if (plan->options->directory && change_directory(plan))
		return errno;
	return 0;
}

static void run_child(void *ctx)
{
	const struct child *child = ctx;
	char *const *argv = child->plan->options->argv;
	int error = prepare(child);
	char go;

	/* The guardian dies by SIGKILL only; then this is what is left to end us. Set after the change
	 * of user, which clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (read(child->gate_fd, &go, 1) != 1)
		_exit(127);
	if (!error) {
		/* It reads PATH there, and has taken no lock and allocated nothing since glibc 2.24: posix_spawnp(3) calls
		 * it in memory that it shares with its parent. */
		environ = child->plan->environment;
		execvp(argv[0], argv);
		error = errno;
	}
	if (write(child->exec_fd, &error, sizeof(error)) != sizeof(error))
		_exit(126);
	_exit(127);
}

/* --- The guardian ----------------------------------------------------------------------------- */

/*
 * Closes every descriptor but the standard ones and those kept. What we hold open (kernel programs,
 * another launch's control pipe) must not live on in the guardian.
 */
static void close_others(const int *keep, size_t count)
{
	unsigned int from = STDERR_FILENO + 1;

	for (;;) {
		unsigned int next = ~0U;

		for (size_t i = 0; i < count; i++)
			if ((unsigned int)keep[i] >= from && (unsigned int)keep[i] < next)
				next = (unsigned int)keep[i];
		if (next > from)
			close_range(from, next == ~0U ? next : next - 1, 0);
		if (next == ~0U)
			return;
		from = next + 1;
	}
}

_Noreturn void rg_launch_guard(const struct rg_launch_pipes *p, const struct rg_launch_plan *plan)
{
	struct child started = {
		.plan = plan,
		.gate_fd = p->gate[0],
		.exec_fd = p->exec[1],
		.output_fd = p->output[1],
	};

	/* The first three are the child's. */
	const int keep[] = {p->output[1], p->gate[0], p->exec[1], p->control[0], p->news[1]};
	struct rg_guardian_child child = {
		.run = run_child,
		.ctx = &started,
		.fds = keep,
		.fd_count = 3,
	};

	close_others(keep, sizeof(keep) / sizeof(keep[0]));
	rg_guardian_run_kept(p->control[0], p->news[1], GRACE_MS, &child);
}
