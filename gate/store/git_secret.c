/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_secret.h"

#include "git_url.h"

#include "rg/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The tokens of a forge: which host they are for, and the user name that goes with them. */
struct forge {
	const char *server;   /* variable that holds its URL */
	const char *fallback; /* the URL where that is not set, or NULL */
	const char *token;
	const char *user;
	bool last; /* after what the URL itself says */
};

static const struct forge forges[] = {
	{"GITHUB_SERVER_URL", "https://github.com", "GITHUB_TOKEN", "x-access-token", false},
	{"GITHUB_SERVER_URL", "https://github.com", "GH_TOKEN", "x-access-token", false},
	{"CI_SERVER_URL", NULL, "GITLAB_TOKEN", "oauth2", false},
	/* It may write only where the project's settings say so, and always read. */
	{"CI_SERVER_URL", NULL, "CI_JOB_TOKEN", "gitlab-ci-token", true},
};

enum { FORGES = sizeof(forges) / sizeof(forges[0]) };

/* RFC 4648, 4. False when it does not fit. */
static bool add_base64(char *out, size_t size, const char *text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const size_t len = strlen(text);
	char *end = out + strlen(out);

	if ((len + 2) / 3 * 4 + 1 > size - strlen(out))
		return false;
	for (size_t i = 0; i < len; i += 3) {
		const size_t left = len - i;
		const unsigned char *b = (const unsigned char *)text + i;
		const unsigned int bits =
			b[0] * 65536U + (left > 1 ? b[1] * 256U : 0) + (left > 2 ? b[2] : 0);

		*end++ = digits[bits >> 18];
		*end++ = digits[bits >> 12 & 63];
		*end++ = (char)(left > 1 ? digits[bits >> 6 & 63] : '=');
		*end++ = (char)(left > 2 ? digits[bits & 63] : '=');
	}
	*end = '\0';
	return true;
}

static bool is_for(const struct forge *forge, const struct gs_url *url)
{
	const char *server = getenv(forge->server);
	struct gs_url own;

	if (!server || !*server)
		server = forge->fallback;
	return server && !gs_url_parse(server, &own, NULL) && own.origin[0] &&
	       !strcmp(own.origin, url->origin);
}

static int make(const char *user_info, const char *origin, struct gs_secret *out,
		struct rg_err *err)
{
	struct gs_secret secret = {.header = "Authorization: Basic ", .origin = origin};
	const char *colon = strchr(user_info, ':');

	snprintf(secret.password, sizeof(secret.password), "%s", colon ? colon + 1 : user_info);
	if (!add_base64(secret.header, sizeof(secret.header), user_info))
		return rg_err_set(err, RG_EUSAGE, "remote: %s is too long for a token", origin);
	*out = secret;
	return 0;
}

/* A line break would end the header, and begin another. */
static bool is_token(const char *text)
{
	for (const char *c = text; *c; c++) {
		if (*c <= 0x20 || *c == 0x7f)
			return false;
	}
	return *text != '\0';
}

/* 1 when this forge has none for the URL. */
static int from_forge(const struct forge *forge, const struct gs_url *url, struct gs_secret *out,
		      struct rg_err *err)
{
	const char *token = getenv(forge->token);
	char user_info[GS_SECRET_MAX];
	int n;

	if (!token || !*token || !is_for(forge, url))
		return 1;
	n = snprintf(user_info, sizeof(user_info), "%s:%s", forge->user, token);
	if (!is_token(token) || n >= (int)sizeof(user_info))
		return rg_err_set(err, RG_EUSAGE,
				  "remote: %s holds characters that no token has, or too many",
				  forge->token);
	return make(user_info, forge->token, out, err);
}

static int from_forges(const struct gs_url *url, bool last, struct gs_secret *out,
		       struct rg_err *err)
{
	int rc = 1;

	for (size_t i = 0; rc == 1 && i < FORGES; i++) {
		if (forges[i].last == last)
			rc = from_forge(&forges[i], url, out, err);
	}
	return rc;
}

int gs_secret_find(const struct gs_url *url, struct gs_secret *out, struct rg_err *err)
{
	int rc;

	*out = (struct gs_secret){0};
	if (url->scheme != GS_SCHEME_HTTP && url->scheme != GS_SCHEME_HTTPS)
		return 0;
	rc = from_forges(url, false, out, err);
	if (rc == 1 && url->user_info[0])
		rc = make(url->user_info, "the URL", out, err);
	if (rc == 1)
		rc = from_forges(url, true, out, err);
	return rc == 1 ? 0 : rc;
}

static void hide(const char *word, char *text)
{
	const size_t len = strlen(word), own = strlen("***");
	char *at = text;

	/* Shorter ones are no secrets, and would leave nothing to read. */
	if (len <= own)
		return;
	while ((at = strstr(at, word))) {
		memset(at, '*', own);
		memmove(at + own, at + len, strlen(at + len) + 1);
		at += own;
	}
}

void gs_secret_hide(const struct gs_secret *secret, char *text)
{
	const char *basic = strrchr(secret->header, ' ');

	hide(secret->password, text);
	if (basic)
		hide(basic + 1, text);
}
