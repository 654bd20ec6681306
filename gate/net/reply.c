/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

void rg_net_reply_done(struct rg_net_reply *reply)
{
	rg_buf_done(&reply->body);
	rg_buf_done(&reply->headers);
	*reply = (struct rg_net_reply){0};
}

/* The value behind "NAME:" when the line is that header's, else NULL. */
static const char *value_of(const char *line, size_t len, const char *name)
{
	size_t name_len = strlen(name);

	if (len <= name_len || strncasecmp(line, name, name_len) != 0 || line[name_len] != ':')
		return NULL;
	return line + name_len + 1;
}

const char *rg_net_reply_header(struct rg_net_reply *reply, const char *name, char *out,
				size_t size)
{
	const char *line = reply->headers.len ? reply->headers.data : "";

	while (*line) {
		size_t len = strcspn(line, "\r\n");
		const char *value = value_of(line, len, name), *end = line + len;

		if (value) {
			value += strspn(value, " \t");
			if (value > end || (size_t)(end - value) >= size)
				return NULL;
			snprintf(out, size, "%.*s", (int)(end - value), value);
			return out;
		}
		line += len + strspn(end, "\r\n");
	}
	return NULL;
}

/* --- Link: <https://…?page=2>; rel="next", <…>; rel="last" ------------------------------------- */

/* Whether the parameters up to the next link say that it leads to the next page. */
static bool is_next(const char *parameters, size_t len)
{
	return memmem(parameters, len, "rel=\"next\"", 10) != NULL ||
	       memmem(parameters, len, "rel=next", 8) != NULL;
}

bool rg_net_next_link(struct rg_net_reply *reply, const char *url, char *out, size_t size)
{
	char links[NET_URL_MAX * 2];
	const char *at = rg_net_reply_header(reply, "Link", links, sizeof(links));

	while (at && (at = strchr(at, '<'))) {
		size_t len = strcspn(++at, ">");
		const char *rest = at + len;
		size_t parameters = strcspn(rest, "<");

		if (is_next(rest, parameters) && len < size) {
			snprintf(out, size, "%.*s", (int)len, at);
			return rg_net_same_origin(url, out);
		}
		at = rest;
	}
	return false;
}
