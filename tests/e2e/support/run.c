/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct stream {
	int fd; /* -1 at its end */
	char *text;
	size_t len;
};

struct e2e_run {
	pid_t pid;
	bool ended;
	int status;
	double deadline_s;
	struct stream out, err;
};

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- In the child --------------------------------------------------------------------------- */

/* What a user's own settings would change. */
static void neutralise(const struct e2e *e)
{
	static const char *const unset[] = {
		"SUDO_UID", "SUDO_GID", "SUDO_USER", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE",
		"COLUMNS", "NO_COLOR", "XDG_DATA_HOME", "LC_ALL", "LC_CTYPE", "LC_MESSAGES",
		"MAKEFLAGS", "GIT_CEILING_DIRECTORIES",
		/* CI's words for the branch a pull request is for. */
		"GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
		"CI_MERGE_REQUEST_DIFF_BASE_SHA",
		/* What reports are posted by. */
		"GITHUB_ACTIONS", "GITHUB_TOKEN", "GH_TOKEN", "GITHUB_API_URL", "GITHUB_REPOSITORY",
		"GITHUB_REF", "GITHUB_SHA", "GITHUB_EVENT_PATH", "GITHUB_RUN_ID",
		"GITHUB_STEP_SUMMARY", "GITHUB_SERVER_URL", "GITLAB_CI", "GITLAB_TOKEN",
		"CI_JOB_TOKEN", "CI_SERVER_URL", "SSH_AUTH_SOCK", "CI_API_V4_URL",
		"CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_PROJECT_ID", "CI_PROJECT_URL",
		"CI_MERGE_REQUEST_PROJECT_URL", "http_proxy", "https_proxy", "all_proxy",
		"no_proxy", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE",
		"CURL_CA_BUNDLE"};

	for (size_t i = 0; i < sizeof(unset) / sizeof(unset[0]); i++)
		unsetenv(unset[i]);
	setenv("HOME", e->root, 1);
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("GIT_CONFIG_SYSTEM", "/dev/null", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("LANG", "C.UTF-8", 1);
}

static int set_environment(const struct e2e *e)
{
	neutralise(e);
	for (size_t i = 0; i < E2E_ENV && e->env[i]; i++) {
		char setting[E2E_PATH_MAX], *value;

		snprintf(setting, sizeof(setting), "%s", e->env[i]);
		value = strchr(setting, '=');
		if (!value)
			return -1;
		*value = '\0';
		if (setenv(setting, value + 1, 1))
			return -1;
	}
	return 0;
}

static int set_streams(const struct e2e *e, int out_fd, int err_fd)
{
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (e->stdout_path)
		out_fd = open(e->stdout_path, O_WRONLY | O_CLOEXEC);
	if (dup2(null_fd, STDIN_FILENO) < 0 || dup2(err_fd, STDERR_FILENO) < 0)
		return -1;
	if (e->stdout_closed)
		return close(STDOUT_FILENO);
	return dup2(out_fd, STDOUT_FILENO) < 0 ? -1 : 0;
}

static int become(uid_t uid)
{
	return uid && (setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
		       ? -1
		       : 0;
}

_Noreturn static void exec_child(const struct e2e *e, const char *const *argv, int out_fd,
				 int err_fd)
{
	char directory[2 * E2E_PATH_MAX];

	setpgid(0, 0);
	snprintf(directory, sizeof(directory), "%s/%s", e->root, e->directory ? e->directory : "");
	if (set_environment(e) || chdir(directory) || set_streams(e, out_fd, err_fd) ||
	    become(e->uid))
		_exit(120);
	/* After the change of user, which clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execv(argv[0], (char *const *)argv);
	_exit(121);
}

/* --- Running -------------------------------------------------------------------------------- */

struct e2e_run *e2e_run_start(const struct e2e *e, const char *const *argv)
{
	struct e2e_run *run = calloc(1, sizeof(*run));
	int out[2], err[2];

	assert_non_null(run);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(pipe2(err, O_CLOEXEC), 0);
	run->pid = fork();
	assert_true(run->pid >= 0);
	if (run->pid == 0)
		exec_child(e, argv, out[1], err[1]);
	setpgid(run->pid, run->pid);
	close(out[1]);
	close(err[1]);
	run->out.fd = out[0];
	run->err.fd = err[0];
	run->deadline_s = now_s() + (e->limit_s ? e->limit_s : E2E_LIMIT_S);
	return run;
}

pid_t e2e_run_pid(const struct e2e_run *run)
{
	return run->pid;
}

const char *e2e_run_err(const struct e2e_run *run)
{
	return run->err.text ? run->err.text : "";
}

static void read_stream(struct stream *stream)
{
	char bytes[65536];
	ssize_t n = read(stream->fd, bytes, sizeof(bytes));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		close(stream->fd);
		stream->fd = -1;
		return;
	}
	assert_true(stream->len + (size_t)n < E2E_OUTPUT_MAX);
	stream->text = realloc(stream->text, stream->len + (size_t)n + 1);
	assert_non_null(stream->text);
	memcpy(stream->text + stream->len, bytes, (size_t)n);
	stream->len += (size_t)n;
	stream->text[stream->len] = '\0';
}

/* Waits for output a moment at most. Returns whether any came. */
static bool read_streams(struct e2e_run *run)
{
	struct pollfd fds[2] = {
		{.fd = run->out.fd, .events = POLLIN},
		{.fd = run->err.fd, .events = POLLIN},
	};

	if (poll(fds, 2, 20) <= 0)
		return false;
	if (fds[0].revents)
		read_stream(&run->out);
	if (fds[1].revents)
		read_stream(&run->err);
	return true;
}

static bool look_whether_ended(struct e2e_run *run)
{
	if (!run->ended && waitpid(run->pid, &run->status, WNOHANG) == run->pid)
		run->ended = true;
	return run->ended;
}

bool e2e_run_gather(struct e2e_run *run, const char *words)
{
	while (now_s() < run->deadline_s) {
		bool ended = look_whether_ended(run);
		bool any = read_streams(run);

		if (words && strstr(e2e_run_err(run), words))
			return true;
		/* What it wrote is in the pipes, though others may hold them open. */
		if (ended && !any)
			return words == NULL;
	}
	return false;
}

/* --- Ending --------------------------------------------------------------------------------- */

static char *take_text(struct stream *stream)
{
	char *text = stream->text ? stream->text : strdup("");

	if (stream->fd >= 0)
		close(stream->fd);
	*stream = (struct stream){.fd = -1};
	return text;
}

void e2e_run_take(struct e2e_run *run, int *status, char **out, char **err)
{
	*status = WIFSIGNALED(run->status) ? 128 + WTERMSIG(run->status) : WEXITSTATUS(run->status);
	*out = take_text(&run->out);
	*err = take_text(&run->err);
	free(run);
}

void e2e_run_kill(struct e2e_run *run)
{
	int status;
	char *out, *err;

	if (!run)
		return;
	if (!run->ended) {
		kill(-run->pid, SIGKILL);
		kill(run->pid, SIGKILL);
		waitpid(run->pid, &run->status, 0);
	}
	e2e_run_take(run, &status, &out, &err);
	free(out);
	free(err);
}
