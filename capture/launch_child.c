/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch_child.h"
#include "guardian.h"

#include "rg/capture.h"
#include "rg/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { GRACE_MS = 5000 }; /* between SIGTERM and SIGKILL; docker's and systemd's are 10 and 90 s */

/* --- The child -------------------------------------------------------------------------------- */

/* What the forked child needs on its way to exec. */
struct child_plan {
	const struct rg_launch_options *options;
	int gate_fd;   /* a byte comes when it may run; end of file: it may not */
	int exec_fd;   /* where to write errno of a failed exec; closed by a successful one */
	int output_fd; /* becomes stdout and stderr */
};

static int become_user(const struct rg_capture_user *user)
{
	const struct passwd *pw = getpwuid(user->uid);

	if (pw ? initgroups(pw->pw_name, user->gid) : setgroups(1, &user->gid))
		return -1;
	if (setresgid(user->gid, user->gid, user->gid) ||
	    setresuid(user->uid, user->uid, user->uid))
		return -1;
	if (!pw)
		return 0;
	/* sudo left root's here. */
	if (setenv("HOME", pw->pw_dir, 1) || setenv("USER", pw->pw_name, 1) ||
	    setenv("LOGNAME", pw->pw_name, 1) || setenv("SHELL", pw->pw_shell, 1))
		return -1;
	return 0;
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

/* What goes by PWD would go on in the directory that we are in. */
static int change_directory(const char *directory)
{
	char here[PATH_MAX];

	if (chdir(directory) || !getcwd(here, sizeof(here)))
		return -1;
	return setenv("PWD", here, 1);
}

static int prepare(const struct child_plan *plan)
{
	if (set_streams(plan->output_fd))
		return errno;
	if (plan->options->environment)
		environ = (char **)plan->options->environment;
	if (plan->options->user && become_user(plan->options->user))
		return errno;
	/* As that user: it is he who must be able to go there. */
	if (plan->options->directory && change_directory(plan->options->directory))
		return errno;
	return 0;
}

static void run_child(void *ctx)
{
	const struct child_plan *plan = ctx;
	char *const *argv = plan->options->argv;
	int error = prepare(plan);
	char go;

	/* The guardian dies by SIGKILL only; then this is what is left to end us. Set after the change
	 * of user, which clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (read(plan->gate_fd, &go, 1) != 1)
		_exit(127);
	if (!error) {
		execvp(argv[0], argv);
		error = errno;
	}
	if (write(plan->exec_fd, &error, sizeof(error)) != sizeof(error))
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

_Noreturn void rg_launch_guard(const struct rg_launch_pipes *p,
			       const struct rg_launch_options *options)
{
	struct child_plan plan = {
		.options = options,
		.gate_fd = p->gate[0],
		.exec_fd = p->exec[1],
		.output_fd = p->output[1],
	};

	/* The first three are the child's. */
	const int keep[] = {p->output[1], p->gate[0], p->exec[1], p->control[0], p->news[1]};
	struct rg_guardian_child child = {
		.run = run_child,
		.ctx = &plan,
		.fds = keep,
		.fd_count = 3,
	};

	close_others(keep, sizeof(keep) / sizeof(keep[0]));
	rg_guardian_run(p->control[0], p->news[1], GRACE_MS, &child);
}
