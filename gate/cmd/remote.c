/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote.h"
#include "values.h"

#include "rg/err.h"
#include "rg/repo.h"
#include "rg/store.h"
#include "rg/units.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char none_word[] = "none", default_name[] = "origin";

/* --- Options -------------------------------------------------------------------------------- */

static int set_remote(void *to, const char *value, struct rg_err *err)
{
	if (!*value)
		return rg_err_set(err, RG_EUSAGE, "must not be empty");
	return rg_value_text(to, value, err);
}

const struct rg_option rg_options_remote[] = {
	{"remote", 0, "NAME|URL",
	 "the git remote that baselines are fetched from and pushed\nto, or none (default: the "
	 "configuration's, else origin)",
	 set_remote, RG_SETTING(char *, config.remote)},
	{"remote-timeout", 0, "TIME", "give up on a silent remote after (default 30s)",
	 RG_SETS_TIMEOUT(remote_timeout_ns)},
	{0},
};

const struct rg_option rg_options_ca[] = {
	{"ca-file", 0, "FILE", "certificates to trust (default: SSL_CERT_FILE, else the system's)",
	 RG_SETS_NAME(post.ca_file)},
	{0},
};

/* --- Which ---------------------------------------------------------------------------------- */

void rg_remote_choice_done(struct rg_remote_choice *choice)
{
	free(choice->url);
	*choice = (struct rg_remote_choice){0};
}

static int url_of_name(const char *name, bool push, char **url, struct rg_err *err)
{
	struct rg_repo *repo = NULL;
	int rc = rg_repo_open(".", &repo, err);

	if (rc)
		return rc;
	rc = rg_repo_remote_url(repo, name, push, url, err);
	rg_repo_free(repo);
	return rc;
}

/* Names hold neither; what has a colon is a URL or a host's path. */
static int url_of_text(const char *text, bool push, char **url, struct rg_err *err)
{
	if (!text[strcspn(text, ":/")])
		return url_of_name(text, push, url, err);
	*url = text[strcspn(text, ":/")] == '/' ? realpath(text, NULL) : strdup(text);
	if (*url)
		return 0;
	return rg_err_set(err, RG_EUSAGE, "remote: '%.400s': no such directory", text);
}

int rg_remote_choose(const struct rg_settings *settings, bool push, struct rg_remote_choice *out,
		     struct rg_err *err)
{
	const char *text = settings->config.remote;
	char *url = NULL;
	int rc;

	if (text && !strcmp(text, none_word))
		return rg_err_set(err, RG_ENOTFOUND, "remote: none is configured");
	rc = url_of_text(text ? text : default_name, push, &url, err);
	if (!rc)
		rc = rg_remote_show_url(url, out->shown, err);
	if (rc)
		free(url);
	else
		out->url = url;
	return rc;
}

struct rg_remote rg_remote_of(const struct rg_settings *settings,
			      const struct rg_remote_choice *choice)
{
	return (struct rg_remote){
		.url = choice->url,
		.ca_file = settings->post.ca_file,
		.stall_ns = settings->remote_timeout_ns,
	};
}

/* --- What a check needs --------------------------------------------------------------------- */

static int is_stored(struct rg_store *store, const struct rg_store_key *key, bool *stored,
		     struct rg_err *err)
{
	struct rg_store_list list = {0};
	int rc = rg_store_find(store, key, &list, err);

	if (rc)
		return rc;
	*stored = list.count || list.damaged;
	rg_store_list_done(&list);
	return 0;
}

static int fail_damaged(const struct rg_remote_result *result, const struct rg_fetched *fetched,
			const char *label, struct rg_err *err)
{
	return rg_err_set(
		err, RG_EFORMAT,
		"baseline: %zu entr%s of %.100s at %.300s cannot be read (%.400s): mend or "
		"remove it there",
		result->damaged, result->damaged == 1 ? "y" : "ies", label, fetched->shown,
		result->first_damaged);
}

static void tell(const struct rg_settings *settings, const struct rg_remote_result *result,
		 const struct rg_fetched *fetched, const char *label)
{
	char bytes[RG_UNITS_TEXT_MAX];

	if (settings->verbosity >= 0 && result->runs)
		rg_cli_say("fetched %zu run%s of %s (%s) from %s", result->runs,
			   result->runs == 1 ? "" : "s", label,
			   rg_format_bytes(bytes, result->bytes), fetched->shown);
}

static int fetch(const struct rg_settings *settings, struct rg_store *store,
		 const struct rg_store_key *key, const char *label,
		 const struct rg_remote_choice *choice, struct rg_fetched *out, struct rg_err *err)
{
	const struct rg_remote remote = rg_remote_of(settings, choice);
	struct rg_remote_result result = {0};
	struct rg_err failure = {0};
	int rc = rg_store_fetch(store, &remote, key, &result, &failure);

	out->asked = true;
	memcpy(out->shown, choice->shown, sizeof(out->shown));
	if (rc == RG_ENOMEM)
		return rg_err_nomem(err, "baseline");
	if (rc) {
		out->failed = true;
		snprintf(out->why, sizeof(out->why), "%.500s", failure.text);
		rg_cli_say("warning: no baselines were fetched: %s", failure.text);
		return 0;
	}
	tell(settings, &result, out, label);
	if (result.damaged)
		rc = fail_damaged(&result, out, label, err);
	rg_remote_result_done(&result);
	return rc;
}

/* Without a word from anybody a repository need not have an origin, nor be one. */
static int choose(const struct rg_settings *settings, struct rg_remote_choice *choice,
		  struct rg_err *err)
{
	struct rg_err failure = {0};
	int rc = rg_remote_choose(settings, false, choice, &failure);
	const char *text = settings->config.remote;

	if (!rc)
		return 1;
	if (!text || !strcmp(text, none_word))
		return 0;
	return rg_err_set(err, rc, "%s", failure.text);
}

int rg_remote_fetch_baseline(const struct rg_settings *settings, struct rg_store *store,
			     const struct rg_store_key *key, const char *label,
			     struct rg_fetched *out, struct rg_err *err)
{
	struct rg_remote_choice choice = {0};
	bool stored = false;
	int rc;

	if (settings->no_fetch || !rg_store_has_remotes(store))
		return 0;
	/* A store that was named has its remote named, too. */
	if (!settings->config.remote && settings->config.store)
		return 0;
	if (!settings->config.remote) {
		rc = is_stored(store, key, &stored, err);
		if (rc || stored)
			return rc;
	}
	rc = choose(settings, &choice, err);
	if (rc == 1)
		rc = fetch(settings, store, key, label, &choice, out, err);
	rg_remote_choice_done(&choice);
	return rc;
}

/* --- What is pushed --------------------------------------------------------------------------- */

int rg_remote_push_baseline(const struct rg_settings *settings, struct rg_store *store,
			    const struct rg_store_key *key, const char *label, struct rg_err *err)
{
	struct rg_remote_choice choice = {0};
	struct rg_remote_result result = {0};
	struct rg_remote remote;
	int rc = rg_remote_choose(settings, true, &choice, err);

	if (rc)
		return rc;
	remote = rg_remote_of(settings, &choice);
	rc = rg_store_push(store, &remote, key, &result, err);
	if (!rc && result.refs)
		printf("pushed %s to %s: %zu run%s\n", label, choice.shown, result.runs,
		       result.runs == 1 ? "" : "s");
	else if (!rc)
		printf("%s is at %s already\n", label, choice.shown);
	rg_remote_result_done(&result);
	rg_remote_choice_done(&choice);
	return rc;
}

int rg_remote_edit_baselines(const struct rg_settings *settings, struct rg_store *store,
			     const struct rg_store_key *key,
			     int (*edit)(void *ctx, struct rg_store *copy, struct rg_err *err),
			     void *ctx, struct rg_err *err)
{
	struct rg_remote_choice choice = {0};
	struct rg_remote_result result = {0};
	struct rg_remote remote;
	int rc = rg_remote_choose(settings, true, &choice, err);

	if (rc)
		return rc;
	remote = rg_remote_of(settings, &choice);
	rc = rg_store_edit_remote(store, &remote, key, edit, ctx, &result, err);
	if (!rc)
		printf("changed %zu reference%s at %s\n", result.refs, result.refs == 1 ? "" : "s",
		       choice.shown);
	rg_remote_result_done(&result);
	rg_remote_choice_done(&choice);
	return rc;
}
