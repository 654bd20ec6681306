/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "github.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <stdio.h>
#include <string.h>

static const char permission[] = "'pull-requests: read'";

/* "refs/pull/12/merge" */
static bool of_ref(const struct rg_post *post, char out[24])
{
	static const char prefix[] = "refs/pull/";
	const char *ref = forge_env(post, "GITHUB_REF");
	size_t len;

	if (!ref || strncmp(ref, prefix, strlen(prefix)) != 0)
		return false;
	ref += strlen(prefix);
	len = strcspn(ref, "/");
	if (len == 0 || len > 15 || ref[len] != '/')
		return false;
	snprintf(out, 24, "%.*s", (int)len, ref);
	return forge_is_number(out);
}

/* The open pull request whose head is exactly that commit; more than one is not to be chosen from. */
static int choose(const json_t *pulls, const char *sha, char out[24], struct rg_err *err)
{
	size_t index, count = 0;
	const json_t *pull;

	json_array_foreach(pulls, index, pull)
	{
		const char *head = forge_text(json_object_get(pull, "head"), "sha");

		if (strcmp(head, sha) != 0 || strcmp(forge_text(pull, "state"), "open") != 0)
			continue;
		if (*forge_id(pull, "number", out))
			count++;
	}
	if (count == 1)
		return 0;
	return rg_err_set(err, RG_ENOTFOUND,
			  "%s open pull request has %.12s as its head: say which with --pr NUMBER",
			  count ? "more than one" : "no", sha);
}

static int ask(struct github *github, const char *url, const char *sha, char out[24],
	       struct rg_err *err)
{
	json_t *pulls = NULL;
	int rc = forge_call(&github->forge, "GET", url, NULL, permission, &pulls, err);

	if (rc == 0)
		rc = choose(pulls, sha, out, err);
	json_decref(pulls);
	return rc;
}

/*
 * In workflow_run GitHub's own event names the head; the request is asked for by it, and must still have that
 * commit as its head.
 */
static int of_run(struct github *github, char out[24], struct rg_err *err)
{
	const struct event *event = &github->event;
	char url[FORGE_URL_MAX];
	struct rg_buf head;
	int rc;

	if (!github_is_sha(event->run_sha) || !*event->run_branch || !*event->run_owner)
		return rg_err_set(err, RG_EFORMAT,
				  "the event's workflow_run does not say which head it ran for");
	rg_buf_init(&head, FORGE_URL_MAX);
	rg_net_add_escaped(&head, event->run_owner, strlen(event->run_owner));
	rg_buf_adds(&head, "%3A");
	rg_net_add_escaped(&head, event->run_branch, strlen(event->run_branch));
	rc = head.failed ? rg_err_set(err, RG_EUSAGE, "the head's name is too long")
			 : github_url(github, url, err, "/pulls?state=open&head=%s&per_page=100",
				      head.data);
	rg_buf_done(&head);
	return rc ? rc : ask(github, url, event->run_sha, out, err);
}

static int of_commit(struct github *github, char out[24], struct rg_err *err)
{
	char sha[GITHUB_SHA_MAX], url[FORGE_URL_MAX];
	int rc = github_commit(github, sha, NULL);

	if (rc)
		return rg_err_set(err, RG_EUSAGE,
				  "which pull request? say --pr NUMBER (neither the event nor "
				  "GITHUB_REF nor GITHUB_SHA tells)");
	rc = github_url(github, url, err, "/commits/%s/pulls?per_page=100", sha);
	return rc ? rc : ask(github, url, sha, out, err);
}

int github_pull(struct github *github, char out[24], struct rg_err *err)
{
	const struct rg_post *post = github->forge.post;
	const char *number = post->number;

	if (number && !forge_is_number(number))
		return rg_err_set(err, RG_EUSAGE, "'%.40s' is not the number of a pull request",
				  number);
	if (!number && *github->event.number)
		number = github->event.number;
	if (number) {
		snprintf(out, 24, "%s", number);
		return 0;
	}
	if (*github->event.run_sha)
		return of_run(github, out, err);
	return of_ref(post, out) ? 0 : of_commit(github, out, err);
}
