/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "version.h"
#include "settings.h"

#include "rg/cli.h"
#include "rg/err.h"
#include "rg/owner.h"
#include "rg/repo.h"
#include "rg/store.h"

#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char label_prefix[] = "label:";

static int keep(struct rg_version *out, const char *label, const char *key, struct rg_err *err)
{
	struct rg_version version = {.label = strdup(label), .key = strdup(key)};

	if (!version.label || !version.key) {
		rg_version_done(&version);
		return rg_err_nomem(err, "version");
	}
	*out = version;
	return 0;
}

int rg_version_resolve(const char *name, struct rg_version *out, struct rg_err *err)
{
	struct rg_err failure = {0};
	char id[RG_REPO_ID_MAX];
	struct rg_repo *repo;
	int rc;

	if (!strncmp(name, label_prefix, strlen(label_prefix))) {
		name += strlen(label_prefix);
		return keep(out, name, name, err);
	}
	rc = rg_repo_open(".", &repo, &failure);
	if (rc == RG_ENOTFOUND)
		return keep(out, name, name, err);
	if (rc)
		return rg_err_set(err, rc, "%s", failure.text);
	rc = rg_repo_resolve(repo, name, id, err);
	rg_repo_free(repo);
	return rc ? rc : keep(out, name, id, err);
}

int rg_version_call(struct rg_version *version, const char *label, struct rg_err *err)
{
	char *copy = strdup(label);

	if (!copy)
		return rg_err_nomem(err, "version");
	free(version->label);
	version->label = copy;
	return 0;
}

void rg_version_done(struct rg_version *version)
{
	free(version->label);
	free(version->key);
	*version = (struct rg_version){0};
}

int rg_version_here(char **label, char **commit, struct rg_err *err)
{
	char id[RG_REPO_ID_MAX], *text = NULL;
	struct rg_repo *repo;
	bool dirty;
	int rc = rg_repo_open(".", &repo, NULL);

	*label = *commit = NULL;
	/* A capture is worth having whatever state the repository is in: it goes without a name then. */
	if (rc)
		return 0;
	rc = rg_repo_describe(repo, &text, &dirty, NULL);
	if (!rc)
		rc = rg_repo_resolve(repo, "HEAD", id, NULL);
	rg_repo_free(repo);
	if (rc) {
		free(text);
		return 0;
	}
	*commit = strdup(id);
	if (!*commit) {
		free(text);
		return rg_err_nomem(err, "version");
	}
	*label = text;
	return 0;
}

bool rg_version_is_dirty(const char *label)
{
	static const char mark[] = "-dirty";
	const size_t len = label ? strlen(label) : 0, mark_len = strlen(mark);

	return len > mark_len && strcmp(label + len - mark_len, mark) == 0;
}

/* --- The store ------------------------------------------------------------------------------ */

/* Of the user who called sudo, when that is who we work for: sudo sets HOME to root's. */
static const char *user_home(void)
{
	const struct passwd *entry;
	uid_t uid;
	gid_t gid;

	if (!rg_owner_user(&uid, &gid))
		return getenv("HOME");
	entry = getpwuid(uid);
	return entry ? entry->pw_dir : NULL;
}

static char *user_store(void)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = user_home();
	char *spec = NULL;
	int n = -1;

	/* XDG Base Directory Specification 0.8: relative paths are to be ignored. */
	if (data && *data == '/')
		n = asprintf(&spec, "dir:%s/regress-gate", data);
	else if (home && *home)
		n = asprintf(&spec, "dir:%s/.local/share/regress-gate", home);
	return n < 0 ? NULL : spec;
}

/*
 * Where baselines were kept in a repository before they went into one of their own. What is there is found
 * by naming it only: two places to read from would be two truths.
 */
static void tell_of_folder(const char *common_dir, const char *git_path)
{
	char folder[PATH_MAX];
	struct stat st;
	int n = snprintf(folder, sizeof(folder), "%s/regress-gate", common_dir);

	if (n < 0 || n >= (int)sizeof(folder) || stat(folder, &st) || !S_ISDIR(st.st_mode))
		return;
	if (access(git_path, F_OK) == 0)
		return;
	rg_cli_say("note: '%s' holds baselines of an earlier version, which are not looked at: "
		   "say --store 'dir:%s' to go on with them, or put them again",
		   folder, folder);
}

/* A repository of its own, shared by all work trees: the user's objects and references are not touched. */
static char *repo_store(const struct rg_settings *settings, const struct rg_repo *repo)
{
	static const char scheme[] = "git:";
	const char *common_dir = rg_repo_common_dir(repo);
	char *spec;

	if (asprintf(&spec, "%s%s/regress-gate.git", scheme, common_dir) < 0)
		return NULL;
	if (settings->verbosity >= 0)
		tell_of_folder(common_dir, spec + strlen(scheme));
	return spec;
}

/* A repository that cannot be read is no reason to look for its baselines elsewhere. */
static int default_store(const struct rg_settings *settings, char **out, struct rg_err *err)
{
	struct rg_err failure = {0};
	struct rg_repo *repo;
	int rc = rg_repo_open(".", &repo, &failure);

	if (rc && rc != RG_ENOTFOUND)
		return rg_err_set(err, rc, "%s", failure.text);
	*out = rc ? user_store() : repo_store(settings, repo);
	if (!rc)
		rg_repo_free(repo);
	if (*out)
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "store: no place for one: neither a git repository nor a home directory; "
			  "say --store dir:PATH");
}

int rg_version_store(const struct rg_settings *settings, struct rg_store **out, struct rg_err *err)
{
	char *spec = NULL;
	int rc;

	if (settings->config.store)
		return rg_store_open(settings->config.store, out, err);
	rc = default_store(settings, &spec, err);
	if (rc)
		return rc;
	rc = rg_store_open(spec, out, err);
	free(spec);
	return rc;
}
