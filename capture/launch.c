/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guardian.h"

#include "rg/buf.h"
#include "rg/capture.h"
#include "rg/err.h"
#include "rg/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	TAIL_BYTES = 600, /* of its output, kept for an error's text */
	GRACE_MS = 5000,  /* between SIGTERM and SIGKILL; docker's and systemd's are 10 and 90 s */
	/* What it may print between two looks: the most that pipe(7) lets an unprivileged user have. */
	OUTPUT_PIPE_BYTES = 1 << 20,
	READ_BYTES = 16384,
};

struct rg_launch {
	const char *what;
	char *name;     /* argv[0] */
	pid_t guardian; /* 0 when reaped */
	pid_t pid;
	int control_fd; /* closing it ends the guardian and all it guards */
	int news_fd, exec_fd;
	int output_fd; /* -1 when nobody holds the other end any more */
	/* Both ends: writing to a child that is gone must not raise SIGPIPE. */
	int gate_fd[2];
	int copy_fd;
	bool ended, gone;
	int status;
	char tail[TAIL_BYTES + 1];
	size_t tail_len;
	const char *awaited; /* or NULL */
	bool seen;
};

/* What the forked child needs on its way to exec. */
struct child_plan {
	const struct rg_launch_options *options;
	int gate_fd;   /* a byte comes when it may run; end of file: it may not */
	int exec_fd;   /* where to write errno of a failed exec; closed by a successful one */
	int output_fd; /* becomes stdout and stderr */
};

/* --- In the child --------------------------------------------------------------------------- */

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

static int prepare(const struct child_plan *plan)
{
	if (set_streams(plan->output_fd))
		return errno;
	if (plan->options->environment)
		environ = (char **)plan->options->environment;
	if (plan->options->user && become_user(plan->options->user))
		return errno;
	/* As that user: it is he who must be able to go there. */
	if (plan->options->directory && chdir(plan->options->directory))
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

/* --- Starting ------------------------------------------------------------------------------- */

/* Both ends of the pipes, named by what they carry. */
struct pipes {
	int control[2], news[2], output[2], gate[2], exec[2];
};

static int *pipe_at(struct pipes *p, size_t i)
{
	int *all[] = {p->control, p->news, p->output, p->gate, p->exec};

	return i < sizeof(all) / sizeof(all[0]) ? all[i] : NULL;
}

static void close_pipes(struct pipes *p, bool read_ends, bool write_ends)
{
	int *ends;

	for (size_t i = 0; (ends = pipe_at(p, i)); i++) {
		if (read_ends && ends[0] >= 0)
			close(ends[0]);
		if (write_ends && ends[1] >= 0)
			close(ends[1]);
	}
}

static int open_pipes(struct pipes *p)
{
	int *ends;

	memset(p, -1, sizeof(*p));
	for (size_t i = 0; (ends = pipe_at(p, i)); i++)
		if (pipe2(ends, O_CLOEXEC)) {
			int error = errno;

			close_pipes(p, true, true);
			errno = error;
			return -1;
		}
	return 0;
}

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

_Noreturn static void run_guardian(struct pipes *p, const struct rg_launch_options *options)
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

static void take_ends(struct rg_launch *launch, struct pipes *p)
{
	launch->control_fd = p->control[1];
	launch->news_fd = p->news[0];
	launch->output_fd = p->output[0];
	launch->gate_fd[0] = p->gate[0];
	launch->gate_fd[1] = p->gate[1];
	launch->exec_fd = p->exec[0];
	close(p->control[0]);
	close(p->news[1]);
	close(p->output[1]);
	close(p->exec[1]);
	fcntl(launch->output_fd, F_SETFL, O_NONBLOCK);
	/* As it is, where the system refuses. */
	fcntl(launch->output_fd, F_SETPIPE_SZ, OUTPUT_PIPE_BYTES);
}

static int read_start(struct rg_launch *launch, struct rg_err *err)
{
	struct rg_guardian_news news;
	ssize_t n;

	do
		n = read(launch->news_fd, &news, sizeof(news));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(news) || news.kind != RG_GUARDIAN_STARTED)
		return rg_err_set(err, RG_EIO, "%s '%s': cannot start a process", launch->what,
				  launch->name);
	launch->pid = news.value;
	fcntl(launch->news_fd, F_SETFL, O_NONBLOCK);
	return 0;
}

int rg_launch_start(const struct rg_launch_options *options, struct rg_launch **out,
		    struct rg_err *err)
{
	struct rg_launch *launch = calloc(1, sizeof(*launch));
	struct pipes p;
	int rc;

	if (!launch || !(launch->name = strdup(options->argv[0]))) {
		free(launch);
		return rg_err_nomem(err, options->what);
	}
	launch->what = options->what;
	launch->copy_fd = options->output_fd;
	if (open_pipes(&p)) {
		rc = rg_err_set(err, RG_EIO, "%s '%s': %s", options->what, launch->name,
				strerror(errno));
		free(launch->name);
		free(launch);
		return rc;
	}
	launch->guardian = fork();
	if (launch->guardian == 0)
		run_guardian(&p, options);
	take_ends(launch, &p);
	if (launch->guardian < 0)
		rc = rg_err_set(err, RG_EIO, "%s '%s': fork: %s", options->what, launch->name,
				strerror(errno));
	else
		rc = read_start(launch, err);
	if (rc) {
		rg_launch_free(launch);
		return rc;
	}
	*out = launch;
	return 0;
}

int rg_launch_go(struct rg_launch *launch, struct rg_err *err)
{
	int error = 0;
	ssize_t n = write(launch->gate_fd[1], "g", 1);

	if (n == 1)
		do
			n = read(launch->exec_fd, &error, sizeof(error));
		while (n < 0 && errno == EINTR);
	if (n < 0)
		error = errno;
	/* Closed without a word: it runs, or it was killed, which is news of its end. */
	if (n == 0)
		return 0;
	return rg_err_set(err, RG_EUSAGE, "%s '%s': cannot run it: %s%s", launch->what,
			  launch->name, strerror(error),
			  error == ENOENT ? " (is it built, and the path right?)" : "");
}

pid_t rg_launch_pid(const struct rg_launch *launch)
{
	return launch->pid;
}

/* --- Watching ------------------------------------------------------------------------------- */

static void keep_tail(struct rg_launch *launch, const char *bytes, size_t len)
{
	if (len > TAIL_BYTES) {
		bytes += len - TAIL_BYTES;
		len = TAIL_BYTES;
	}
	if (launch->tail_len + len > TAIL_BYTES) {
		size_t drop = launch->tail_len + len - TAIL_BYTES;

		memmove(launch->tail, launch->tail + drop, launch->tail_len - drop);
		launch->tail_len -= drop;
	}
	/* A NUL would end the text before the end. */
	for (size_t i = 0; i < len; i++)
		launch->tail[launch->tail_len++] = (char)(bytes[i] ? bytes[i] : ' ');
	launch->tail[launch->tail_len] = '\0';
}

/* The text may have begun in what was read before. */
static void look_for(struct rg_launch *launch, const char *bytes, size_t len)
{
	char joined[RG_READY_LINE_MAX + READ_BYTES];
	size_t text = strlen(launch->awaited), before = text - 1;

	if (before > launch->tail_len)
		before = launch->tail_len;
	memcpy(joined, launch->tail + launch->tail_len - before, before);
	memcpy(joined + before, bytes, len);
	launch->seen = memmem(joined, before + len, launch->awaited, text) != NULL;
}

/* A copy for the eye: what cannot be written is no loss to the capture. */
static void copy_output(struct rg_launch *launch, const char *bytes, size_t len)
{
	if (launch->copy_fd < 0 || write(launch->copy_fd, bytes, len) >= 0)
		return;
	if (errno != EINTR && errno != EAGAIN)
		launch->copy_fd = -1;
}

static void read_output(struct rg_launch *launch)
{
	/* Bounded by what the pipe holds: a program that never stops printing must not keep us here. */
	for (int i = 0; launch->output_fd >= 0 && i < OUTPUT_PIPE_BYTES / READ_BYTES; i++) {
		char bytes[READ_BYTES];
		ssize_t n = read(launch->output_fd, bytes, sizeof(bytes));

		if (n < 0)
			return;
		if (n == 0) {
			close(launch->output_fd);
			launch->output_fd = -1;
			return;
		}
		if (launch->awaited && !launch->seen)
			look_for(launch, bytes, (size_t)n);
		keep_tail(launch, bytes, (size_t)n);
		copy_output(launch, bytes, (size_t)n);
	}
}

void rg_launch_poll(struct rg_launch *launch)
{
	struct rg_guardian_news news;
	ssize_t n;

	while ((n = read(launch->news_fd, &news, sizeof(news))) == sizeof(news)) {
		if (news.kind == RG_GUARDIAN_ENDED) {
			launch->ended = true;
			launch->status = news.value;
		}
		if (news.kind == RG_GUARDIAN_GONE)
			launch->gone = true;
	}
	if (n == 0)
		launch->gone = true; /* the guardian itself has ended */
	/* Output after news: of a process known to have ended, all it printed is there by now. */
	read_output(launch);
}

bool rg_launch_ended(const struct rg_launch *launch, int *status)
{
	if (launch->ended)
		*status = launch->status;
	return launch->ended;
}

const char *rg_launch_output(const struct rg_launch *launch)
{
	return launch->tail;
}

void rg_launch_await(struct rg_launch *launch, const char *text)
{
	launch->awaited = text;
	launch->seen = false;
}

bool rg_launch_seen(const struct rg_launch *launch)
{
	return launch->seen;
}

bool rg_launch_gone(const struct rg_launch *launch)
{
	return launch->gone;
}

int rg_launch_failure(const struct rg_launch *launch, struct rg_err *err)
{
	const char *tail = launch->tail_len ? launch->tail : "(it printed nothing)\n";
	int status = launch->status;

	if (!launch->ended && launch->gone)
		return rg_err_set(err, RG_ETARGET, "%s '%s': was killed together with its guardian",
				  launch->what, launch->name);
	if (!launch->ended || status == 0)
		return 0;
	if (WIFSIGNALED(status))
		return rg_err_set(
			err, RG_ETARGET,
			"%s '%s': was killed by signal %d (%s); the end of its output:\n%s",
			launch->what, launch->name, WTERMSIG(status), strsignal(WTERMSIG(status)),
			tail);
	return rg_err_set(err, RG_ETARGET,
			  "%s '%s': exited with status %d; the end of its output:\n%s",
			  launch->what, launch->name, WEXITSTATUS(status), tail);
}

/* --- Ending --------------------------------------------------------------------------------- */

void rg_launch_stop(struct rg_launch *launch)
{
	/* What still waits for its go ends by itself; SIGTERM it may have taken by the handler it has from us. */
	if (launch->gate_fd[1] >= 0) {
		close(launch->gate_fd[1]);
		launch->gate_fd[1] = -1;
	}
	if (launch->control_fd >= 0) {
		close(launch->control_fd);
		launch->control_fd = -1;
	}
	/* Its output must go on being read, or a program that prints on SIGTERM would hang. */
	while (!launch->gone) {
		struct pollfd fds[2] = {
			{.fd = launch->news_fd, .events = POLLIN},
			{.fd = launch->output_fd, .events = POLLIN},
		};

		poll(fds, 2, 100);
		rg_launch_poll(launch);
	}
}

void rg_launch_free(struct rg_launch *launch)
{
	if (!launch)
		return;
	if (launch->guardian > 0) {
		rg_launch_stop(launch);
		while (waitpid(launch->guardian, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (launch->control_fd >= 0)
		close(launch->control_fd);
	if (launch->output_fd >= 0)
		close(launch->output_fd);
	close(launch->news_fd);
	close(launch->gate_fd[0]);
	if (launch->gate_fd[1] >= 0)
		close(launch->gate_fd[1]);
	close(launch->exec_fd);
	free(launch->name);
	free(launch);
}
