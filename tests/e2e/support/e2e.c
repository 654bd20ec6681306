/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "e2e.h"
#include "run.h"

#include "rg/profile.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int e2e_setup(void **state)
{
	struct e2e *e = calloc(1, sizeof(*e));

	if (!e)
		return -1;
	/* What a failed test leaves running becomes ours to end. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	snprintf(e->root, sizeof(e->root), "/tmp/rg-e2e-XXXXXX");
	if (!mkdtemp(e->root) || chmod(e->root, 0777)) {
		free(e);
		return -1;
	}
	*state = e;
	return 0;
}

/* Until there is none: the children of those that were ended come after them. */
static void end_descendants(void)
{
	char path[64];
	pid_t pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	do {
		FILE *children = fopen(path, "re");
		int child;

		while (children && fscanf(children, "%d", &child) == 1)
			kill(child, SIGKILL);
		if (children)
			fclose(children);
		pid = waitpid(-1, NULL, 0);
	} while (pid > 0);
}

int e2e_teardown(void **state)
{
	struct e2e *e = *state;
	char command[E2E_PATH_MAX + 16];

	e2e_run_kill(e->run);
	e2e_end_helpers(e);
	end_descendants();
	for (size_t i = 0; i < e->profile_count; i++)
		rg_profile_free(e->profiles[i]);
	snprintf(command, sizeof(command), "rm -rf '%s'", e->root);
	if (system(command))
		fprintf(stderr, "cannot remove '%s'\n", e->root);
	free(e->out);
	free(e->err);
	free(e);
	return 0;
}

void e2e_need_root(void)
{
	const char *required = getenv("RG_REQUIRE_BPF");

	if (geteuid() == 0)
		return;
	if (required && strcmp(required, "1") == 0)
		fail_msg("needs root, and RG_REQUIRE_BPF=1 asks for it");
	print_message("skipped: needs root\n");
	skip();
}

bool e2e_is_long(void)
{
	const char *wish = getenv("RG_LONG");

	return wish && strcmp(wish, "1") == 0;
}

void e2e_need_long(void)
{
	if (e2e_is_long())
		return;
	print_message("skipped: needs RG_LONG=1\n");
	skip();
}

void e2e_sleep_ms(unsigned int ms)
{
	const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	nanosleep(&time, NULL);
}

/* --- Assertions ----------------------------------------------------------------------------- */

static void show(const struct e2e *e)
{
	print_error("status %d\nstdout: %s\nstderr: %s\n", e->status, e->out ? e->out : "(none)",
		    e->err ? e->err : "(none)");
}

void e2e_assert_status_at(const struct e2e *e, int expected, const char *file, int line)
{
	if (e->status == expected)
		return;
	show(e);
	print_error("expected status %d\n", expected);
	_fail(file, line);
}

void e2e_assert_says_at(const struct e2e *e, const char *text, const char *words, const char *file,
			int line)
{
	if (text && strstr(text, words))
		return;
	show(e);
	print_error("expected the words: %s\n", words);
	_fail(file, line);
}

void e2e_assert_silent_at(const struct e2e *e, const char *text, const char *words,
			  const char *file, int line)
{
	if (text && !strstr(text, words))
		return;
	show(e);
	print_error("did not expect the words: %s\n", words);
	_fail(file, line);
}

void e2e_assert_first_line_at(const struct e2e *e, const char *begin, const char *words,
			      const char *file, int line)
{
	size_t len = strcspn(e->out, "\n");
	const char *at = strstr(e->out, words);

	if (strncmp(e->out, begin, strlen(begin)) == 0 && at && at <= e->out + len)
		return;
	show(e);
	print_error("expected the first line: %s … %s\n", begin, words);
	_fail(file, line);
}

void e2e_assert_headline_at(const struct e2e *e, const char *begin, const char *words,
			    const char *file, int line)
{
	const char *end = strstr(e->out, "\n\n");
	char *headline = strndup(e->out, end ? (size_t)(end - e->out) : strlen(e->out));
	size_t len = 0;
	bool says;

	assert_non_null(headline);
	for (const char *at = headline; *at;) {
		bool breaks = *at++ == '\n';

		headline[len++] = breaks ? ' ' : at[-1];
		at += breaks ? strspn(at, " ") : 0;
	}
	headline[len] = '\0';
	says = strncmp(headline, begin, strlen(begin)) == 0 && strstr(headline, words);
	if (!says) {
		show(e);
		print_error("expected the headline: %s … %s\n", begin, words);
	}
	free(headline);
	if (!says)
		_fail(file, line);
}

void e2e_assert_in_file_at(struct e2e *e, const char *name, const char *words, const char *file,
			   int line)
{
	char *text = e2e_read(e, name, NULL);
	bool found = text && strstr(text, words);

	if (!found)
		print_error("%s does not say '%s': %s\n", name, words,
			    text ? text : "it is not there");
	free(text);
	if (!found)
		_fail(file, line);
}
