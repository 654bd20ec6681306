/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "body.h"
#include "github.h"

#include "rg/err.h"

#include <string.h>

/* A commit status: one word and one line; needs less than a check. */

enum { DESCRIPTION_MAX = 140 };

static const char permission[] = "'statuses: write' in the workflow's permissions";

/* What is undecided must not count as a success where statuses are required. */
static const char *state_of(enum rg_standing standing)
{
	switch (standing) {
	case RG_STANDING_PASS:
	case RG_STANDING_EXCUSED:
		return "success";
	case RG_STANDING_FAIL:
		return "failure";
	case RG_STANDING_UNDECIDED:
		break;
	}
	return "error";
}

/* The address of the run, when it is one of the server's. */
static void add_target(const struct github *github, json_t *json)
{
	const char *run = forge_env(github->forge.post, "GITHUB_RUN_ID");

	if (run && forge_is_number(run))
		json_object_set_new(json, "target_url",
				    json_sprintf("%s/actions/runs/%s", github->web, run));
}

static int send_status(struct github *github, const char *sha, const json_t *json,
		       struct rg_err *err)
{
	char url[FORGE_URL_MAX];
	int rc = github_url(github, url, err, "/statuses/%s", sha);

	/* Served twice it says the same: the last one of a context counts. */
	return rc ? rc : forge_post_again(&github->forge, url, json, permission, err);
}

static int make_status(const struct github *github, struct rg_buf *name, struct rg_buf *line,
		       json_t **out, struct rg_err *err)
{
	const struct rg_post *post = github->forge.post;
	int rc = body_name(name, post, err);

	if (rc == 0)
		rc = body_line(line, post, DESCRIPTION_MAX, err);
	if (rc)
		return rc;
	*out = json_pack("{s:s, s:s, s:s}", "state", state_of(post->standing), "context",
			 name->data, "description", line->data);
	if (!*out)
		return rg_err_nomem(err, "report");
	add_target(github, *out);
	return 0;
}

static int post_status(struct github *github, struct rg_err *err)
{
	char sha[GITHUB_SHA_MAX];
	struct rg_buf name, line;
	json_t *json = NULL;
	int rc = github_commit(github, sha, err);

	rg_buf_init(&name, BODY_NAME_MAX);
	rg_buf_init(&line, DESCRIPTION_MAX + 1);
	if (rc == 0)
		rc = make_status(github, &name, &line, &json, err);
	if (rc == 0)
		rc = send_status(github, sha, json, err);
	if (rc == 0)
		forge_tell(&github->forge, "GitHub: status of %.12s set", sha);
	json_decref(json);
	rg_buf_done(&name);
	rg_buf_done(&line);
	return rc;
}

static int post(struct rg_post *post, struct rg_err *err)
{
	struct github github;
	int rc = github_open(&github, post, err);

	if (rc == 0)
		rc = post_status(&github, err);
	github_done(&github);
	return rc;
}

const struct rg_reporter rg_reporter_github_status = {
	.name = "github-status",
	.summary = "a status of the commit",
	.needs_net = true,
	.post = post,
};
