/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_SCRATCH_H
#define TEST_SCRATCH_H

/* A directory of a test's own, files in it, and children without privileges. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SCRATCH_NOBODY = 65534 };

struct scratch {
	char root[128];
	char joined[PATH_MAX]; /* what scratch_path() returned last */
};

static inline void scratch_make(struct scratch *scratch)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(scratch->root, sizeof(scratch->root), "%s/rg-unit-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(scratch->root));
}

static inline int scratch_remove_entry(const char *path, const struct stat *st, int type,
				       struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void scratch_remove(struct scratch *scratch)
{
	nftw(scratch->root, scratch_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* root/name; valid until the next call. */
static inline const char *scratch_path(struct scratch *scratch, const char *name)
{
	snprintf(scratch->joined, sizeof(scratch->joined), "%s/%s", scratch->root, name);
	return scratch->joined;
}

static inline void scratch_write_bytes(struct scratch *scratch, const char *name, const void *bytes,
				       size_t len)
{
	FILE *file = fopen(scratch_path(scratch, name), "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static inline void scratch_write(struct scratch *scratch, const char *name, const char *text)
{
	scratch_write_bytes(scratch, name, text, strlen(text));
}

/* The file's text, malloc'd; NULL when there is none. */
static inline char *scratch_read(struct scratch *scratch, const char *name)
{
	FILE *file = fopen(scratch_path(scratch, name), "rb");
	char *text = calloc(1, 1 << 16);

	assert_non_null(text);
	if (!file) {
		free(text);
		return NULL;
	}
	text[fread(text, 1, (1 << 16) - 1, file)] = '\0';
	fclose(file);
	return text;
}

static inline bool scratch_exists(struct scratch *scratch, const char *name)
{
	struct stat st;

	return !lstat(scratch_path(scratch, name), &st);
}

static inline void assert_text_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' does not hold '%s'", text, part);
}

/* What a child made of fn's result, 0 to 255; fn may assert nothing. -1 when it was killed. */
static inline int scratch_in_child(int (*fn)(void *ctx), void *ctx, bool as_nobody)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (as_nobody &&
		    (setgroups(0, NULL) || setgid(SCRATCH_NOBODY) || setuid(SCRATCH_NOBODY)))
			_exit(255);
		_exit(fn(ctx) & 255);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline bool scratch_is_root(const char *test)
{
	if (geteuid() == 0)
		return true;
	print_message("%s: skipped: needs root\n", test);
	return false;
}

#endif
