/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "version.h"
#include "settings.h"

#include "rg/err.h"
#include "rg/repo.h"
#include "rg/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	*label = text;
	*commit = strdup(id);
	return *commit ? 0 : rg_err_nomem(err, "version");
}

/* --- The store ------------------------------------------------------------------------------ */

static int user_store(char **out, struct rg_err *err)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	char *spec = NULL;
	int n = -1;

	/* XDG Base Directory Specification 0.8: relative paths are to be ignored. */
	if (data && *data == '/')
		n = asprintf(&spec, "dir:%s/regress-gate", data);
	else if (home && *home)
		n = asprintf(&spec, "dir:%s/.local/share/regress-gate", home);
	else
		return rg_err_set(
			err, RG_EUSAGE,
			"store: no place for one: neither a git repository here nor HOME; "
			"say --store dir:PATH");
	if (n < 0)
		return rg_err_nomem(err, "store");
	*out = spec;
	return 0;
}

/* A repository that cannot be read is no reason to look for its baselines elsewhere. */
static int default_store(char **out, struct rg_err *err)
{
	struct rg_err failure = {0};
	struct rg_repo *repo;
	int rc = rg_repo_open(".", &repo, &failure);

	if (rc == RG_ENOTFOUND)
		return user_store(out, err);
	if (rc)
		return rg_err_set(err, rc, "%s", failure.text);
	if (asprintf(out, "dir:%s/regress-gate", rg_repo_common_dir(repo)) < 0)
		rc = rg_err_nomem(err, "store");
	rg_repo_free(repo);
	return rc;
}

int rg_version_store(const struct rg_settings *settings, struct rg_store **out, struct rg_err *err)
{
	char *spec;
	int rc;

	if (settings->config.store)
		return rg_store_open(settings->config.store, out, err);
	rc = default_store(&spec, err);
	if (rc)
		return rc;
	rc = rg_store_open(spec, out, err);
	free(spec);
	return rc;
}
