/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guardian.h"
#include "launch_child.h"
#include "launch_plan.h"
#include "printed.h"

#include "rg/err.h"
#include "rg/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 200 };

struct rg_launch {
	const char *what;
	char *name;   /* argv[0], or how the shell command begins */
	pid_t keeper; /* the guardian's parent */
	pid_t pid;
	int control_fd; /* closing it ends the guardian and all it guards */
	int news_fd, exec_fd;
	/* Both ends: writing to a child that is gone must not raise SIGPIPE. */
	int gate_fd[2];
	bool ended, gone;
	int status;
	struct rg_printed printed;
};

/* --- Starting --------------------------------------------------------------------------------- */

static int *pipe_at(struct rg_launch_pipes *p, size_t i)
{
	int *all[] = {p->control, p->news, p->output, p->gate, p->exec};

	return i < sizeof(all) / sizeof(all[0]) ? all[i] : NULL;
}

static void close_pipes(struct rg_launch_pipes *p, bool read_ends, bool write_ends)
{
	int *ends;

	for (size_t i = 0; (ends = pipe_at(p, i)); i++) {
		if (read_ends && ends[0] >= 0)
			close(ends[0]);
		if (write_ends && ends[1] >= 0)
			close(ends[1]);
	}
}

static int open_pipes(struct rg_launch_pipes *p)
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

static void take_ends(struct rg_launch *launch, struct rg_launch_pipes *p, int copy_fd)
{
	launch->control_fd = p->control[1];
	launch->news_fd = p->news[0];
	launch->gate_fd[0] = p->gate[0];
	launch->gate_fd[1] = p->gate[1];
	launch->exec_fd = p->exec[0];
	close(p->control[0]);
	close(p->news[1]);
	close(p->output[1]);
	close(p->exec[1]);
	rg_printed_open(&launch->printed, p->output[0], copy_fd);
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

/* What a message has room for: of a script its first line. */
static char *name_of(const struct rg_launch_options *options)
{
	const char *text = options->shell ? options->shell : options->argv[0];
	size_t len = options->shell ? strcspn(text, "\n") : strlen(text);
	char *name = NULL;

	if (len > NAME_MAX_BYTES)
		len = NAME_MAX_BYTES;
	return asprintf(&name, "%.*s%s", (int)len, text, text[len] ? "…" : "") < 0 ? NULL : name;
}

static struct rg_launch *launch_new(const struct rg_launch_options *options)
{
	struct rg_launch *launch = calloc(1, sizeof(*launch));

	if (!launch)
		return NULL;
	launch->what = options->what;
	launch->control_fd = launch->news_fd = launch->exec_fd = launch->printed.fd = -1;
	launch->gate_fd[0] = launch->gate_fd[1] = -1;
	launch->name = name_of(options);
	if (launch->name)
		return launch;
	free(launch);
	return NULL;
}

static int fork_guardian(struct rg_launch *launch, const struct rg_launch_plan *plan,
			 struct rg_err *err)
{
	struct rg_launch_pipes p;

	if (open_pipes(&p))
		return rg_err_set(err, RG_EIO, "%s '%s': %s", launch->what, launch->name,
				  strerror(errno));
	launch->keeper = fork();
	if (launch->keeper == 0)
		rg_launch_guard(&p, plan);
	take_ends(launch, &p, plan->options->output_fd);
	if (launch->keeper < 0)
		return rg_err_set(err, RG_EIO, "%s '%s': fork: %s", launch->what, launch->name,
				  strerror(errno));
	return read_start(launch, err);
}

static int start(const struct rg_launch_options *options, struct rg_launch **out,
		 struct rg_err *err)
{
	struct rg_launch *launch = launch_new(options);
	struct rg_launch_plan plan;
	int rc;

	if (!launch)
		return rg_err_nomem(err, options->what);
	rc = rg_launch_plan_make(options, &plan, err);
	if (!rc) {
		rc = fork_guardian(launch, &plan, err);
		rg_launch_plan_done(&plan);
	}
	if (rc) {
		rg_launch_free(launch);
		return rc;
	}
	*out = launch;
	return 0;
}

int rg_launch_start(const struct rg_launch_options *options, struct rg_launch **out,
		    struct rg_err *err)
{
	/* execv() takes no const, and writes to none. */
	char *const shell[] = {(char *)"/bin/sh", (char *)"-c", (char *)options->shell, NULL};
	struct rg_launch_options plan = *options;

	if (plan.shell)
		plan.argv = shell;
	return start(&plan, out, err);
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

/* --- Watching --------------------------------------------------------------------------------- */

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
		launch->gone =
			true; /* the guardian was killed, or its keeper, and nothing is left */
	/* Output after news: of a process known to have ended, all it printed is there by now. */
	rg_printed_read(&launch->printed);
}

bool rg_launch_ended(const struct rg_launch *launch, int *status)
{
	if (launch->ended)
		*status = launch->status;
	return launch->ended;
}

const char *rg_launch_output(const struct rg_launch *launch)
{
	return launch->printed.tail;
}

void rg_launch_await(struct rg_launch *launch, const char *text)
{
	launch->printed.awaited = text;
	launch->printed.seen = false;
}

bool rg_launch_seen(const struct rg_launch *launch)
{
	return launch->printed.seen;
}

bool rg_launch_gone(const struct rg_launch *launch)
{
	return launch->gone;
}

int rg_launch_failure(const struct rg_launch *launch, struct rg_err *err)
{
	const char *tail =
		launch->printed.tail_len ? launch->printed.tail : "(it printed nothing)\n";
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

/* --- Ending ----------------------------------------------------------------------------------- */

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
			{.fd = launch->printed.fd, .events = POLLIN},
		};

		poll(fds, 2, 100);
		rg_launch_poll(launch);
	}
}

void rg_launch_free(struct rg_launch *launch)
{
	if (!launch)
		return;
	if (launch->keeper > 0) {
		rg_launch_stop(launch);
		while (waitpid(launch->keeper, NULL, 0) < 0 && errno == EINTR)
			;
	}
	const int ends[] = {launch->control_fd, launch->news_fd, launch->gate_fd[0],
			    launch->gate_fd[1], launch->exec_fd};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends[i] >= 0)
			close(ends[i]);
	rg_printed_close(&launch->printed);
	free(launch->name);
	free(launch);
}
