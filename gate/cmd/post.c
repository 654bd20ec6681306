/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "post.h"
#include "exit.h"
#include "flame_url.h"
#include "settings.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/file.h"
#include "rg/net.h"
#include "rg/report.h"
#include "rg/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TOKEN_FILE_MAX = 4096,
	/* GitHub's payloads have at most 25 MB. */
	EVENT_MAX = 32 << 20,
};

/* Everything a post borrows from. */
struct session {
	const struct rg_settings *settings;
	struct rg_post post;
	struct rg_net *net;
	struct rg_buf token, event;
	char flame_url[RG_FLAME_URL_MAX];
};

static void tell(const char *text)
{
	rg_cli_say("%s", text);
}

/* --quiet: what went well is not said. */
static void tell_nobody(const char *text)
{
	(void)text;
}

/* Not stdout: the verdict's JSON may be there. The runner reads its commands from both. */
static void print(const char *text, size_t len)
{
	fwrite(text, 1, len, stderr);
	fflush(stderr);
}

static const char *environment(const char *name)
{
	return getenv(name);
}

/* --- Preparing ------------------------------------------------------------------------------ */

static int read_token(struct session *session, struct rg_err *err)
{
	const char *path = session->settings->post.token_file;
	size_t len;
	int rc;

	if (!path)
		return 0;
	rc = rg_file_read(path, TOKEN_FILE_MAX, &session->token, err);
	if (rc)
		return rg_err_prefix(err, "--token-file");
	len = session->token.len;
	while (len && strchr("\r\n", session->token.data[len - 1]))
		session->token.data[--len] = '\0';
	session->post.token = session->token.data ? session->token.data : "";
	return 0;
}

/* An event that cannot be read is as good as none: the flags may say all that is needed. */
static void read_event(struct session *session)
{
	const char *path = getenv("GITHUB_EVENT_PATH");
	struct rg_err err = {0};

	if (!path || !*path)
		return;
	if (rg_file_read(path, EVENT_MAX, &session->event, &err)) {
		rg_cli_say("GITHUB_EVENT_PATH: %s", err.text);
		return;
	}
	session->post.event = session->event.data ? session->event.data : "";
	session->post.event_len = session->event.len;
}

static int need_net(struct session *session, struct rg_err *err)
{
	const struct rg_post_settings *post = &session->settings->post;
	const struct rg_net_options options = {
		.ca_file = post->ca_file,
		.stall_ns = post->timeout_ns,
		.retry_ns = post->retry_ns,
		.allow_http = post->allow_http,
	};
	int rc = session->net ? 0 : rg_net_open(&options, &session->net, err);

	session->post.net = session->net;
	return rc;
}

static enum rg_standing standing_of(const struct rg_verdict *verdict, int status)
{
	if (status == RG_EXIT_REGRESSION)
		return RG_STANDING_FAIL;
	if (status != RG_EXIT_PASS)
		return RG_STANDING_UNDECIDED;
	return verdict->outcome == RG_OUTCOME_PASS ? RG_STANDING_PASS : RG_STANDING_EXCUSED;
}

static void fill(struct session *session, const struct rg_verdict *verdict, int status)
{
	const struct rg_post_settings *s = &session->settings->post;

	session->post = (struct rg_post){
		.verdict = verdict,
		.standing = standing_of(verdict, status),
		.repo = s->repo,
		.number = s->number,
		.commit = s->commit,
		.api_url = s->api_url,
		.login = s->login,
		.key = s->key,
		.flame_url = rg_flame_url(session->settings, session->flame_url),
		.summary_path = s->summary_path,
		.dry_run = s->dry_run,
		.env = environment,
		.tell = session->settings->verbosity < 0 ? tell_nobody : tell,
		.print = print,
	};
}

/* --- Sending -------------------------------------------------------------------------------- */

static void send(struct session *session, const struct rg_reporter *reporter)
{
	struct rg_err err = {0};
	int rc = reporter->needs_net ? need_net(session, &err) : 0;

	if (rc == 0)
		rc = rg_report_post(reporter, &session->post, &err);
	if (rc)
		rg_cli_say("not posted: %s", err.text);
}

static void send_detected(struct session *session)
{
	bool any = false;

	for (size_t i = 0; i < rg_reporter_count; i++) {
		const struct rg_reporter *reporter = rg_reporters[i];

		if (!reporter->detect || !reporter->detect(&session->post))
			continue;
		any = true;
		send(session, reporter);
	}
	if (!any)
		rg_cli_say("not posted: --post auto: this is no CI that is known (neither "
			   "GITHUB_ACTIONS nor GITLAB_CI is set; sudo drops them)");
}

static void send_all(struct session *session)
{
	const struct rg_post_settings *s = &session->settings->post;

	for (size_t i = 0; i < s->count; i++) {
		const struct rg_reporter *reporter = rg_reporter_find(s->destinations[i]);

		if (reporter)
			send(session, reporter);
		else
			send_detected(session);
	}
}

void rg_post_verdict(const struct rg_settings *settings, const struct rg_verdict *verdict,
		     int status)
{
	struct session session = {.settings = settings};
	struct rg_err err = {0};

	if (settings->post.count == 0)
		return;
	rg_buf_init(&session.token, TOKEN_FILE_MAX + 1);
	rg_buf_init(&session.event, EVENT_MAX + 1);
	fill(&session, verdict, status);
	read_event(&session);
	if (read_token(&session, &err))
		rg_cli_say("not posted: %s", err.text);
	else
		send_all(&session);
	rg_net_close(session.net);
	if (session.token.data)
		explicit_bzero(session.token.data, session.token.len);
	rg_buf_done(&session.token);
	rg_buf_done(&session.event);
}
