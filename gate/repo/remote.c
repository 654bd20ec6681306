/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo.h"

#include "rg/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As git reads it: seen from the top of the work tree. "host:path" is no path. */
static bool is_relative(const char *url)
{
	return url[0] != '/' && !strstr(url, "://") && url[strcspn(url, ":/")] != ':';
}

static char *absolute(const struct rg_repo *repo, const char *url)
{
	const char *top = repo->work_dir ? repo->work_dir : repo->common_dir;
	char *joined = NULL;

	if (!is_relative(url))
		return strdup(url);
	return asprintf(&joined, "%s/%s", top, url) < 0 ? NULL : joined;
}

int rg_repo_remote_url(const struct rg_repo *repo, const char *name, bool push, char **out,
		       struct rg_err *err)
{
	git_remote *remote = NULL;
	const char *url;
	int rc = git_remote_lookup(&remote, repo->git, name);

	if (rc == GIT_ENOTFOUND || rc == GIT_EINVALIDSPEC)
		return rg_err_set(err, RG_ENOTFOUND,
				  "repo: there is no remote '%.200s' (see 'git remote -v')", name);
	if (rc)
		return repo_git_fail(err, "read the remotes");
	url = push ? git_remote_pushurl(remote) : NULL;
	if (!url)
		url = git_remote_url(remote);
	*out = url ? absolute(repo, url) : NULL;
	git_remote_free(remote);
	if (!url)
		return rg_err_set(err, RG_ENOTFOUND, "repo: the remote '%.200s' has no URL", name);
	return *out ? 0 : rg_err_nomem(err, "repo");
}
