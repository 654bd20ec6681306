/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "body.h"
#include "github.h"
#include "sticky.h"

#include "rg/err.h"

#include <stdio.h>
#include <string.h>

/* The comment on a pull request. */

enum {
	/*
	 * Comments asked for at a time: so many of the longest still fit into the reply's limit, and a
	 * request's author cannot keep ours from being found.
	 */
	PAGE = 30,
	PAGES_MAX = 200,
};

static const char permission[] =
	"'pull-requests: write' or 'issues: write' in the workflow's permissions; for a pull "
	"request "
	"from a fork it never has it: post from a workflow_run job instead";
static const char bot[] = "github-actions[bot]";

struct target {
	struct github github;
	char number[24];
};

static const char *own_login(const struct rg_post *post)
{
	return post->login ? post->login : bot;
}

/* Anybody may write the marker: it counts in comments of our own only. */
static void note_page(const struct sticky *sticky, const json_t *page, struct sticky_found *out)
{
	const char *login = own_login(sticky->forge->post);
	const json_t *comment;
	size_t index;

	json_array_foreach(page, index, comment)
	{
		const char *author = forge_text(json_object_get(comment, "user"), "login");
		char id[24];

		if (strcasecmp(author, login) == 0)
			sticky_note(sticky, out, forge_id(comment, "id", id),
				    forge_text(comment, "body"));
	}
}

static int find(struct sticky *sticky, struct sticky_found *out, struct rg_err *err)
{
	struct target *target = sticky->context;
	struct forge *forge = &target->github.forge;
	char url[FORGE_URL_MAX];
	int rc = github_url(&target->github, url, err, "/issues/%s/comments?per_page=%d",
			    target->number, PAGE);

	for (int i = 0; rc == 0 && i < PAGES_MAX; i++) {
		char next[FORGE_URL_MAX];
		json_t *page;

		rc = forge_call(forge, "GET", url, NULL, permission, &page, err);
		if (rc)
			return rc;
		note_page(sticky, page, out);
		json_decref(page);
		if (!rg_net_next_link(&forge->reply, url, next, sizeof(next)))
			return 0;
		memcpy(url, next, sizeof(url));
	}
	return rc ? rc
		  : rg_err_set(err, RG_ELIMIT, "the pull request has more than %d comments",
			       PAGE * PAGES_MAX);
}

/* A comment of somebody else's would never be found again. */
static void check_author(const struct sticky *sticky, const json_t *answer)
{
	const char *author = forge_text(json_object_get(answer, "user"), "login");

	if (*author && strcasecmp(author, own_login(sticky->forge->post)) != 0)
		forge_tell(sticky->forge,
			   "GitHub: the comment is by '%.100s': say --login %.100s, so that the "
			   "next report finds it",
			   author, author);
}

static int create(struct sticky *sticky, const char *body, char id[24], struct rg_err *err)
{
	struct target *target = sticky->context;
	json_t *json = json_pack("{s:s}", "body", body), *answer = NULL;
	char url[FORGE_URL_MAX];
	int rc = json ? github_url(&target->github, url, err, "/issues/%s/comments", target->number)
		      : rg_err_nomem(err, "report");

	if (rc == 0)
		rc = forge_call(sticky->forge, "POST", url, json, permission, &answer, err);
	if (rc == 0) {
		forge_id(answer, "id", id);
		check_author(sticky, answer);
	}
	json_decref(answer);
	json_decref(json);
	return rc;
}

static int change(struct sticky *sticky, const char *method, const char *id, const json_t *body,
		  struct rg_err *err)
{
	struct target *target = sticky->context;
	char url[FORGE_URL_MAX];
	int rc = github_url(&target->github, url, err, "/issues/comments/%s", id);

	return rc ? rc : forge_call(sticky->forge, method, url, body, permission, NULL, err);
}

static int update(struct sticky *sticky, const char *id, struct rg_err *err)
{
	json_t *json = json_pack("{s:s}", "body", sticky->body);
	int rc = json ? change(sticky, "PATCH", id, json, err) : rg_err_nomem(err, "report");

	json_decref(json);
	return rc;
}

static int remove_comment(struct sticky *sticky, const char *id, struct rg_err *err)
{
	return change(sticky, "DELETE", id, NULL, err);
}

static int post_bodies(struct target *target, struct rg_post *post, struct rg_buf *body,
		       struct rg_buf *reply, struct rg_err *err)
{
	struct sticky sticky = {
		.forge = &target->github.forge,
		.marker = marker_of(post->verdict->scenario, post->key),
		.find = find,
		.create = create,
		.update = update,
		.remove = remove_comment,
		.context = target,
	};
	int rc = body_comment(body, post, &sticky.marker, target->github.web, GITHUB_BODY_MAX, err);

	if (rc == 0 && post->verdict->outcome == RG_OUTCOME_FAIL)
		rc = body_reply(reply, post, err);
	if (rc)
		return rc;
	sticky.body = body->data;
	sticky.reply = reply->data;
	return sticky_post(&sticky, err);
}

static int post_comment(struct target *target, struct rg_post *post, struct rg_err *err)
{
	struct rg_buf body, reply;
	int rc;

	rg_buf_init(&body, GITHUB_BODY_MAX);
	rg_buf_init(&reply, GITHUB_BODY_MAX);
	rc = post_bodies(target, post, &body, &reply, err);
	rg_buf_done(&body);
	rg_buf_done(&reply);
	return rc;
}

/* Where no comment may be written the report is still to be had. */
static void fall_back(struct rg_post *post)
{
	struct rg_err failure = {0};

	if (post->summary_written || github_summary_write(post, &failure))
		return;
	post->tell("GitHub: the report is in the step's summary instead");
}

static int post(struct rg_post *post, struct rg_err *err)
{
	struct target target;
	int rc = github_open(&target.github, post, err);

	if (rc == 0)
		rc = github_pull(&target.github, target.number, err);
	if (rc == 0)
		rc = post_comment(&target, post, err);
	github_done(&target.github);
	if (rc == RG_EPRIVILEGE)
		fall_back(post);
	return rc;
}

const struct rg_reporter rg_reporter_github = {
	.name = "github",
	.summary = "a comment on the pull request, edited in place",
	.needs_net = true,
	.detect = github_is_here,
	.post = post,
};
