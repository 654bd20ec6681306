/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_url.h"

#include "rg/err.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static int refuse(struct rg_err *err, const char *reason)
{
	return rg_err_set(err, RG_EUSAGE, "remote: %s", reason);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 3986, 2.1. What would be a control character is no part of a name or password. */
static int unescape(const char *text, size_t len, char *out, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		int byte = (unsigned char)text[i];

		if (byte == '%') {
			if (i + 2 >= len || hex_value(text[i + 1]) < 0 ||
			    hex_value(text[i + 2]) < 0)
				return RG_EUSAGE;
			byte = hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]);
			i += 2;
		}
		if (byte < 0x20 || byte == 0x7f || used + 1 >= size)
			return RG_EUSAGE;
		out[used++] = (char)byte;
	}
	out[used] = '\0';
	return 0;
}

static bool is_loopback(const char *host)
{
	return !strncmp(host, "127.", 4) || !strcmp(host, "localhost") || !strcmp(host, "[::1]");
}

/* host[:port] in lower case, without the scheme's own port. */
static int set_origin(struct gs_url *url, const char *authority, size_t len, struct rg_err *err)
{
	const bool tls = url->scheme == GS_SCHEME_HTTPS;
	const char *own_port = tls ? ":443" : ":80";
	char host[256];
	size_t own = strlen(own_port);

	if (len == 0 || len >= sizeof(host))
		return refuse(err, "the URL names no host");
	for (size_t i = 0; i < len; i++)
		host[i] = (char)tolower((unsigned char)authority[i]);
	host[len] = '\0';
	if (len > own && !strcmp(host + len - own, own_port))
		host[len - own] = '\0';
	snprintf(url->origin, sizeof(url->origin), "%s://%s", tls ? "https" : "http", host);
	host[host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":")] = '\0';
	url->loopback = is_loopback(host);
	return 0;
}

static int parse_web(const char *text, struct gs_url *url, struct rg_err *err)
{
	const char *authority = strstr(text, "://") + 3;
	const size_t len = strcspn(authority, "/?#");
	const char *at = memrchr(authority, '@', len);
	const char *host = at ? at + 1 : authority;
	const size_t host_len = len - (size_t)(host - authority);
	int rc = set_origin(url, host, host_len, err);

	if (rc)
		return rc;
	if (at &&
	    unescape(authority, (size_t)(at - authority), url->user_info, sizeof(url->user_info)))
		return refuse(err, "the URL's user name or password is not well-formed");
	if (url->scheme == GS_SCHEME_HTTP && !url->loopback)
		return refuse(err, "plain http goes to this machine only: use https or ssh");
	snprintf(url->plain, sizeof(url->plain), "%.*s%s", (int)(authority - text), text, host);
	return 0;
}

/* ssh takes a host that begins with a dash for an option. */
static int parse_ssh(const char *text, const char *host, size_t len, struct gs_url *url,
		     struct rg_err *err)
{
	const char *at = memrchr(host, '@', len);

	if (at && memchr(host, ':', (size_t)(at - host)))
		return refuse(err, "a password does not belong in an ssh URL: use a key");
	if (host[0] == '-' || (at && at[1] == '-') || len == 0)
		return refuse(err, "the URL names no host");
	snprintf(url->plain, sizeof(url->plain), "%s", text);
	return 0;
}

static int check_bytes(const char *text, struct rg_err *err)
{
	if (strlen(text) >= RG_REMOTE_URL_MAX)
		return refuse(err, "the URL is too long");
	for (const char *c = text; *c; c++) {
		if ((unsigned char)*c <= 0x20 || *c == 0x7f)
			return refuse(err, "the URL holds white space or control characters");
	}
	return *text && *text != '-' ? 0 : refuse(err, "there is no URL");
}

static enum gs_scheme scheme_of(const char *text)
{
	static const struct {
		const char *text;
		enum gs_scheme scheme;
	} schemes[] = {
		{"https://", GS_SCHEME_HTTPS},
		{"http://", GS_SCHEME_HTTP},
		{"ssh://", GS_SCHEME_SSH},
		{"file:///", GS_SCHEME_FILE},
	};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (!strncasecmp(text, schemes[i].text, strlen(schemes[i].text)))
			return schemes[i].scheme;
	}
	return GS_SCHEME_NONE;
}

static int parse_path(const char *text, struct gs_url *url, struct rg_err *err)
{
	const size_t colon = strcspn(text, ":/");

	/* "host:path" of ssh; "name::address" would be a program's. */
	if (text[colon] == ':' && text[colon + 1] != ':' && strncmp(text + colon, "://", 3) != 0) {
		url->scheme = GS_SCHEME_SSH;
		return parse_ssh(text, text, colon, url, err);
	}
	if (text[0] != '/')
		return refuse(err, "a URL begins with https://, ssh://, file:///, user@host: or /");
	url->scheme = GS_SCHEME_FILE;
	snprintf(url->plain, sizeof(url->plain), "%s", text);
	return 0;
}

int gs_url_parse(const char *text, struct gs_url *out, struct rg_err *err)
{
	struct gs_url url = {.scheme = scheme_of(text)};
	int rc = check_bytes(text, err);

	if (rc)
		return rc;
	switch (url.scheme) {
	case GS_SCHEME_HTTP:
	case GS_SCHEME_HTTPS:
		rc = parse_web(text, &url, err);
		break;
	case GS_SCHEME_SSH:
		rc = parse_ssh(text, text + strlen("ssh://"), strcspn(text + strlen("ssh://"), "/"),
			       &url, err);
		break;
	case GS_SCHEME_FILE:
		snprintf(url.plain, sizeof(url.plain), "%s", text);
		break;
	case GS_SCHEME_NONE:
		rc = parse_path(text, &url, err);
		break;
	}
	if (!rc)
		*out = url;
	return rc;
}

int rg_remote_show_url(const char *url, char shown[RG_REMOTE_URL_MAX], struct rg_err *err)
{
	struct gs_url parsed;
	int rc = gs_url_parse(url, &parsed, err);

	if (!rc)
		memcpy(shown, parsed.plain, RG_REMOTE_URL_MAX);
	return rc;
}
