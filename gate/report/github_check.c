/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "body.h"
#include "github.h"
#include "places.h"

#include "rg/err.h"
#include "rg/render.h"

#include <string.h>

/* A check run: the report beside the commit, with notes on the changed lines. Only an app's token may make one. */

enum {
	TITLE_MAX = 200,
	SUMMARY_MAX = 65000,  /* of 65,535 characters */
	ANNOTATIONS_MAX = 50, /* in one request */
	MESSAGE_MAX = 1000,
};

struct texts {
	struct rg_buf name, title, summary;
};

static const char permission[] = "'checks: write' in the workflow's permissions";

/* "neutral" would satisfy a required check: what is undecided asks for somebody to look. */
static const char *conclusion_of(enum rg_standing standing)
{
	switch (standing) {
	case RG_STANDING_PASS:
		return "success";
	case RG_STANDING_EXCUSED:
		return "neutral";
	case RG_STANDING_FAIL:
		return "failure";
	case RG_STANDING_UNDECIDED:
		break;
	}
	return "action_required";
}

static json_t *new_annotation(const struct rg_verdict *verdict, const struct place *place)
{
	struct rg_buf message;
	json_t *json;

	rg_buf_init(&message, MESSAGE_MAX + 1);
	rg_render_row_line(verdict, place->row, MESSAGE_MAX, &message);
	json = json_pack("{s:s, s:I, s:I, s:s, s:s, s:s}", "path", place->file, "start_line",
			 (json_int_t)place->first_line, "end_line", (json_int_t)place->last_line,
			 "annotation_level", place->failing ? "failure" : "warning", "title",
			 "regress-gate", "message", message.len ? message.data : "");
	rg_buf_done(&message);
	return json;
}

static json_t *new_annotations(const struct rg_verdict *verdict)
{
	struct place places[ANNOTATIONS_MAX];
	size_t count = places_of(verdict, places, ANNOTATIONS_MAX);
	json_t *array = json_array();

	for (size_t i = 0; array && i < count; i++) {
		/* An annotation is of a file's line or nothing. */
		if (!*places[i].file)
			continue;
		if (json_array_append_new(array, new_annotation(verdict, &places[i])) == 0)
			continue;
		json_decref(array);
		return NULL;
	}
	return array;
}

static json_t *new_check(struct github *github, const char *sha, const struct texts *texts)
{
	const struct rg_post *post = github->forge.post;

	return json_pack("{s:s, s:s, s:s, s:s, s:{s:s, s:s, s:o}}", "name", texts->name.data,
			 "head_sha", sha, "status", "completed", "conclusion",
			 conclusion_of(post->standing), "output", "title", texts->title.data,
			 "summary", texts->summary.data, "annotations",
			 new_annotations(post->verdict));
}

/* Sent again after a failure it may be there twice: GitHub shows the last one of a name. */
static int send_check(struct github *github, const json_t *json, struct rg_err *err)
{
	char url[FORGE_URL_MAX];
	int rc = github_url(github, url, err, "/check-runs");

	return rc ? rc : forge_post_again(&github->forge, url, json, permission, err);
}

static int fill(struct texts *texts, const struct github *github, struct rg_err *err)
{
	const struct rg_post *post = github->forge.post;
	int rc = body_name(&texts->name, post, err);

	if (rc == 0)
		rc = body_line(&texts->title, post, TITLE_MAX, err);
	return rc ? rc : body_report(&texts->summary, post, github->web, SUMMARY_MAX, err);
}

static int make_and_send(struct github *github, struct texts *texts, struct rg_err *err)
{
	char sha[GITHUB_SHA_MAX];
	int rc = github_commit(github, sha, err);
	json_t *json;

	if (rc == 0)
		rc = fill(texts, github, err);
	if (rc)
		return rc;
	json = new_check(github, sha, texts);
	rc = json ? send_check(github, json, err) : rg_err_nomem(err, "report");
	json_decref(json);
	if (rc == 0)
		forge_tell(&github->forge, "GitHub: check of %.12s made", sha);
	return rc;
}

static int post(struct rg_post *post, struct rg_err *err)
{
	struct texts texts;
	struct github github;
	int rc = github_open(&github, post, err);

	rg_buf_init(&texts.name, BODY_NAME_MAX);
	rg_buf_init(&texts.title, TITLE_MAX + 1);
	rg_buf_init(&texts.summary, SUMMARY_MAX + 1);
	if (rc == 0)
		rc = make_and_send(&github, &texts, err);
	rg_buf_done(&texts.name);
	rg_buf_done(&texts.title);
	rg_buf_done(&texts.summary);
	github_done(&github);
	return rc;
}

const struct rg_reporter rg_reporter_github_check = {
	.name = "github-check",
	.summary = "a check of the commit, with notes on the changed lines",
	.needs_net = true,
	.post = post,
};
