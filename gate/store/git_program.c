/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_program.h"

#include "git_job.h"
#include "git_wire.h"

#include "io.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/units.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	ENV_MAX = 80,
	ENV_TEXT_MAX = 1 << 15,
	STEP_MS = 20,
	STEPS_A_BEAT = 25,
	NO_PROGRAM = 127,
	UNKNOWN_END = 255
};

/* --- Its environment ------------------------------------------------------------------------- */

/* "NAME=VALUE" texts in a buffer that does not move. */
struct environment {
	char text[ENV_TEXT_MAX];
	size_t used, count;
	char *list[ENV_MAX];
	int settings; /* of configuration */
	bool full;
};

static void set(struct environment *env, const char *name, const char *value)
{
	char *at = env->text + env->used;
	int n = snprintf(at, sizeof(env->text) - env->used, "%s=%s", name, value);

	if (n < 0 || (size_t)n >= sizeof(env->text) - env->used || env->count + 1 >= ENV_MAX) {
		env->full = true;
		return;
	}
	env->used += (size_t)n + 1;
	env->list[env->count++] = at;
}

/* git-config(1): settings by GIT_CONFIG_KEY_n and GIT_CONFIG_VALUE_n go over those of files. */
static void configure(struct environment *env, const char *key, const char *value)
{
	char name[48];

	snprintf(name, sizeof(name), "GIT_CONFIG_KEY_%d", env->settings);
	set(env, name, key);
	snprintf(name, sizeof(name), "GIT_CONFIG_VALUE_%d", env->settings++);
	set(env, name, value);
}

/*
 * What the program and those it runs (ssh, credential helpers) need of ours. Not GIT_DIR and its like, nor
 * what would have it print more than was asked for, a header with a token, for one (GIT_TRACE_CURL).
 */
static void pass_on(struct environment *env)
{
	static const char *const names[] = {
		"PATH",
		"HOME",
		"USER",
		"LOGNAME",
		"XDG_CONFIG_HOME",
		"XDG_RUNTIME_DIR",
		"DBUS_SESSION_BUS_ADDRESS",
		"TMPDIR",
		"SSH_AUTH_SOCK",
		"GIT_SSH",
		"GIT_SSH_COMMAND",
		"GIT_ASKPASS",
		"GIT_CONFIG_GLOBAL",
		"GIT_CONFIG_SYSTEM",
		"GIT_CONFIG_NOSYSTEM",
		"GIT_EXEC_PATH",
		"GIT_SSL_CAPATH",
		"SSL_CERT_DIR",
		"http_proxy",
		"https_proxy",
		"HTTPS_PROXY",
		"all_proxy",
		"ALL_PROXY",
		"no_proxy",
		"NO_PROXY",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value)
			set(env, names[i], value);
	}
}

/* Those of the origin alone; and they are not led elsewhere. */
static void add_secret(struct environment *env, const struct gs_wire *wire)
{
	char key[GS_ORIGIN_MAX + 32];

	configure(env, "http.followRedirects", wire->secret.header[0] ? "false" : "initial");
	if (!wire->secret.header[0])
		return;
	snprintf(key, sizeof(key), "http.%s/.extraHeader", wire->url.origin);
	/* An empty one forgets those that a configuration file has: a server refuses two. */
	configure(env, key, "");
	configure(env, key, wire->secret.header);
	/* A server that wants others is not given the user's. */
	configure(env, "credential.helper", "");
}

static void add_limits(struct environment *env, const struct gs_wire *wire)
{
	char seconds[24];

	snprintf(seconds, sizeof(seconds), "%" PRIu64, wire->stall_ns / RG_NS_PER_S + 1);
	configure(env, "http.lowSpeedLimit", "1");
	configure(env, "http.lowSpeedTime", seconds);
}

static void make_environment(struct environment *env, const struct gs_program *program)
{
	char count[16];

	*env = (struct environment){.count = 0};
	pass_on(env);
	set(env, "LC_ALL", "C");
	set(env, "GIT_TERMINAL_PROMPT", "0");
	/* Others would run programs that the URL names. */
	set(env, "GIT_ALLOW_PROTOCOL", "file:http:https:ssh");
	set(env, "GIT_DIR", program->directory ? program->directory : "/nonexistent");
	if (program->wire->ca_file)
		set(env, "GIT_SSL_CAINFO", program->wire->ca_file);
	configure(env, "core.hooksPath", "/dev/null");
	configure(env, "fetch.fsckObjects", "true");
	configure(env, "fetch.unpackLimit", "1");
	configure(env, "fetch.recurseSubmodules", "false");
	configure(env, "push.recurseSubmodules", "no");
	configure(env, "push.gpgSign", "false");
	configure(env, "push.followTags", "false");
	configure(env, "gc.auto", "0");
	/* What is fetched is copied, and removed again: it need not outlive a power cut. */
	configure(env, "core.fsync", "none");
	configure(env, "maintenance.auto", "false");
	add_secret(env, program->wire);
	add_limits(env, program->wire);
	snprintf(count, sizeof(count), "%d", env->settings);
	set(env, "GIT_CONFIG_COUNT", count);
}

/* --- Running it ----------------------------------------------------------------------------- */

/* Its streams: files in memory, so that nobody waits for anybody. */
enum { IN, OUT, ERRORS, STREAMS };

static void close_streams(const int streams[STREAMS])
{
	for (int i = 0; i < STREAMS; i++) {
		if (streams[i] >= 0)
			close(streams[i]);
	}
}

static int open_streams(const struct gs_program *program, int streams[STREAMS])
{
	int rc = 0;

	for (int i = 0; i < STREAMS; i++) {
		streams[i] = memfd_create("git", MFD_CLOEXEC);
		if (streams[i] < 0)
			rc = -errno;
	}
	if (!rc && program->input)
		rc = io_write_all(streams[IN], program->input, program->input_len);
	if (!rc && lseek(streams[IN], 0, SEEK_SET) < 0)
		rc = -errno;
	if (rc)
		close_streams(streams);
	return rc;
}

static void execute(const struct gs_program *program, const int streams[STREAMS])
{
	const char *words[GS_PROGRAM_WORDS_MAX + 2] = {"git"};
	struct environment env;
	size_t count = 1;

	make_environment(&env, program);
	for (size_t i = 0; program->words[i]; i++) {
		if (count > GS_PROGRAM_WORDS_MAX)
			_exit(NO_PROGRAM);
		words[count++] = program->words[i];
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGPIPE, SIG_DFL);
	if (!env.full && dup2(streams[IN], 0) == 0 && dup2(streams[OUT], 1) == 1 &&
	    dup2(streams[ERRORS], 2) == 2)
		execvpe("git", (char *const *)words, env.list);
	_exit(NO_PROGRAM);
}

static int wait_for(const struct gs_program *program, pid_t child)
{
	const struct timespec step = {.tv_nsec = (long)(STEP_MS * RG_NS_PER_MS)};
	int status = 0;
	pid_t ended;

	for (unsigned int i = 0; (ended = waitpid(child, &status, WNOHANG)) == 0; i++) {
		if (i % STEPS_A_BEAT == 0)
			gs_job_alive(program->alive);
		nanosleep(&step, NULL);
	}
	if (ended < 0)
		return UNKNOWN_END;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int read_stream(int stream, struct rg_buf *to)
{
	if (lseek(stream, 0, SEEK_SET) < 0)
		return -errno;
	return io_read_all(stream, to->max - to->len, to);
}

int gs_program_run(const struct gs_program *program, struct rg_buf *out, struct rg_buf *errors,
		   int *status, struct rg_err *err)
{
	int streams[STREAMS], rc = open_streams(program, streams);
	pid_t child;

	if (rc)
		return rg_err_set(err, RG_EIO, "run git: %s", strerror(-rc));
	child = fork();
	if (child == 0)
		execute(program, streams);
	*status = child < 0 ? NO_PROGRAM : wait_for(program, child);
	rc = read_stream(streams[OUT], out);
	if (!rc)
		rc = read_stream(streams[ERRORS], errors);
	close_streams(streams);
	if (rc)
		return rg_err_set(err, RG_ELIMIT, "read what git printed: %s", strerror(-rc));
	if (*status == NO_PROGRAM)
		return rg_err_set(
			err, RG_EUSAGE,
			"the git program is needed for this and cannot be run: install git");
	return 0;
}
