/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net.h"

#include "rg/err.h"

#include <stdio.h>
#include <string.h>

static bool is_redirect(long status)
{
	return status == 301 || status == 302 || status == 307 || status == 308;
}

/* The next URL, of the same origin; the secret in the headers is for nobody else. */
static int follow(const struct rg_net_request *request, struct rg_net_reply *reply,
		  char url[NET_URL_MAX], struct rg_err *err)
{
	char location[NET_URL_MAX], next[NET_URL_MAX], shown[NET_URL_MAX];

	net_url_shown(url, shown);
	if (!rg_net_reply_header(reply, "Location", location, sizeof(location)) ||
	    !net_url_follow(url, location, next))
		return rg_err_set(err, RG_EFORMAT,
				  "net: %s '%.300s': status %ld, and no address to go on to",
				  request->method, shown, reply->status);
	if (!rg_net_same_origin(url, next)) {
		char to[NET_URL_MAX];

		return rg_err_set(err, RG_EFORMAT,
				  "net: %s '%.300s': redirected to another host, %.300s: not "
				  "followed, for the token is not meant for it",
				  request->method, shown, net_url_origin(next, to));
	}
	memcpy(url, next, NET_URL_MAX);
	return 0;
}

static int too_many(const struct rg_net_request *request, struct rg_err *err)
{
	char shown[NET_URL_MAX];

	return rg_err_set(err, RG_EFORMAT, "net: %s '%.300s': more than %d redirects",
			  request->method, net_url_shown(request->url, shown), NET_REDIRECTS);
}

int rg_net_send(struct rg_net *net, const struct rg_net_request *request,
		struct rg_net_reply *reply, struct rg_err *err)
{
	char url[NET_URL_MAX];
	int rc;

	if (strlen(request->url) >= sizeof(url))
		return rg_err_set(err, RG_EUSAGE, "net: a URL is longer than %d bytes",
				  NET_URL_MAX);
	memcpy(url, request->url, strlen(request->url) + 1);
	for (int i = 0; i <= NET_REDIRECTS; i++) {
		rc = net_attempt(net, request, url, reply, err);
		if (rc || !is_redirect(reply->status))
			return rc;
		rc = follow(request, reply, url, err);
		if (rc)
			return rc;
	}
	return too_many(request, err);
}

int rg_net_exchange(struct rg_net *net, const struct rg_net_request *request,
		    struct rg_net_reply *reply, struct rg_err *err)
{
	for (unsigned int attempt = 0;; attempt++) {
		struct rg_err failure = {0};
		int rc = rg_net_send(net, request, reply, &failure);

		if ((rc == 0 || rc == RG_EIO) && rg_net_pause(net, reply, attempt))
			continue;
		if (rc == 0)
			return 0;
		return rg_err_set(err, rc, "%s%s%s%s", failure.text, *reply->note ? " (" : "",
				  reply->note, *reply->note ? ")" : "");
	}
}
