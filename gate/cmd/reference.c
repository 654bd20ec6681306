/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reference.h"
#include "reference_parts.h"
#include "settings.h"

#include "rg/err.h"
#include "rg/repo.h"
#include "rg/store.h"
#include "rg/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *rg_reference_seeding(const struct rg_settings *settings, size_t runs, char *out,
				 size_t size)
{
	const uint32_t wanted = settings->config.baseline_runs;

	out[0] = '\0';
	if (runs < wanted)
		snprintf(out, size, "%zu of %u runs collected", runs, wanted);
	return out;
}

/* --- Named ---------------------------------------------------------------------------------- */

static struct rg_store_key key_of(const struct rg_reference_query *query, const char *version)
{
	return (struct rg_store_key){
		.scenario = query->settings->config.scenario,
		.version = version,
		.arch = query->arch,
	};
}

int reference_set(struct rg_reference *out, const char *label, const char *key, struct rg_err *err)
{
	rg_version_done(&out->version);
	out->version = (struct rg_version){.label = strdup(label), .key = strdup(key)};
	if (out->version.label && out->version.key)
		return 0;
	return rg_err_nomem(err, "version");
}

int reference_fetch(const struct rg_reference_query *query, const char *version, const char *label,
		    struct rg_reference *out, struct rg_err *err)
{
	const struct rg_store_key key = key_of(query, version);

	if (query->commit_only)
		return 0;
	return rg_remote_fetch_baseline(query->settings, query->store, &key, label, &out->fetched,
					err);
}

/* --- What is stored ------------------------------------------------------------------------- */

int reference_list(const struct rg_reference_query *query, struct rg_store_list *list,
		   struct rg_err *err)
{
	const struct rg_store_key key = key_of(query, NULL);
	int rc = rg_store_find(query->store, &key, list, err);

	if (rc || !list->damaged)
		return rc;
	rc = rg_err_set(err, RG_EFORMAT,
			"baseline: %zu stored run%s cannot be read (%s): remove or mend it",
			list->damaged, list->damaged == 1 ? "" : "s", list->first_damaged);
	rg_store_list_done(list);
	return rc;
}

/* --- latest --------------------------------------------------------------------------------- */

/* A run from the future (a clock that was ahead) is the latest only where there is no other. */
static bool is_later(const struct rg_store_run *run, const struct rg_store_run *than,
		     uint64_t now_ns)
{
	if (!than)
		return true;
	if ((run->stored_ns > now_ns) != (than->stored_ns > now_ns))
		return than->stored_ns > now_ns;
	return run->stored_ns > than->stored_ns;
}

static const struct rg_store_run *latest_of(const struct rg_store_list *list, const char *not_this)
{
	const uint64_t now_ns = (uint64_t)time(NULL) * RG_NS_PER_S + RG_NS_PER_S;
	const struct rg_store_run *latest = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct rg_store_run *run = &list->runs[i];

		if ((!not_this || strcmp(run->version, not_this) != 0) &&
		    is_later(run, latest, now_ns))
			latest = run;
	}
	return latest;
}

int reference_own_commit(const struct rg_reference_query *query, const struct rg_repo *repo,
			 char id[RG_REPO_ID_MAX], struct rg_err *err)
{
	return rg_repo_resolve(repo, query->commit ? query->commit : "HEAD", id, err);
}

/* What is not to be compared with itself. "" outside of a repository, and before a first commit. */
static int commit_left_out(const struct rg_reference_query *query, char id[RG_REPO_ID_MAX],
			   struct rg_err *err)
{
	struct rg_err failure = {0};
	struct rg_repo *repo = NULL;
	int rc;

	id[0] = '\0';
	if (query->dirty)
		return 0;
	if (query->commit) {
		snprintf(id, RG_REPO_ID_MAX, "%s", query->commit);
		return 0;
	}
	rc = rg_repo_open(".", &repo, &failure);
	if (rc == 0)
		rc = reference_own_commit(query, repo, id, &failure);
	rg_repo_free(repo);
	return rc && rc != RG_ENOTFOUND ? rg_err_set(err, rc, "%s", failure.text) : 0;
}

static int find_latest(const struct rg_reference_query *query, struct rg_reference *out,
		       struct rg_err *err)
{
	const struct rg_store_run *latest;
	char id[RG_REPO_ID_MAX];
	struct rg_store_list list;
	int rc = commit_left_out(query, id, err);

	if (!rc)
		rc = reference_fetch(query, NULL, "all versions", out, err);
	if (!rc)
		rc = reference_list(query, &list, err);
	if (rc)
		return rc;
	latest = latest_of(&list, *id ? id : NULL);
	if (latest) {
		rc = reference_set(out, latest->label, latest->version, err);
		snprintf(out->note, sizeof(out->note), "the latest one stored is %.150s (%.12s)",
			 latest->label, latest->version);
	} else {
		snprintf(out->why, sizeof(out->why), "no run %sis stored",
			 list.count ? "of another version " : "");
	}
	rg_store_list_done(&list);
	return rc;
}

/* --- Which it is ---------------------------------------------------------------------------- */

/* A branch may be called so; where none is, it was meant to choose. */
static int resolve(const char *name, struct rg_version *out, struct rg_err *err)
{
	static const char chooses[] = "merge-base";
	struct rg_err failure = {0};
	int rc = rg_version_resolve(name, out, &failure);

	if (!rc)
		return 0;
	if (rc == RG_ENOTFOUND && !strncmp(name, chooses, strlen(chooses)))
		return rg_err_set(err, RG_EUSAGE,
				  "baseline: '%.200s': the merge base with which branch? say "
				  "merge-base:main, or what the branch is called that this is to "
				  "go to",
				  name);
	return rg_err_set(err, rc, "%s", failure.text);
}

static int find_version(const struct rg_reference_query *query, struct rg_reference *out,
			struct rg_err *err)
{
	int rc;

	if (strcmp(query->name, "latest") == 0)
		return find_latest(query, out, err);
	if (reference_is_in_history(query->name))
		return reference_find_in_history(query, out, err);
	rc = resolve(query->name, &out->version, err);
	return rc ? rc : reference_fetch(query, out->version.key, out->version.label, out, err);
}

static void add_seeding(const struct rg_settings *settings, struct rg_reference *out)
{
	size_t len = strlen(out->note);
	char seeding[64];

	rg_reference_seeding(settings, out->runs.count, seeding, sizeof(seeding));
	if (*seeding && out->runs.count)
		snprintf(out->note + len, sizeof(out->note) - len, "%s%s", len ? "; " : "",
			 seeding);
}

int rg_reference_find(const struct rg_reference_query *query, struct rg_reference *out,
		      struct rg_err *err)
{
	int rc = find_version(query, out, err);

	if (rc || !out->version.key || query->commit_only)
		return rc;
	{
		const struct rg_store_key key = key_of(query, out->version.key);

		rc = rg_run_set_add_stored(&out->runs, query->store, &key, err);
	}
	if (rc == 0)
		add_seeding(query->settings, out);
	return rc;
}

void rg_reference_done(struct rg_reference *reference)
{
	rg_run_set_done(&reference->runs);
	rg_version_done(&reference->version);
	*reference = (struct rg_reference){0};
}
