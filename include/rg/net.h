/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_NET_H
#define RG_NET_H

#include "rg/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_err;

/*
 * An HTTP client for talking to services with a secret in a header. It never follows a redirect to
 * another origin, never sends over plain http but to this machine, verifies certificates, reads no
 * .netrc, and bounds every reply and every wait. Proxies come from the variables that curl reads
 * (https_proxy, http_proxy, all_proxy, no_proxy); this machine is never reached through one.
 *
 * What a server says is untrusted; so is the text of an error, which may quote it.
 */
struct rg_net;

/* Time, for tests to take the place of. */
struct rg_net_clock {
	uint64_t (*now_s)(void *context);         /* seconds since the epoch */
	int (*sleep)(void *context, uint64_t ns); /* not 0: stop waiting, and trying */
	void *context;
};

struct rg_net_options {
	const char *ca_file; /* PEM; NULL: $SSL_CERT_FILE, $CURL_CA_BUNDLE, else the system's */
	uint64_t connect_ns; /* to be connected within; 0: 10 s */
	/* Nothing received for so long is a failure, to the second, and so is four times as long in all; 0: 30 s. */
	uint64_t stall_ns;
	uint64_t retry_ns; /* for waiting before retries, of all requests together; 0: 2 min */
	uint64_t all_ns;   /* for being served, of all requests together; 0: 20 times stall_ns */
	bool allow_http;   /* plain http to other machines, too */
	bool no_signals; /* used on a thread of several, where SIGPIPE is blocked: libcurl leaves signals alone */
	const struct rg_net_clock *clock; /* NULL: the system's. Borrowed. */
};

int rg_net_open(const struct rg_net_options *options, struct rg_net **out, struct rg_err *err);
void rg_net_close(struct rg_net *net);

struct rg_net_header {
	const char *name, *value;
};

struct rg_net_request {
	const char *method;
	const char *url; /* http or https, without a user name */
	const struct rg_net_header *headers;
	size_t header_count;
	const char *body; /* NULL: none */
	size_t body_len;
	size_t max_reply_bytes; /* 0: 8 MiB */
};

enum { RG_NET_NOTE_MAX = 160 };

/* What came back. Zero-initialise it before the first use; free with rg_net_reply_done(). */
struct rg_net_reply {
	long status;        /* 0: no whole reply came */
	struct rg_buf body; /* NUL-terminated when not empty */
	struct rg_buf headers;
	char note
		[RG_NET_NOTE_MAX]; /* why no further try was made, when one might have been; or "" */
};

void rg_net_reply_done(struct rg_net_reply *reply);
/* Copies the value of the first header of that name (case does not matter) into `out`, and returns it; NULL when
 * there is none, or it does not fit. */
const char *rg_net_reply_header(struct rg_net_reply *reply, const char *name, char *out,
				size_t size);

/*
 * Whether requests may go to that URL: https, or http to this machine or where allow_http says so; without a
 * user name. RG_EUSAGE says why not, and shows nothing that may be a secret.
 */
int rg_net_url_check(const char *url, bool allow_http, struct rg_err *err);

/*
 * Sends one request, once. 0: a reply came, whatever its status. RG_EIO: none did, or not whole;
 * reply->status is 0 then. RG_ELIMIT: it was too large, or the time for all requests is over. RG_EUSAGE: the URL is refused. RG_EFORMAT: the
 * reply is a redirect that is not followed. Redirects within the origin are followed with the same
 * method and body.
 */
int rg_net_send(struct rg_net *net, const struct rg_net_request *request,
		struct rg_net_reply *reply, struct rg_err *err);

/*
 * Waits before the `attempt`-th retry (0 is the first) of what came to that reply. Returns whether to
 * try again; if not, reply->note may say why. Waits as long as the server asks (Retry-After, rate limit
 * headers), else longer each time; never beyond the options' retry_ns in all.
 */
bool rg_net_pause(struct rg_net *net, struct rg_net_reply *reply, unsigned int attempt);

/* rg_net_send() with retries: for requests that do no harm when served twice. */
int rg_net_exchange(struct rg_net *net, const struct rg_net_request *request,
		    struct rg_net_reply *reply, struct rg_err *err);

/*
 * Whether the reply is of a kind that is worth trying again, and after how long: *asked tells that the
 * server named the time. 403 counts only with a sign of a rate limit: else it is a permission.
 */
bool rg_net_retry_wait(struct rg_net_reply *reply, unsigned int attempt, uint64_t now_s,
		       uint64_t *wait_ns, bool *asked);

/*
 * The "next" address of a Link header (RFC 8288) into `out`. False when there is none, when it does
 * not fit, and when it is of another origin than `url`.
 */
bool rg_net_next_link(struct rg_net_reply *reply, const char *url, char *out, size_t size);

/* Whether two URLs have the same scheme, host and port. */
bool rg_net_same_origin(const char *a, const char *b);

/* Appends bytes with all but letters, digits, "-", ".", "_" and "~" as %XX. */
void rg_net_add_escaped(struct rg_buf *out, const char *bytes, size_t len);

#endif
