/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting programs: the one under test, those it profiles, and shell scripts. */
#include "e2e.h"
#include "run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 64, SCRIPT_MAX = 16384 };

static const char *environment(const char *name)
{
	const char *value = getenv(name);

	if (!value)
		fail_msg("%s is not set: run this by 'make e2e'", name);
	return value;
}

/* --- The program under test ----------------------------------------------------------------- */

/* Another user may not reach the folder it was built in. */
static const char *reachable(struct e2e *e)
{
	const char *path = environment("RG");

	if (!e->uid)
		return path;
	e2e_sh(e, "cp '%s' program-under-test", path);
	return e2e_path(e, "program-under-test");
}

void e2e_rg_start(struct e2e *e, const char *const *words)
{
	const char *argv[WORDS_MAX] = {reachable(e)};
	size_t count = 1;

	for (; words[count - 1]; count++) {
		assert_true(count < WORDS_MAX - 1);
		argv[count] = words[count - 1];
	}
	assert_null(e->run);
	e->run = e2e_run_start(e, argv);
}

pid_t e2e_rg_pid(const struct e2e *e)
{
	return e2e_run_pid(e->run);
}

void e2e_rg_wait_for(struct e2e *e, const char *words)
{
	if (!e2e_run_gather(e->run, words))
		fail_msg("did not come to say '%s'; stderr: %s", words, e2e_run_err(e->run));
}

int e2e_rg_finish(struct e2e *e)
{
	struct e2e_run *run = e->run;

	if (!e2e_run_gather(run, NULL))
		fail_msg("hangs; stderr: %s", e2e_run_err(run));
	free(e->out);
	free(e->err);
	e->run = NULL;
	e2e_run_take(run, &e->status, &e->out, &e->err);
	return e->status;
}

void e2e_rg_end_by_at(struct e2e *e, int sig, const char *file, int line)
{
	assert_int_equal(kill(e2e_rg_pid(e), sig), 0);
	e2e_rg_finish(e);
	e2e_assert_status_at(e, 128 + sig, file, line);
}

int e2e_rg(struct e2e *e, const char *const *words)
{
	e2e_rg_start(e, words);
	return e2e_rg_finish(e);
}

/* --- What it profiles ----------------------------------------------------------------------- */

const char *e2e_program(struct e2e *e, const char *name)
{
	char *path = e->paths[e->next_path++ % E2E_PATHS];

	snprintf(path, E2E_PATH_MAX, "%s/%s", environment("RG_PROGRAMS"), name);
	return path;
}

const char *e2e_program_copy(struct e2e *e, const char *name, const char *to)
{
	e2e_sh(e, "cp '%s' '%s' && chmod 755 '%s'", e2e_program(e, name), to, to);
	return e2e_path(e, "%s", to);
}

pid_t e2e_spawn(struct e2e *e, const char *const *argv)
{
	pid_t pid;

	assert_true(e->helper_count < E2E_SETTINGS);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		setpgid(0, 0);
		if (chdir(e->root) == 0)
			execv(argv[0], (char *const *)argv);
		_exit(121);
	}
	setpgid(pid, pid);
	e->helpers[e->helper_count++] = pid;
	return pid;
}

void e2e_end_helpers(struct e2e *e)
{
	for (size_t i = 0; i < e->helper_count; i++) {
		kill(-e->helpers[i], SIGKILL);
		waitpid(e->helpers[i], NULL, 0);
	}
	e->helper_count = 0;
}

/* --- Scripts -------------------------------------------------------------------------------- */

/* Runs it by another struct e2e's rules, so that the test's own settings do not reach it. */
static void run_script(struct e2e *e, const char *script, char **out)
{
	const char *const argv[] = {"/bin/sh", "-ec", script, NULL};
	struct e2e plain = {0};
	struct e2e_run *run;
	char *err;
	int status;

	memcpy(plain.root, e->root, sizeof(plain.root));
	run = e2e_run_start(&plain, argv);
	if (!e2e_run_gather(run, NULL)) {
		e2e_run_kill(run);
		fail_msg("hangs: %s", script);
	}
	e2e_run_take(run, &status, out, &err);
	if (status)
		fail_msg("%s: status %d: %s", script, status, err);
	free(err);
}

__attribute__((format(printf, 2, 0))) static void format_script(char script[SCRIPT_MAX],
								const char *format, va_list args)
{
	int n = vsnprintf(script, SCRIPT_MAX, format, args);

	assert_true(n > 0 && n < SCRIPT_MAX);
}

void e2e_sh(struct e2e *e, const char *format, ...)
{
	char script[SCRIPT_MAX], *out;
	va_list args;

	va_start(args, format);
	format_script(script, format, args);
	va_end(args);
	run_script(e, script, &out);
	free(out);
}

const char *e2e_ask(struct e2e *e, const char *format, ...)
{
	char script[SCRIPT_MAX], *out, *answer = e->paths[e->next_path++ % E2E_PATHS];
	va_list args;

	va_start(args, format);
	format_script(script, format, args);
	va_end(args);
	run_script(e, script, &out);
	snprintf(answer, E2E_PATH_MAX, "%.*s", (int)strcspn(out, "\n"), out);
	free(out);
	return answer;
}
