/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_job.h"

#include "io.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/remote.h"
#include "rg/units.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* In all, as a multiple of the silence that is allowed. */
enum { STALLS_IN_ALL = 10 };

/* The last line: "done", or "fail CODE TEXT". A line "." says that something was received. */
static const char done_word[] = "done", fail_word[] = "fail ", alive_word[] = ".";

/* --- The process ---------------------------------------------------------------------------- */

void gs_job_say(int out, const char *fmt, ...)
{
	char line[GS_JOB_LINE_MAX];
	va_list args;
	size_t len;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line) - 1, fmt, args);
	va_end(args);
	len = strlen(line);
	for (size_t i = 0; i < len; i++) {
		if (line[i] == '\n' || line[i] == '\r')
			line[i] = ' ';
	}
	line[len] = '\n';
	/* Nobody to hear it: then nobody waits for the result either. */
	if (io_write_all(out, line, len + 1))
		_exit(1);
}

void gs_job_alive(int out)
{
	gs_job_say(out, "%s", alive_word);
}

static int become(uid_t uid, gid_t gid)
{
	const struct passwd *user = getpwuid(uid);

	if (user)
		gid = user->pw_gid;
	if (user ? initgroups(user->pw_name, gid) : setgroups(0, NULL))
		return -errno;
	if (setgid(gid) || setuid(uid))
		return -errno;
	/* Root's own settings are not for others, nor is root's home. */
	unsetenv("XDG_CONFIG_HOME");
	if (user ? setenv("HOME", user->pw_dir, 1) : unsetenv("HOME"))
		return -errno;
	return 0;
}

/*
 * Root in somebody else's repository does what its owner could do: whatever a server, a configuration file
 * of the owner's or a program named there brings about is the owner's doing.
 */
static int become_owner(int directory)
{
	struct stat st;

	if (fstat(directory, &st))
		return -errno;
	return geteuid() != 0 || st.st_uid == 0 ? 0 : become(st.st_uid, st.st_gid);
}

static int limit_files(void)
{
	const rlim_t max_bytes = (rlim_t)RG_REMOTE_MAX_MIB << 20;
	struct rlimit limit = {0};

	/* Too large a file is a write that fails, with a reason. */
	signal(SIGXFSZ, SIG_IGN);
	if (getrlimit(RLIMIT_FSIZE, &limit))
		return -errno;
	if (limit.rlim_max > max_bytes)
		limit.rlim_cur = limit.rlim_max = max_bytes;
	return setrlimit(RLIMIT_FSIZE, &limit) ? -errno : 0;
}

static int confine(int directory)
{
	int rc;

	/* Without a terminal nothing can ask for a password and wait for ever. */
	setsid();
	signal(SIGPIPE, SIG_IGN);
	/* Who started us may ignore it: then nobody would be told how the git program ended. */
	signal(SIGCHLD, SIG_DFL);
	rc = become_owner(directory);
	if (!rc)
		rc = limit_files();
	if (rc)
		return rc;
	/* After the user was changed, which clears it. */
	return prctl(PR_SET_PDEATHSIG, SIGTERM) ? -errno : 0;
}

static void run_child(const struct gs_job *job, int directory, int out, pid_t parent)
{
	struct rg_err err = {0};
	int rc = confine(directory);

	if (rc)
		rg_err_set(&err, RG_EPRIVILEGE,
			   "act as the owner of the store: %s (run it as that user)",
			   strerror(-rc));
	else if (getppid() == parent)
		job->work(job->ctx, out, &err);
	if (err.code)
		gs_job_say(out, "%s%d %s", fail_word, err.code, err.text);
	else
		gs_job_say(out, "%s", done_word);
	_exit(0);
}

/* --- The one who waits for it --------------------------------------------------------------- */

struct watch {
	int fd;
	uint64_t stall_ns, start_ns, heard_ns;
};

static uint64_t now_ns(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * RG_NS_PER_S + (uint64_t)now.tv_nsec;
}

/* Milliseconds until one of the limits; at least 1, 0 when one is reached. */
static int wait_ms(const struct watch *watch)
{
	const uint64_t now = now_ns(), end = watch->start_ns + STALLS_IN_ALL * watch->stall_ns;
	const uint64_t silent = watch->heard_ns + watch->stall_ns;
	const uint64_t until = silent < end ? silent : end;

	if (now >= until)
		return 0;
	return until - now >= RG_NS_PER_S ? 1000 : (int)((until - now) / RG_NS_PER_MS) + 1;
}

/* Appends what it says until it says no more. -ETIMEDOUT, -EFBIG, -ENOMEM. */
static int listen_to(struct watch *watch, struct rg_buf *said)
{
	char chunk[1 << 14];

	for (;;) {
		struct pollfd ready = {.fd = watch->fd, .events = POLLIN};
		const int ms = wait_ms(watch);
		ssize_t n;

		if (ms == 0)
			return -ETIMEDOUT;
		if (poll(&ready, 1, ms) <= 0)
			continue;
		n = read(watch->fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		watch->heard_ns = now_ns();
		rg_buf_add(said, chunk, (size_t)n);
		if (said->failed)
			return said->failed == RG_ENOMEM ? -ENOMEM : -EFBIG;
	}
}

static int fail_silent(const struct gs_job *job, const struct watch *watch, struct rg_err *err)
{
	char silence[RG_UNITS_TEXT_MAX];
	const bool silent = now_ns() >= watch->heard_ns + watch->stall_ns;

	rg_format_duration(silence, silent ? watch->stall_ns : STALLS_IN_ALL * watch->stall_ns);
	return rg_err_set(err, RG_EIO, "remote: %s: %s for %s: given up", job->what,
			  silent ? "nothing was heard" : "it went on", silence);
}

static int fail_ended(const struct gs_job *job, int status, struct rg_err *err)
{
	if (WIFSIGNALED(status))
		return rg_err_set(err, RG_EIO, "remote: %s: the process was ended by signal %d",
				  job->what, WTERMSIG(status));
	return rg_err_set(err, RG_EIO, "remote: %s: the process ended without a word", job->what);
}

/* The codes that the process may give: it has read what a server sent. */
static int code_of(const char *text, const char **rest)
{
	char *end;
	const long code = strtol(text, &end, 10);

	*rest = *end == ' ' ? end + 1 : end;
	return code >= RG_ETARGET && code <= RG_ENOMEM ? (int)code : RG_EIO;
}

/* Takes the lines over; returns what the last one says, 1 when that is nothing. */
static int take_lines(const struct gs_job *job, char *said, struct rg_buf *lines,
		      struct rg_err *err)
{
	char *line;

	while ((line = strsep(&said, "\n")) && said) {
		const char *text;
		int code;

		if (!strcmp(line, alive_word))
			continue;
		if (!strcmp(line, done_word))
			return lines->failed ? rg_err_nomem(err, "remote") : 0;
		if (strncmp(line, fail_word, strlen(fail_word)) != 0) {
			rg_buf_addf(lines, "%s\n", line);
			continue;
		}
		code = code_of(line + strlen(fail_word), &text);
		return rg_err_set(err, code, "remote: %s: %s", job->what, text);
	}
	return 1;
}

static int judge(const struct gs_job *job, const struct watch *watch, int heard, int status,
		 struct rg_buf *said, struct rg_buf *lines, struct rg_err *err)
{
	int rc;

	if (heard == -ETIMEDOUT)
		return fail_silent(job, watch, err);
	if (heard)
		return rg_err_set(err, heard == -ENOMEM ? RG_ENOMEM : RG_ELIMIT, "remote: %s: %s",
				  job->what, strerror(-heard));
	rc = said->data ? take_lines(job, said->data, lines, err) : 1;
	return rc == 1 ? fail_ended(job, status, err) : rc;
}

static int attend(const struct gs_job *job, pid_t child, int fd, struct rg_buf *lines,
		  struct rg_err *err)
{
	struct watch watch = {.fd = fd, .stall_ns = job->stall_ns, .start_ns = now_ns()};
	struct rg_buf said;
	int status = 0, heard, rc;

	watch.heard_ns = watch.start_ns;
	rg_buf_init(&said, GS_JOB_LINES_MAX);
	heard = listen_to(&watch, &said);
	/* It leads a session: what it started ends as well. */
	if (heard) {
		kill(-child, SIGKILL);
		kill(child, SIGKILL);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	rc = judge(job, &watch, heard, status, &said, lines, err);
	rg_buf_done(&said);
	return rc;
}

int gs_job_run(const struct gs_job *job, int directory, struct rg_buf *lines, struct rg_err *err)
{
	const pid_t parent = getpid();
	int ends[2], rc;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return rg_err_set(err, RG_EIO, "remote: %s: %s", job->what, strerror(errno));
	child = fork();
	if (child == 0) {
		close(ends[0]);
		run_child(job, directory, ends[1], parent);
	}
	close(ends[1]);
	if (child < 0)
		rc = rg_err_set(err, RG_EIO, "remote: %s: %s", job->what, strerror(errno));
	else
		rc = attend(job, child, ends[0], lines, err);
	close(ends[0]);
	return rc;
}
