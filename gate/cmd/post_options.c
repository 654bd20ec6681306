/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "post.h"
#include "settings.h"

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

static int set_time(uint64_t *to, const char *value, struct rg_err *err)
{
	uint64_t ns;

	if (rg_parse_duration(value, &ns) || ns < RG_NS_PER_S || ns > 3600 * RG_NS_PER_S)
		return rg_err_set(err, RG_EUSAGE, "must be a time from 1s to 1h");
	*to = ns;
	return 0;
}

static int set_timeout(void *to, const char *value, struct rg_err *err)
{
	return set_time(&post_of(to)->timeout_ns, value, err);
}

static int set_retry_for(void *to, const char *value, struct rg_err *err)
{
	return set_time(&post_of(to)->retry_ns, value, err);
}

static int set_dry_run(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	post_of(to)->dry_run = true;
	return 0;
}

static int set_allow_http(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	post_of(to)->allow_http = true;
	return 0;
}

#define TEXT_SETTER(member)                                                      \
	static int set_##member(void *to, const char *value, struct rg_err *err) \
	{                                                                        \
		if (!*value)                                                     \
			return rg_err_set(err, RG_EUSAGE, "must not be empty");  \
		post_of(to)->member = value;                                     \
		return 0;                                                        \
	}

TEXT_SETTER(repo)
TEXT_SETTER(number)
TEXT_SETTER(commit)
TEXT_SETTER(api_url)
TEXT_SETTER(login)
TEXT_SETTER(token_file)
TEXT_SETTER(ca_file)
TEXT_SETTER(summary_path)

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
	 set_post},
	{"pr", 0, "NUMBER", "of the pull or merge request (default: as CI says)", set_number},
	{"repo", 0, "NAME",
	 "OWNER/NAME on GitHub, number or path of the project on\nGitLab (default: as CI says)",
	 set_repo},
	{"commit", 0, "ID", "of a check or status (default: the pull request's head)", set_commit},
	{"api-url", 0, "URL", "of the forge's API (default: GITHUB_API_URL, CI_API_V4_URL)",
	 set_api_url},
	{"token-file", 0, "FILE",
	 "holds the token (default: GITHUB_TOKEN, GH_TOKEN or\nGITLAB_TOKEN in the environment)",
	 set_token_file},
	{"login", 0, "NAME",
	 "who the token's comments are by, so that they are found\nagain (default: "
	 "github-actions[bot]; on GitLab, as it says)",
	 set_login},
	{"key", 0, "NAME", "several comments: one for each key and scenario", set_key},
	{"flame-url", 0, "URL",
	 "where the flame graph can be seen: the comment links to it\n(default: with --html-out, "
	 "where this CI keeps artefacts)",
	 set_flame_url},
	{"step-summary", 0, "FILE", "instead of GITHUB_STEP_SUMMARY", set_summary_path},
	{"dry-run", 0, NULL, "print the requests, without the token; send nothing", set_dry_run},
	{"timeout", 0, "TIME", "give up on a silent server after (default 30s)", set_timeout},
	{"retry-for", 0, "TIME", "wait for retries no longer than (default 2m)", set_retry_for},
	{"ca-file", 0, "FILE",
	 "certificates to trust (default: SSL_CERT_FILE,\nCURL_CA_BUNDLE, else the system's)",
	 set_ca_file},
	{"allow-http", 0, NULL, "send the token over plain http, too", set_allow_http},
	{0},
};
