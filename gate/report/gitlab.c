/* SPDX-License-Identifier: GPL-2.0-or-later */
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

static const char permission[] =
	"the scope 'api' and at least the role Reporter (a project access token; CI_JOB_TOKEN "
	"cannot write notes)";
static const char *const token_names[] = {"GITLAB_TOKEN", NULL};

struct gitlab {
	struct forge forge;
	struct comments notes;
	char web[FORGE_URL_MAX];
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
	if (!forge_is_number(number))
		return rg_err_set(err, RG_EUSAGE, "'%.40s' is not the number of a merge request",
				  number);
	/* In an address "." and ".." would be of the path. */
	if (strspn(project, ".") == strlen(project))
		return rg_err_set(err, RG_EUSAGE, "'%.200s' is no project", project);
	rg_buf_init(&url, FORGE_URL_MAX - 1);
	rg_buf_addf(&url, "%s/projects/", gitlab->forge.base);
	rg_net_add_escaped(&url, project, strlen(project));
	rg_buf_addf(&url, "/merge_requests/%s/notes", number);
	if (url.failed)
		rc = rg_err_set(err, RG_EUSAGE, "the project's name is too long");
	else
		snprintf(gitlab->notes.list, sizeof(gitlab->notes.list), "%s", url.data);
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
	if (rc == 0 && !*forge_id(user, "id", gitlab->notes.user_id))
		rc = rg_err_set(err, RG_EFORMAT, "GitLab does not say whose token it is");
	json_decref(user);
	return rc;
}

static bool is_own(const struct comments *notes, const json_t *note)
{
	const json_t *author = json_object_get(note, "author");
	char id[24];

	if (json_is_true(json_object_get(note, "system")))
		return false;
	if (notes->login)
		return strcasecmp(forge_text(author, "username"), notes->login) == 0;
	return *notes->user_id && strcmp(forge_id(author, "id", id), notes->user_id) == 0;
}

static int post_note(struct gitlab *gitlab, struct rg_err *err)
{
	struct comments *notes = &gitlab->notes;
	int rc = ask_user(gitlab, err);

	if (rc)
		return rc;
	notes->forge = &gitlab->forge;
	memcpy(notes->item, notes->list, sizeof(notes->item));
	notes->order = "sort=asc&order_by=created_at&";
	notes->edit = "PUT";
	notes->permission = permission;
	notes->is_own = is_own;
	notes->login = gitlab->forge.post->login;
	return sticky_post(notes, gitlab->web, err);
}

static int post(struct rg_post *post, struct rg_err *err)
{
	struct gitlab gitlab;
	int rc = open_gitlab(&gitlab, post, err);

	if (rc == 0)
		rc = post_note(&gitlab, err);
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
