/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alternate_shared.h"

#include "rg/err.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What ends a path in a word: the words of a shell, lists of paths, options with values. */
static const char ends[] = " \t\n:;,='\"|&()<>";

/* Whether a path is a folder, or in it. */
static bool is_in(const char *folder, const char *path)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* --- The command ---------------------------------------------------------------------------- */

/* Where it leads, or would if the last of it were there: links may lie on the way. Cuts the path short. */
static bool leads_into(const char *folder, char path[PATH_MAX])
{
	char real[PATH_MAX], *slash;

	while (!realpath(path, real)) {
		slash = strrchr(path, '/');
		if (!slash || slash == path)
			return false;
		*slash = '\0';
	}
	return is_in(folder, real);
}

static bool spells(const char *word, const char *folder)
{
	for (const char *at = word; (at = strstr(at, folder)); at++) {
		if (is_in(folder, at) || strchr(ends, at[strlen(folder)]))
			return true;
	}
	return false;
}

static bool names(const char *word, const char *folder)
{
	char path[PATH_MAX];
	size_t len;

	if (spells(word, folder))
		return true;
	for (const char *at = word; (at = strchr(at, '/')); at += len) {
		len = strcspn(at, ends);
		if (snprintf(path, sizeof(path), "%.*s", (int)len, at) >= (int)sizeof(path))
			continue;
		if (leads_into(folder, path))
			return true;
	}
	return false;
}

/* As execvp(3) does; what is found relative to where it runs is each version's own. */
static bool find_in_path(const char *program, char out[PATH_MAX])
{
	const char *path = getenv("PATH");
	size_t len;

	for (const char *at = path ? path : "/bin:/usr/bin"; *at; at += len + (at[len] == ':')) {
		int n;

		len = strcspn(at, ":");
		n = snprintf(out, PATH_MAX, "%.*s/%s", (int)len, at, program);
		if (n < PATH_MAX && *at == '/' && access(out, X_OK) == 0)
			return true;
	}
	return false;
}

static int refuse_work_tree(const char *what, struct rg_err *err)
{
	return rg_err_set(
		err, RG_EUSAGE,
		"alternate: '%.400s' names a file of your work tree, which would run as both "
		"versions: name it by its path from where you are, such as './server'",
		what);
}

int alternate_shared_named(char *const *command, const char *work_tree, struct rg_err *err)
{
	char path[PATH_MAX], real[PATH_MAX];

	for (char *const *word = command; *word; word++) {
		if (names(*word, work_tree))
			return refuse_work_tree(*word, err);
	}
	if (*command && !strchr(*command, '/') && find_in_path(*command, path) &&
	    realpath(path, real) && is_in(work_tree, real))
		return refuse_work_tree(path, err);
	return 0;
}

/* --- What was built ------------------------------------------------------------------------- */

/* The file that a word of the command is for a version, if it is one. */
static bool find_file(const char *word, bool is_program, const char *directory, char real[PATH_MAX])
{
	char path[PATH_MAX];
	int n;

	if (is_program && !strchr(word, '/'))
		return find_in_path(word, path) && realpath(path, real);
	n = snprintf(path, sizeof(path), "%s%s%s", *word == '/' ? "" : directory,
		     *word == '/' ? "" : "/", word);
	return n < (int)sizeof(path) && realpath(path, real);
}

/* Programs and scripts. Other files may be data, which a service of somebody else's writes all the time. */
static bool is_written_since(const char *path, const struct timespec *began)
{
	struct stat st;

	if (stat(path, &st) || !S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return false;
	return st.st_ctim.tv_sec > began->tv_sec ||
	       (st.st_ctim.tv_sec == began->tv_sec && st.st_ctim.tv_nsec >= began->tv_nsec);
}

int alternate_shared_built(char *const *command, const struct alternate_built *version,
			   const char *work_tree, const struct timespec *began, struct rg_err *err)
{
	char real[PATH_MAX];

	for (char *const *word = command; *word; word++) {
		if (!find_file(*word, word == command, version->directory, real) ||
		    is_in(version->tree, real))
			continue;
		if (is_in(work_tree, real))
			return refuse_work_tree(real, err);
		if (is_written_since(real, began))
			return rg_err_set(
				err, RG_EUSAGE,
				"alternate: '%.200s' is '%.300s', which lies outside of the %s's "
				"tree, and the builds wrote it: it would run as both versions. "
				"Build "
				"it in the tree, and name it by its path from there",
				*word, real, version->name);
	}
	return 0;
}

/* --- What ran ------------------------------------------------------------------------------- */

/* What only the work tree has, such as installed packages that git ignores, may well be both versions'. */
void alternate_shared_mapped(void *ctx, const char *path)
{
	struct alternate_shared *shared = ctx;
	char own[PATH_MAX];
	int n;

	if (*shared->found || !is_in(shared->work_tree, path))
		return;
	n = snprintf(own, sizeof(own), "%s%s", shared->version->tree,
		     path + strlen(shared->work_tree));
	if (n < (int)sizeof(own) && access(own, F_OK) == 0)
		snprintf(shared->found, sizeof(shared->found), "%s", path);
}

int alternate_shared_check(const struct alternate_shared *shared, struct rg_err *err)
{
	if (!*shared->found)
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "alternate: '%.400s' of your work tree ran in the place of the %s's own: "
			  "does a variable of the environment, or a script, name your work tree?",
			  shared->found, shared->version->name);
}
