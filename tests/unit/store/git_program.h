/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_GIT_PROGRAM_H
#define TEST_GIT_PROGRAM_H

/* Scratch repositories, made and looked at by the git program without anybody's configuration. */

#include "store/scratch.h"

/*
 * libgit2 1.5 loses a match's data where git_config_foreach_match() finds nothing, once for each
 * entry of a repository that declares extensions. Its frames cannot be unwound, so the suppression
 * names the library that allocates. And git_revparse_ext() loses the reference when it cannot read what
 * that stands for, and git_revwalk_next() its queue where a commit is beyond a shallow clone's end.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2-8\nleak:git_reference_dwim\nleak:git_revwalk_next";
}

static inline void git_environment(void)
{
	setenv("HOME", "/nonexistent", 1);
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("GIT_CONFIG_SYSTEM", "/dev/null", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_AUTHOR_NAME", "a", 1);
	setenv("GIT_AUTHOR_EMAIL", "a@example.org", 1);
	setenv("GIT_COMMITTER_NAME", "a", 1);
	setenv("GIT_COMMITTER_EMAIL", "a@example.org", 1);
	setenv("GIT_AUTHOR_DATE", "1700000000 +0000", 1);
	setenv("GIT_COMMITTER_DATE", "1700000000 +0000", 1);
	setenv("LC_ALL", "C", 1);
	unsetenv("GIT_DIR");
	unsetenv("GIT_WORK_TREE");
	unsetenv("GIT_INDEX_FILE");
}

/* Runs a shell script in the scratch directory. */
static inline void git_run(struct scratch *scratch, const char *script)
{
	char command[4096];
	int n = snprintf(command, sizeof(command), "cd '%s' && set -e && { %s\n} >log 2>&1",
			 scratch->root, script);

	assert_true(n > 0 && n < (int)sizeof(command));
	if (system(command) != 0) {
		char *log = scratch_read(scratch, "log");

		fail_msg("git: %s: %s", script, log ? log : "");
	}
}

/* The first line that a script prints, in `out`. */
static inline const char *git_ask(struct scratch *scratch, const char *script, char out[256])
{
	char command[4096];
	FILE *pipe;

	snprintf(command, sizeof(command), "cd '%s' && %s", scratch->root, script);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	if (!fgets(out, 256, pipe))
		out[0] = '\0';
	assert_int_equal(pclose(pipe), 0);
	out[strcspn(out, "\n")] = '\0';
	return out;
}

#endif
