/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "github.h"
#include "sticky.h"

#include "rg/err.h"

#include <string.h>

/* The comment on a pull request. */

static const char permission[] =
	"'pull-requests: write' or 'issues: write' in the workflow's permissions; for a pull "
	"request "
	"from a fork it never has it: post from a workflow_run job instead";
static const char bot[] = "github-actions[bot]";

static bool is_own(const struct comments *comments, const json_t *comment)
{
	const char *author = forge_text(json_object_get(comment, "user"), "login");

	return strcasecmp(author, comments->login) == 0;
}

static int post_comment(struct github *github, const char *number, struct rg_err *err)
{
	const char *login = github->forge.post->login;
	struct comments comments = {
		.forge = &github->forge,
		.order = "",
		.edit = "PATCH",
		.permission = permission,
		.is_own = is_own,
		.login = login ? login : bot,
	};
	int rc = github_url(github, comments.list, err, "/issues/%s/comments", number);

	if (rc == 0)
		rc = github_url(github, comments.item, err, "/issues/comments");
	return rc ? rc : sticky_post(&comments, github->web, err);
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
	struct github github;
	char number[24];
	int rc = github_open(&github, post, err);

	if (rc == 0)
		rc = github_pull(&github, number, err);
	if (rc == 0)
		rc = post_comment(&github, number, err);
	github_done(&github);
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
