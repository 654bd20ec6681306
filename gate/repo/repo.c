/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo.h"

#include "guard.h"

#include "rg/err.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *git_reason(void)
{
	const git_error *error = git_error_last();

	return error && error->message ? error->message : "unknown reason";
}

int repo_git_fail(struct rg_err *err, const char *action)
{
	const git_error *error = git_error_last();
	int code = RG_EFORMAT;

	if (error && error->klass == GIT_ERROR_NOMEMORY)
		code = RG_ENOMEM;
	if (error && error->klass == GIT_ERROR_OS)
		code = RG_EIO;
	return rg_err_set(err, code, "repo: %s: %s", action, git_reason());
}

/*
 * The library's settings are the process's. Reading somebody else's repository is what this
 * program does under sudo and in CI, and it runs nothing that a repository names (hooks, filters),
 * so the owner does not matter. The extensions are those that change nothing for a reader.
 */
static int start_library(void)
{
	/* The folders on the way to a file are read again for its attributes, each time from the pack when larger. */
	const size_t kept_tree_bytes = 1 << 20;
	const char *extensions[] = {"partialclone", "worktreeconfig", "preciousobjects"};
	const size_t count = sizeof(extensions) / sizeof(extensions[0]);

	if (git_libgit2_init() < 0)
		return -1;
	if (git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0) < 0 ||
	    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, count) < 0 ||
	    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, kept_tree_bytes) <
		    0) {
		git_libgit2_shutdown();
		return -1;
	}
	return 0;
}

/* libgit2 ends directories with a slash. */
static char *directory_text(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return strndup(path, len);
}

static int fill(struct rg_repo *repo, struct rg_err *err)
{
	const char *work_dir = git_repository_workdir(repo->git);

	repo->common_dir = directory_text(git_repository_commondir(repo->git));
	if (work_dir)
		repo->work_dir = directory_text(work_dir);
	if (!repo->common_dir || (work_dir && !repo->work_dir))
		return rg_err_nomem(err, "repo");
	repo->shallow = git_repository_is_shallow(repo->git) == 1;
	return 0;
}

/* Whether `directory` holds a ".git", whatever it is; then its path is in `found`. */
static bool has_git_entry(const char *directory, char found[PATH_MAX])
{
	struct stat st;
	int n = snprintf(found, PATH_MAX, "%s/.git", directory);

	return n > 0 && n < PATH_MAX && !lstat(found, &st);
}

/*
 * libgit2 walks on past a ".git" that it cannot make sense of. That one is named, instead of going
 * on as though there were no repository.
 */
static int fail_not_found(const char *path, struct rg_err *err)
{
	char above[PATH_MAX], found[PATH_MAX];
	char *slash;

	if (!realpath(path, above))
		return rg_err_set(err, RG_ENOTFOUND, "repo: open '%.400s': no such directory",
				  path);
	do {
		if (has_git_entry(above, found))
			return rg_err_set(err, RG_EFORMAT,
					  "repo: open '%.800s': it cannot be read as a git "
					  "repository",
					  found);
		slash = strrchr(above, '/');
		if (slash)
			*slash = '\0';
	} while (slash);
	return rg_err_set(err, RG_ENOTFOUND, "repo: open '%.400s': it is in no git repository",
			  path);
}

static int open_git(const char *path, struct rg_repo *repo, struct rg_err *err)
{
	int rc = git_repository_open_ext(&repo->git, path, 0, NULL);
	char action[RG_ERR_TEXT_MAX];

	if (rc == GIT_ENOTFOUND)
		return fail_not_found(path, err);
	if (rc) {
		snprintf(action, sizeof(action), "open '%.400s'", path);
		return repo_git_fail(err, action);
	}
	if (guard_install(repo->git, GUARD_MAX_BYTES))
		return repo_git_fail(err, "open its objects");
	return fill(repo, err);
}

/* Where ~/.gitconfig and ~/.config/git are; NULL: as the environment says. */
static int set_home(const char *home)
{
	char below[PATH_MAX];
	int n = home ? snprintf(below, sizeof(below), "%s/.config/git", home) : 0;

	if (n < 0 || n >= (int)sizeof(below))
		return -1;
	if (git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, home) < 0)
		return -1;
	return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_XDG,
				home && *home ? below : home);
}

static int open_in(const char *path, const char *home, struct rg_repo *repo, struct rg_err *err)
{
	if (home) {
		repo->has_home = true;
		if (set_home(home))
			return repo_git_fail(err, "look for a user's configuration");
	}
	return open_git(path, repo, err);
}

int rg_repo_open_as(const char *path, const char *home, struct rg_repo **out, struct rg_err *err)
{
	struct rg_repo *repo;
	int rc;

	if (start_library())
		return repo_git_fail(err, "start libgit2");
	repo = calloc(1, sizeof(*repo));
	if (!repo) {
		git_libgit2_shutdown();
		return rg_err_nomem(err, "repo");
	}
	rc = open_in(path, home, repo, err);
	if (rc) {
		rg_repo_free(repo);
		return rc;
	}
	*out = repo;
	return 0;
}

int rg_repo_open(const char *path, struct rg_repo **out, struct rg_err *err)
{
	return rg_repo_open_as(path, NULL, out, err);
}

void rg_repo_free(struct rg_repo *repo)
{
	if (!repo)
		return;
	git_repository_free(repo->git);
	free(repo->common_dir);
	free(repo->work_dir);
	if (repo->has_home)
		set_home(NULL);
	free(repo);
	git_libgit2_shutdown();
}

const char *rg_repo_common_dir(const struct rg_repo *repo)
{
	return repo->common_dir;
}

const char *rg_repo_work_dir(const struct rg_repo *repo)
{
	return repo->work_dir;
}

bool rg_repo_is_shallow(const struct rg_repo *repo)
{
	return repo->shallow;
}
