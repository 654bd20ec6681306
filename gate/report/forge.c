/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "forge.h"

#include "rg/err.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* From this length on it is in no answer by chance: no forge's tokens are shorter. */
	TOKEN_LONG = 8,
};

const char *forge_env(const struct rg_post *post, const char *name)
{
	const char *value = post->env(name);

	return value && *value ? value : NULL;
}

bool forge_is_number(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len < 16 && text[0] != '0' && strspn(text, "0123456789") == len;
}

/* --- The token ------------------------------------------------------------------------------ */

/* RFC 9110, section 5.5: what a header may hold, but blanks, for no token has any. */
static bool is_token(const char *token)
{
	for (const char *at = token; *at; at++) {
		if (*at <= ' ' || *at > '~')
			return false;
	}
	return *token && strlen(token) < FORGE_TOKEN_MAX;
}

static int take_token(struct forge *forge, const char *const *names, struct rg_err *err)
{
	const char *token = forge->post->token, *where = "the token file";

	for (size_t i = 0; !token && names[i]; i++) {
		token = forge_env(forge->post, names[i]);
		where = names[i];
	}
	if (!token && forge->post->dry_run)
		return 0;
	if (!token)
		return rg_err_set(err, RG_EUSAGE,
				  "no token: set %s in the environment, or say --token-file FILE",
				  names[0]);
	if (!is_token(token))
		return rg_err_set(err, RG_EUSAGE,
				  "what %s holds is no token: it must be one line of printable "
				  "characters without blanks",
				  where);
	snprintf(forge->token, sizeof(forge->token), "%s", token);
	return 0;
}

int forge_open(struct forge *forge, const char *title, struct rg_post *post,
	       const char *const *token_names, const char *base, struct rg_err *err)
{
	size_t len = strlen(base);
	int rc;

	*forge = (struct forge){.title = title, .post = post};
	while (len && base[len - 1] == '/')
		len--;
	if (len >= FORGE_URL_MAX / 2 || strpbrk(base, "?#"))
		return rg_err_set(err, RG_EUSAGE,
				  "the API's address is too long, or more than a path");
	snprintf(forge->base, sizeof(forge->base), "%.*s", (int)len, base);
	/* A dry run shows it: what is refused may be a secret. */
	rc = rg_net_url_check(forge->base, true, err);
	return rc ? rc : take_token(forge, token_names, err);
}

void forge_done(struct forge *forge)
{
	explicit_bzero(forge->token, sizeof(forge->token));
	explicit_bzero(forge->authorization, sizeof(forge->authorization));
	rg_net_reply_done(&forge->reply);
}

void forge_add_header(struct forge *forge, const char *name, const char *value)
{
	if (forge->header_count < FORGE_HEADERS_MAX)
		forge->headers[forge->header_count++] = (struct rg_net_header){name, value};
}

/* --- Messages ------------------------------------------------------------------------------- */

/*
 * A service that echoes what it was sent must not put the token into a log: neither whole nor, where a message is
 * cut short, in part.
 */
static void blot_out(const struct forge *forge, char *text)
{
	size_t len = strlen(forge->token);

	for (char *at = text; len && (at = strstr(at, forge->token)); at += len)
		memset(at, '*', len);
}

void forge_tell(const struct forge *forge, const char *fmt, ...)
{
	char text[FORGE_TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	blot_out(forge, text);
	forge->post->tell(text);
}

const char *forge_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

const char *forge_id(const json_t *object, const char *name, char out[24])
{
	json_int_t id = json_integer_value(json_object_get(object, name));

	out[0] = '\0';
	if (id > 0)
		snprintf(out, 24, "%" PRId64, (int64_t)id);
	return out;
}

/* What the service says of the failure: its "message", of any length and kind. */
static void add_reason(const struct forge *forge, char *out, size_t size)
{
	json_t *answer = forge->reply.body.len ? json_loadb(forge->reply.body.data,
							    forge->reply.body.len, 0, NULL)
					       : NULL;
	const char *message = forge_text(answer, "message");

	if (!*message)
		message = forge_text(answer, "error");
	snprintf(out, size, "%s%.200s", *message ? ": " : "", message);
	json_decref(answer);
}

/* A 403 may be a rate limit instead of a permission. */
static bool is_limited(struct forge *forge)
{
	uint64_t wait_ns;
	bool asked;

	return rg_net_retry_wait(&forge->reply, 0, 0, &wait_ns, &asked);
}

static int fail_status(struct forge *forge, const char *method, const char *permission,
		       struct rg_err *err)
{
	const char *note = forge->reply.note;
	char reason[256];

	add_reason(forge, reason, sizeof(reason));
	switch (forge->reply.status) {
	case 401:
		return rg_err_set(err, RG_EPRIVILEGE,
				  "%s refuses the token (401%s): it has expired, or is for "
				  "another host",
				  forge->title, reason);
	case 403:
		if (is_limited(forge))
			break;
		return rg_err_set(err, RG_EPRIVILEGE,
				  "%s does not permit that (403%s): the token needs %s",
				  forge->title, reason, permission);
	case 404:
		return rg_err_set(err, RG_ENOTFOUND,
				  "%s has no such thing (404%s), or does not show it to this token",
				  forge->title, reason);
	case 410:
		return rg_err_set(err, RG_EUSAGE,
				  "%s no longer offers this (410%s): a newer regress-gate is "
				  "needed, or the feature is switched off there",
				  forge->title, reason);
	case 413:
	case 422:
		return rg_err_set(err, RG_EUSAGE, "%s does not accept the %s (%ld%s)", forge->title,
				  method, forge->reply.status, reason);
	default:
		break;
	}
	return rg_err_set(err, RG_EIO, "%s answered with status %ld%s%s%s%s", forge->title,
			  forge->reply.status, reason, *note ? " (" : "", note, *note ? ")" : "");
}

int forge_fail(const struct forge *forge, int code, const struct rg_err *failure,
	       struct rg_err *err)
{
	const char *note = forge->reply.note;

	return rg_err_set(err, code, "%s%s%s%s", failure->text, *note ? " (" : "", note,
			  *note ? ")" : "");
}

/* --- Calls ---------------------------------------------------------------------------------- */

static int parse(const struct forge *forge, json_t **answer, struct rg_err *err)
{
	const struct rg_buf *body = &forge->reply.body;
	json_error_t at;

	*answer = NULL;
	if (body->len == 0)
		return 0;
	*answer = json_loadb(body->data, body->len, JSON_REJECT_DUPLICATES, &at);
	if (*answer)
		return 0;
	return rg_err_set(err, RG_EFORMAT, "%s's answer is not JSON: line %d: %.100s", forge->title,
			  at.line, at.text);
}

static int send(struct forge *forge, const char *method, const char *url, const char *text,
		struct rg_err *err)
{
	const struct rg_net_request request = {
		.method = method,
		.url = url,
		.headers = forge->headers,
		.header_count = forge->header_count,
		.body = text,
		.body_len = text ? strlen(text) : 0,
		.max_reply_bytes = forge->max_reply_bytes,
	};
	int rc;

	/* A POST that was served twice is two comments: its callers look before they try again. */
	if (strcmp(method, "POST") == 0)
		rc = rg_net_send(forge->post->net, &request, &forge->reply, err);
	else
		rc = rg_net_exchange(forge->post->net, &request, &forge->reply, err);
	if (forge->reply.body.data && strlen(forge->token) >= TOKEN_LONG)
		blot_out(forge, forge->reply.body.data);
	return rc;
}

static int call(struct forge *forge, const char *method, const char *url, const char *text,
		const char *permission, json_t **answer, struct rg_err *err)
{
	int rc;

	if (forge->post->dry_run) {
		forge_print_request(forge, method, url, text);
		if (answer)
			*answer = forge_imagined_answer(method);
		return 0;
	}
	rc = send(forge, method, url, text, err);
	if (rc)
		return rc;
	if (forge->reply.status < 200 || forge->reply.status > 299)
		return fail_status(forge, method, permission, err);
	return answer ? parse(forge, answer, err) : 0;
}

int forge_call(struct forge *forge, const char *method, const char *url, const json_t *body,
	       const char *permission, json_t **answer, struct rg_err *err)
{
	struct rg_err failure = {0};
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	int rc;

	if (body && !text)
		return rg_err_nomem(err, "report");
	rc = call(forge, method, url, text, permission, answer, &failure);
	free(text);
	if (rc == 0)
		return 0;
	blot_out(forge, failure.text);
	return rg_err_set(err, rc, "%s", failure.text);
}

int forge_post_again(struct forge *forge, const char *url, const json_t *body,
		     const char *permission, struct rg_err *err)
{
	for (unsigned int attempt = 0;; attempt++) {
		struct rg_err failure = {0};
		int rc = forge_call(forge, "POST", url, body, permission, NULL, &failure);

		if (rc == 0)
			return 0;
		if (rc == RG_EIO && rg_net_pause(forge->post->net, &forge->reply, attempt))
			continue;
		return forge_fail(forge, rc, &failure, err);
	}
}
