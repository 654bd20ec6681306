/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net.h"

#include "rg/err.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What matters of a URL. Empty texts where a part is missing. */
struct parts {
	char scheme[16], host[256], port[8];
	bool has_user;
};

static bool copy_part(CURLU *url, CURLUPart part, unsigned int flags, char *out, size_t size)
{
	char *text = NULL;
	int n;

	if (curl_url_get(url, part, &text, flags))
		return false;
	n = snprintf(out, size, "%s", text);
	curl_free(text);
	return n >= 0 && (size_t)n < size;
}

static bool has_part(CURLU *url, CURLUPart part)
{
	char *text = NULL;
	bool has = curl_url_get(url, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return has;
}

static bool split(const char *text, struct parts *out)
{
	CURLU *url;
	bool ok;

	if (strlen(text) >= NET_URL_MAX)
		return false;
	url = curl_url();
	ok = url && curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	     copy_part(url, CURLUPART_SCHEME, 0, out->scheme, sizeof(out->scheme));
	/* Other schemes are refused, whatever else is in them. */
	if (ok && !strncmp(out->scheme, "http", 4))
		ok = copy_part(url, CURLUPART_HOST, 0, out->host, sizeof(out->host)) &&
		     copy_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT, out->port,
			       sizeof(out->port));
	out->has_user = ok && (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD));
	curl_url_cleanup(url);
	return ok;
}

/* Names that resolve to the loopback interface by RFC 6761 and RFC 5735; no resolver is asked. */
static bool is_local(const char *host)
{
	unsigned int a, b, c, d;
	char rest;

	if (!strcasecmp(host, "localhost") || !strcmp(host, "[::1]"))
		return true;
	return sscanf(host, "%3u.%3u.%3u.%3u%c", &a, &b, &c, &d, &rest) == 4 && a == 127 &&
	       b < 256 && c < 256 && d < 256;
}

bool net_url_is_local(const char *url)
{
	struct parts parts = {0};

	return split(url, &parts) && is_local(parts.host);
}

const char *net_url_shown(const char *url, char out[NET_URL_MAX])
{
	snprintf(out, NET_URL_MAX, "%.*s", (int)strcspn(url, "?#"), url);
	return out;
}

const char *net_url_origin(const char *url, char out[NET_URL_MAX])
{
	struct parts parts = {0};

	if (!split(url, &parts) || !*parts.host)
		return "?";
	snprintf(out, NET_URL_MAX, "%s://%s:%s", parts.scheme, parts.host, parts.port);
	return out;
}

int rg_net_url_check(const char *url, bool allow_http, struct rg_err *err)
{
	char shown[NET_URL_MAX];
	struct parts parts = {0};

	/* Not quoted: a secret may be anywhere in what is none. */
	if (!split(url, &parts))
		return rg_err_set(err, RG_EUSAGE, "net: what should be a URL is none");
	net_url_shown(url, shown);
	/* Not quoted: what is refused is a secret. */
	if (parts.has_user)
		return rg_err_set(err, RG_EUSAGE,
				  "net: a URL of '%.200s' holds a user name: say it without; "
				  "secrets come from the environment or a file",
				  parts.host);
	if (!strcmp(parts.scheme, "https"))
		return 0;
	if (strcmp(parts.scheme, "http") != 0)
		return rg_err_set(err, RG_EUSAGE, "net: '%.200s': neither https nor http", shown);
	if (allow_http || is_local(parts.host))
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "net: '%.200s': a token would be readable on the way; use https, or "
			  "--allow-http",
			  shown);
}

bool rg_net_same_origin(const char *a, const char *b)
{
	struct parts x = {0}, y = {0};

	return split(a, &x) && split(b, &y) && !strcmp(x.scheme, y.scheme) &&
	       !strcasecmp(x.host, y.host) && !strcmp(x.port, y.port);
}

bool net_url_follow(const char *url, const char *location, char out[NET_URL_MAX])
{
	CURLU *to = curl_url();
	bool ok =
		to && strlen(location) < NET_URL_MAX &&
		curl_url_set(to, CURLUPART_URL, url, 0) == CURLUE_OK &&
		curl_url_set(to, CURLUPART_URL, location, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
		copy_part(to, CURLUPART_URL, 0, out, NET_URL_MAX);

	curl_url_cleanup(to);
	return ok;
}

void rg_net_add_escaped(struct rg_buf *out, const char *bytes, size_t len)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";

	for (size_t i = 0; i < len; i++) {
		if (bytes[i] && strchr(plain, bytes[i]))
			rg_buf_addc(out, bytes[i]);
		else
			rg_buf_addf(out, "%%%02X", (unsigned char)bytes[i]);
	}
}
