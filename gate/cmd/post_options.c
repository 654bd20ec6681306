/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "post.h"
#include "settings.h"
#include "values.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/render.h"
#include "rg/report.h"
#include "rg/text.h"
#include "rg/units.h"

#include <string.h>

enum { KEY_MAX = 100 };

static struct rg_post_settings *post_of(void *to)
{
	return &((struct rg_settings *)to)->post;
}

static int refuse_destination(struct rg_err *err)
{
	struct rg_buf names;

	rg_buf_init(&names, RG_ERR_TEXT_MAX);
	for (size_t i = 0; i < rg_reporter_count; i++)
		rg_buf_addf(&names, ", %s", rg_reporters[i]->name);
	rg_err_set(err, RG_EUSAGE, "must be one of: auto%s", names.data ? names.data : "");
	rg_buf_done(&names);
	return RG_EUSAGE;
}

static int set_post(void *to, const char *value, struct rg_err *err)
{
	struct rg_post_settings *post = post_of(to);

	if (strcmp(value, "auto") != 0 && !rg_reporter_find(value))
		return refuse_destination(err);
	if (post->count == RG_POST_DESTINATIONS_MAX)
		return rg_err_set(err, RG_EUSAGE, "more than %d destinations",
				  RG_POST_DESTINATIONS_MAX);
	post->destinations[post->count++] = value;
	return 0;
}

/* It names checks and statuses, too. */
static int set_key(void *to, const char *value, struct rg_err *err)
{
	size_t len = strlen(value), n;
	uint32_t code;

	for (size_t i = 0; i < len; i += n) {
		n = rg_utf8_decode(value + i, len - i, &code);
		if (n == 0 || code < ' ')
			return rg_err_set(err, RG_EUSAGE, "must be one line of UTF-8");
	}
	if (len == 0 || len > KEY_MAX)
		return rg_err_set(err, RG_EUSAGE, "must have 1 to %d bytes", KEY_MAX);
	post_of(to)->key = value;
	return 0;
}

static int set_flame_url(void *to, const char *value, struct rg_err *err)
{
	if (!rg_comment_is_address(value))
		return rg_err_set(err, RG_EUSAGE,
				  "must be a web address of letters, digits and :/.-_~%%?=&#");
	post_of(to)->flame_url = value;
	return 0;
}

const struct rg_option rg_options_post[] = {
	{"post", 0, "WHERE",
	 "github or gitlab: a comment on the pull or merge request,\nedited in place; "
	 "github-check, github-status: beside the\ncommit; github-summary, github-annotations: in "
	 "the\nworkflow; auto: what suits this CI. Give it again for more",
	 RG_SETS_BY(set_post)},
	{"pr", 0, "NUMBER", "of the pull or merge request (default: as CI says)",
	 RG_SETS_NAME(post.number)},
	{"repo", 0, "NAME",
	 "OWNER/NAME on GitHub, number or path of the project on\nGitLab (default: as CI says)",
	 RG_SETS_NAME(post.repo)},
	{"commit", 0, "ID", "of a check or status (default: the pull request's head)",
	 RG_SETS_NAME(post.commit)},
	{"api-url", 0, "URL", "of the forge's API (default: GITHUB_API_URL, CI_API_V4_URL)",
	 RG_SETS_NAME(post.api_url)},
	{"token-file", 0, "FILE",
	 "holds the token (default: GITHUB_TOKEN, GH_TOKEN or\nGITLAB_TOKEN in the environment)",
	 RG_SETS_NAME(post.token_file)},
	{"login", 0, "NAME",
	 "who the token's comments are by, so that they are found\nagain (default: "
	 "github-actions[bot]; on GitLab, as it says)",
	 RG_SETS_NAME(post.login)},
	{"key", 0, "NAME", "several comments: one for each key and scenario", RG_SETS_BY(set_key)},
	{"flame-url", 0, "URL",
	 "where the flame graph can be seen: the comment links to it\n(default: with --html-out, "
	 "where this CI keeps artefacts)",
	 RG_SETS_BY(set_flame_url)},
	{"step-summary", 0, "FILE", "instead of GITHUB_STEP_SUMMARY",
	 RG_SETS_NAME(post.summary_path)},
	{"dry-run", 0, NULL, "print the requests, without the token; send nothing",
	 RG_SETS_FLAG(post.dry_run)},
	{"timeout", 0, "TIME", "give up on a silent server after (default 30s)",
	 RG_SETS_TIMEOUT(post.timeout_ns)},
	{"retry-for", 0, "TIME", "wait for retries no longer than (default 2m)",
	 RG_SETS_TIMEOUT(post.retry_ns)},
	{"ca-file", 0, "FILE",
	 "certificates to trust (default: SSL_CERT_FILE,\nCURL_CA_BUNDLE, else the system's)",
	 RG_SETS_NAME(post.ca_file)},
	{"allow-http", 0, NULL, "send the token over plain http, too",
	 RG_SETS_FLAG(post.allow_http)},
	{0},
};

int rg_post_check(const struct rg_settings *settings, const char *command, const char *but,
		  struct rg_err *err)
{
	const struct rg_option *o = rg_settings_given(settings, rg_options_post, but);

	if (!o || settings->post.count)
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "%s: --%s is of posting the verdict: say where to by --post WHERE",
			  command, o->name);
}
