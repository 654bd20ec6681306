/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NET_NET_H
#define NET_NET_H

#include "rg/net.h"

#include <curl/curl.h>

enum {
	NET_TRIES = 5,           /* of one request */
	NET_WHOLE_STALLS = 4,    /* a whole exchange may take so many times the stall */
	NET_ALL_STALLS = 20,     /* and all of a client's exchanges together */
	NET_REDIRECTS = 3,       /* within the origin */
	NET_URL_MAX = 4096,      /* bytes of a URL */
	NET_REPLY_MAX = 8 << 20, /* bytes of a reply when the request does not say */
	NET_HEADERS_MAX = 64 << 10,
};

struct rg_net {
	CURL *curl;
	struct rg_net_options options; /* defaults filled in */
	struct rg_net_clock clock;
	char *ca_file;       /* or NULL */
	uint64_t retry_left; /* of options.retry_ns */
	uint64_t time_left;  /* of options.all_ns */
};

/* --- url.c ---------------------------------------------------------------------------------- */

/* Whether its host is this machine. */
bool net_url_is_local(const char *url);
/* A URL as messages show it: without what follows '?', for servers put secrets there. */
const char *net_url_shown(const char *url, char out[NET_URL_MAX]);
/* Of a URL the scheme, host and port alone; "?" when it is none. */
const char *net_url_origin(const char *url, char out[NET_URL_MAX]);
/* Where a Location leads from `url`; false when it is none, or too long. */
bool net_url_follow(const char *url, const char *location, char out[NET_URL_MAX]);

/* --- attempt.c ------------------------------------------------------------------------------ */

/* One request to one URL, without following anything. */
int net_attempt(struct rg_net *net, const struct rg_net_request *request, const char *url,
		struct rg_net_reply *reply, struct rg_err *err);

#endif
