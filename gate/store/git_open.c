/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "folder.h"
#include "oserr.h"

#include "rg/err.h"

#include <errno.h>
#include <fcntl.h>
#include <git2/sys/repository.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/*
 * The repository's own configuration alone: what the user's says of colours, signatures or including files does
 * not concern a store.
 */
static int own_config(git_repository *repo, git_config **out)
{
	char path[PATH_MAX];
	int rc = git_config_new(out);

	if (rc)
		return rc;
	snprintf(path, sizeof(path), "%sconfig", git_repository_path(repo));
	rc = git_config_add_file_ondisk(*out, path, GIT_CONFIG_LEVEL_LOCAL, repo, 0);
	return rc ? rc : git_repository_set_config(repo, *out);
}

/* Whether somebody made this a store, which is *ours. */
static int read_mark(git_repository *repo, bool *ours)
{
	git_config *config = NULL;
	int mark = 0;
	int rc = own_config(repo, &config);

	if (!rc)
		rc = git_config_get_bool(&mark, config, "regress-gate.store");
	git_config_free(config);
	*ours = mark;
	return rc == GIT_ENOTFOUND ? 0 : rc;
}

/* libgit2 takes a configuration that it may not read for one that is not there. */
static int check_readable(const struct gs_session *session, struct rg_err *err)
{
	int fd = openat(session->root, "config", O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && errno != ENOENT)
		return os_fail(err, errno, "store: open", session->store->path);
	if (fd >= 0)
		close(fd);
	return 0;
}

static int open_git(struct gs_session *session, struct rg_err *err)
{
	const char *path = session->store->path;
	bool ours = false;
	int rc = check_readable(session, err);

	if (rc)
		return rc;
	rc = git_repository_open_bare(&session->repo, path);
	if (!rc)
		rc = read_mark(session->repo, &ours);
	if (!rc && !ours)
		return rg_err_set(
			err, RG_EUSAGE,
			"store: open '%.800s': a git repository, but no store of baselines; "
			"name a directory that is empty or not there yet",
			path);
	if (!rc)
		rc = git_repository_odb(&session->odb, session->repo);
	if (rc) {
		int code;
		const char *reason = gs_reason(&code);

		return rg_err_set(err, code, "store: open '%.500s': %s", path, reason);
	}
	return 0;
}

/* What was begun and never finished holds nothing; a repository without a HEAD does not open. */
static bool holds_nothing(int root)
{
	int refs;

	if (gs_created(root))
		return false;
	refs = folder_open_at(root, GS_REFS, false);
	if (refs >= 0)
		close(refs);
	return refs < 0;
}

int gs_session_read(struct gs_session *session, const struct gs_store *store, struct rg_err *err)
{
	*session = (struct gs_session){.store = store};
	session->root = folder_open(store->path, false);
	if (session->root < 0)
		return os_fail(err, -session->root, "store: open", store->path);
	if (holds_nothing(session->root))
		return 0;
	return open_git(session, err);
}

int gs_session_write(struct gs_session *session, const struct gs_store *store, bool create,
		     struct rg_err *err)
{
	int rc;

	*session = (struct gs_session){.store = store};
	session->root = folder_open(store->path, create);
	if (session->root < 0)
		return os_fail(err, -session->root, create ? "store: create" : "store: open",
			       store->path);
	rc = folder_lock(session->root);
	if (rc)
		return os_fail(err, -rc, "store: lock", store->path);
	actor_begin(&session->actor, session->root);
	session->writing = true;
	if (holds_nothing(session->root)) {
		rc = create ? gs_create(store, session->root, err) : 0;
		if (rc || !create)
			return rc;
	}
	return open_git(session, err);
}

void gs_session_end(struct gs_session *session)
{
	git_odb_free(session->odb);
	git_repository_free(session->repo);
	if (session->writing)
		actor_end(&session->actor);
	if (session->root >= 0)
		close(session->root);
}
