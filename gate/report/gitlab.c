/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "body.h"
#include "forge.h"
#include "sticky.h"

#include "rg/err.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/*
 * The note on a merge request, by GitLab's REST API, version 4. A line of a note that begins with "/" would be
 * run as a command in the name of the token's user: the renderer begins none with text from outside.
 */

enum {
	PAGE = 30, /* of 1,000,000 characters at most, each; see below */
	PAGES_MAX = 200,
	/* A note may have a million characters; so few of ours keep every listing small. */
	BODY_MAX = 65000,
	NUMBER_MAX = 16,
};

static const char permission[] =
	"the scope 'api' and at least the role Reporter (a project access token; CI_JOB_TOKEN "
	"cannot write notes)";
static const char *const token_names[] = {"GITLAB_TOKEN", NULL};

struct gitlab {
	struct forge forge;
	char notes[FORGE_URL_MAX]; /* …/projects/ID/merge_requests/IID/notes */
	char web[FORGE_URL_MAX];
	char user_id[24]; /* whose token it is; "" when --login says it */
};

static bool is_here(const struct rg_post *post)
{
	return forge_env(post, "GITLAB_CI") != NULL;
}

static const char *first(const char *said, const char *from_ci)
{
	return said ? said : from_ci;
}

/* --- Opening -------------------------------------------------------------------------------- */

static int make_url(struct gitlab *gitlab, struct rg_err *err)
{
	const struct rg_post *post = gitlab->forge.post;
	const char *project = first(post->repo, forge_env(post, "CI_MERGE_REQUEST_PROJECT_ID"));
	const char *number = first(post->number, forge_env(post, "CI_MERGE_REQUEST_IID"));
	struct rg_buf url;
	int rc = 0;

	if (!project || !number)
		return rg_err_set(err, RG_EUSAGE,
				  "which merge request? say --repo and --pr, or run in a pipeline "
				  "for one (CI_MERGE_REQUEST_IID is not set)");
	if (strlen(number) >= NUMBER_MAX || strspn(number, "0123456789") != strlen(number))
		return rg_err_set(err, RG_EUSAGE, "'%.40s' is not the number of a merge request",
				  number);
	rg_buf_init(&url, FORGE_URL_MAX - 1);
	rg_buf_addf(&url, "%s/projects/", gitlab->forge.base);
	rg_net_add_escaped(&url, project, strlen(project));
	rg_buf_addf(&url, "/merge_requests/%s/notes", number);
	if (url.failed)
		rc = rg_err_set(err, RG_EUSAGE, "the project's name is too long");
	else
		snprintf(gitlab->notes, sizeof(gitlab->notes), "%s", url.data);
	rg_buf_done(&url);
	return rc;
}

static void take_web(struct gitlab *gitlab)
{
	const struct rg_post *post = gitlab->forge.post;
	const char *web = first(forge_env(post, "CI_MERGE_REQUEST_PROJECT_URL"),
				forge_env(post, "CI_PROJECT_URL"));

	if (web)
		snprintf(gitlab->web, sizeof(gitlab->web), "%.1000s/-", web);
}

/* A job's own token reads, and is the only one there by default. */
static int check_token(const struct rg_post *post, struct rg_err *err)
{
	if (post->token || post->dry_run || forge_env(post, "GITLAB_TOKEN") ||
	    !forge_env(post, "CI_JOB_TOKEN"))
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "CI_JOB_TOKEN cannot write notes: make a project access token with the "
			  "scope 'api' and give it to the job as GITLAB_TOKEN");
}

static int open_gitlab(struct gitlab *gitlab, struct rg_post *post, struct rg_err *err)
{
	const char *base = first(post->api_url, forge_env(post, "CI_API_V4_URL"));
	struct forge *forge = &gitlab->forge;
	int rc;

	*gitlab = (struct gitlab){0};
	rc = check_token(post, err);
	if (rc == 0)
		rc = forge_open(forge, "GitLab", post, token_names,
				base ? base : "https://gitlab.com/api/v4", err);
	if (rc == 0)
		rc = make_url(gitlab, err);
	if (rc)
		return rc;
	take_web(gitlab);
	forge->secret_header = "PRIVATE-TOKEN";
	forge_add_header(forge, "PRIVATE-TOKEN", forge->token);
	forge_add_header(forge, "Accept", "application/json");
	forge_add_header(forge, "Content-Type", "application/json");
	return 0;
}

/* --- Notes ---------------------------------------------------------------------------------- */

/* Whose notes are ours. */
static int ask_user(struct gitlab *gitlab, struct rg_err *err)
{
	struct forge *forge = &gitlab->forge;
	json_t *user = NULL;
	char url[FORGE_URL_MAX + 8];
	int rc;

	if (forge->post->login || forge->post->dry_run)
		return 0;
	snprintf(url, sizeof(url), "%s/user", forge->base);
	rc = forge_call(forge, "GET", url, NULL, permission, &user, err);
	if (rc == 0 && !*forge_id(user, "id", gitlab->user_id))
		rc = rg_err_set(err, RG_EFORMAT, "GitLab does not say whose token it is");
	json_decref(user);
	return rc;
}

static bool is_own(const struct gitlab *gitlab, const json_t *note)
{
	const json_t *author = json_object_get(note, "author");
	const char *login = gitlab->forge.post->login;
	char id[24];

	if (json_is_true(json_object_get(note, "system")))
		return false;
	if (login)
		return strcasecmp(forge_text(author, "username"), login) == 0;
	return strcmp(forge_id(author, "id", id), gitlab->user_id) == 0 && *gitlab->user_id;
}

static void note_page(const struct sticky *sticky, const json_t *page, struct sticky_found *out)
{
	const struct gitlab *gitlab = sticky->context;
	const json_t *note;
	size_t index;

	json_array_foreach(page, index, note)
	{
		char id[24];

		if (is_own(gitlab, note))
			sticky_note(sticky, out, forge_id(note, "id", id),
				    forge_text(note, "body"));
	}
}

static int find(struct sticky *sticky, struct sticky_found *out, struct rg_err *err)
{
	struct gitlab *gitlab = sticky->context;
	struct forge *forge = &gitlab->forge;
	char url[FORGE_URL_MAX + 64], next[FORGE_URL_MAX + 64];

	snprintf(url, sizeof(url), "%s?sort=asc&order_by=created_at&per_page=%d", gitlab->notes,
		 PAGE);
	for (int i = 0; i < PAGES_MAX; i++) {
		json_t *page = NULL;
		int rc = forge_call(forge, "GET", url, NULL, permission, &page, err);

		if (rc)
			return rc;
		note_page(sticky, page, out);
		json_decref(page);
		if (!rg_net_next_link(&forge->reply, url, next, sizeof(next)))
			return 0;
		memcpy(url, next, sizeof(url));
	}
	return rg_err_set(err, RG_ELIMIT, "the merge request has more than %d notes",
			  PAGE * PAGES_MAX);
}

static int create(struct sticky *sticky, const char *body, char id[24], struct rg_err *err)
{
	struct gitlab *gitlab = sticky->context;
	json_t *json = json_pack("{s:s}", "body", body), *answer = NULL;
	int rc = json ? forge_call(&gitlab->forge, "POST", gitlab->notes, json, permission, &answer,
				   err)
		      : rg_err_nomem(err, "report");

	if (rc == 0)
		forge_id(answer, "id", id);
	json_decref(answer);
	json_decref(json);
	return rc;
}

static int change(struct sticky *sticky, const char *method, const char *id, const json_t *body,
		  struct rg_err *err)
{
	struct gitlab *gitlab = sticky->context;
	char url[FORGE_URL_MAX + 32];

	snprintf(url, sizeof(url), "%s/%s", gitlab->notes, id);
	return forge_call(&gitlab->forge, method, url, body, permission, NULL, err);
}

static int update(struct sticky *sticky, const char *id, struct rg_err *err)
{
	json_t *json = json_pack("{s:s}", "body", sticky->body);
	int rc = json ? change(sticky, "PUT", id, json, err) : rg_err_nomem(err, "report");

	json_decref(json);
	return rc;
}

static int remove_note(struct sticky *sticky, const char *id, struct rg_err *err)
{
	return change(sticky, "DELETE", id, NULL, err);
}

/* --- Posting -------------------------------------------------------------------------------- */

static int post_bodies(struct gitlab *gitlab, struct rg_post *post, struct rg_buf *body,
		       struct rg_buf *reply, struct rg_err *err)
{
	struct sticky sticky = {
		.forge = &gitlab->forge,
		.marker = marker_of(post->verdict->scenario, post->key),
		.find = find,
		.create = create,
		.update = update,
		.remove = remove_note,
		.context = gitlab,
	};
	int rc = body_comment(body, post, &sticky.marker, gitlab->web, BODY_MAX, err);

	if (rc == 0 && post->verdict->outcome == RG_OUTCOME_FAIL)
		rc = body_reply(reply, post, err);
	if (rc)
		return rc;
	sticky.body = body->data;
	sticky.reply = reply->data;
	return sticky_post(&sticky, err);
}

static int post_note(struct gitlab *gitlab, struct rg_post *post, struct rg_err *err)
{
	struct rg_buf body, reply;
	int rc = ask_user(gitlab, err);

	rg_buf_init(&body, BODY_MAX);
	rg_buf_init(&reply, BODY_MAX);
	if (rc == 0)
		rc = post_bodies(gitlab, post, &body, &reply, err);
	rg_buf_done(&body);
	rg_buf_done(&reply);
	return rc;
}

static int post(struct rg_post *post, struct rg_err *err)
{
	struct gitlab gitlab;
	int rc = open_gitlab(&gitlab, post, err);

	if (rc == 0)
		rc = post_note(&gitlab, post, err);
	forge_done(&gitlab.forge);
	return rc;
}

const struct rg_reporter rg_reporter_gitlab = {
	.name = "gitlab",
	.summary = "a note on the merge request, edited in place",
	.needs_net = true,
	.detect = is_here,
	.post = post,
};
