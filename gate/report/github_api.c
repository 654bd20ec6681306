/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "github.h"

#include "rg/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const token_names[] = {"GITHUB_TOKEN", "GH_TOKEN", NULL};

bool github_is_here(const struct rg_post *post)
{
	const char *value = forge_env(post, "GITHUB_ACTIONS");

	return value && strcmp(value, "true") == 0;
}

bool github_is_sha(const char *text)
{
	size_t len = strlen(text);

	return (len == 40 || len == 64) && strspn(text, "0123456789abcdef") == len;
}

/* One part of OWNER/NAME: it goes into an address as it is. */
static bool is_name(const char *text, size_t len)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789-._";

	return len > 0 && len <= 100 && strspn(text, allowed) >= len &&
	       !(len <= 2 && strspn(text, ".") >= len);
}

static int take_repo(struct github *github, struct rg_err *err)
{
	const struct rg_post *post = github->forge.post;
	const char *repo = post->repo ? post->repo : forge_env(post, "GITHUB_REPOSITORY");
	size_t owner = repo ? strcspn(repo, "/") : 0;

	if (!repo)
		return rg_err_set(err, RG_EUSAGE,
				  "which repository? say --repo OWNER/NAME (GITHUB_REPOSITORY is "
				  "not set)");
	if (!is_name(repo, owner) || repo[owner] != '/' ||
	    !is_name(repo + owner + 1, strlen(repo + owner + 1)))
		return rg_err_set(err, RG_EUSAGE, "'%.200s' is not OWNER/NAME of a repository",
				  repo);
	snprintf(github->repo, sizeof(github->repo), "%s", repo);
	return 0;
}

static void take_web(struct github *github)
{
	const char *server = forge_env(github->forge.post, "GITHUB_SERVER_URL");

	snprintf(github->web, sizeof(github->web), "%.1000s/%s",
		 server ? server : "https://github.com", github->repo);
}

int github_open(struct github *github, struct rg_post *post, struct rg_err *err)
{
	const char *base = post->api_url ? post->api_url : forge_env(post, "GITHUB_API_URL");
	struct forge *forge = &github->forge;
	int rc;

	*github = (struct github){0};
	rc = forge_open(forge, "GitHub", post, token_names, base ? base : "https://api.github.com",
			err);
	if (rc == 0)
		rc = take_repo(github, err);
	if (rc == 0 && post->event)
		rc = event_read(post->event, post->event_len, &github->event, err);
	if (rc)
		return rc;
	take_web(github);
	snprintf(forge->authorization, sizeof(forge->authorization), "Bearer %s", forge->token);
	forge->secret_header = "Authorization";
	forge_add_header(forge, "Authorization", forge->authorization);
	forge_add_header(forge, "Accept", "application/vnd.github+json");
	forge_add_header(forge, "Content-Type", "application/json");
	forge_add_header(forge, "X-GitHub-Api-Version", "2022-11-28");
	return 0;
}

void github_done(struct github *github)
{
	forge_done(&github->forge);
}

int github_url(const struct github *github, char out[FORGE_URL_MAX], struct rg_err *err,
	       const char *fmt, ...)
{
	int n = snprintf(out, FORGE_URL_MAX, "%s/repos/%s", github->forge.base, github->repo);
	va_list args;

	if (n > 0 && n < FORGE_URL_MAX) {
		va_start(args, fmt);
		n += vsnprintf(out + n, (size_t)(FORGE_URL_MAX - n), fmt, args);
		va_end(args);
	}
	if (n < 0 || n >= FORGE_URL_MAX)
		return rg_err_set(err, RG_EUSAGE, "the API's address is too long");
	return 0;
}

int github_commit(const struct github *github, char out[GITHUB_SHA_MAX], struct rg_err *err)
{
	const struct rg_post *post = github->forge.post;
	const char *const sources[] = {post->commit, github->event.head_sha, github->event.run_sha,
				       forge_env(post, "GITHUB_SHA")};

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		if (!sources[i] || !*sources[i])
			continue;
		if (!github_is_sha(sources[i]))
			return rg_err_set(err, RG_EUSAGE, "'%.100s' is not the full id of a commit",
					  sources[i]);
		snprintf(out, GITHUB_SHA_MAX, "%s", sources[i]);
		return 0;
	}
	return rg_err_set(err, RG_EUSAGE, "which commit? say --commit ID (GITHUB_SHA is not set)");
}
