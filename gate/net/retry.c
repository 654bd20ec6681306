/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net.h"

#include "rg/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
	BACKOFF_MS = 500,
	/* GitHub's documentation: at least a minute when a rate limit does not say how long. */
	LIMITED_S = 60,
	WAIT_MAX_S = 24 * 3600,
};

static bool number_of(struct rg_net_reply *reply, const char *name, uint64_t *value)
{
	char text[64];

	return rg_net_reply_header(reply, name, text, sizeof(text)) &&
	       rg_parse_u64(text, value) == 0;
}

/* RFC 9110, section 10.2.3: seconds or a date. */
static bool retry_after(struct rg_net_reply *reply, uint64_t now_s, uint64_t *wait_s)
{
	char text[64];
	time_t date;

	if (number_of(reply, "Retry-After", wait_s))
		return true;
	if (!rg_net_reply_header(reply, "Retry-After", text, sizeof(text)))
		return false;
	date = curl_getdate(text, NULL);
	if (date < 0)
		return false;
	*wait_s = (uint64_t)date > now_s ? (uint64_t)date - now_s : 0;
	return true;
}

/* GitHub's and GitLab's names; the reset is in seconds since the epoch. */
static bool limit_reset(struct rg_net_reply *reply, uint64_t now_s, uint64_t *wait_s)
{
	static const struct {
		const char *remaining, *reset;
	} names[] = {
		{"X-RateLimit-Remaining", "X-RateLimit-Reset"},
		{"RateLimit-Remaining", "RateLimit-Reset"},
	};
	uint64_t remaining, reset;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!number_of(reply, names[i].remaining, &remaining) || remaining > 0 ||
		    !number_of(reply, names[i].reset, &reset))
			continue;
		*wait_s = reset > now_s ? reset - now_s : 1;
		return true;
	}
	return false;
}

static bool says_limited(const struct rg_net_reply *reply)
{
	return reply->body.len && strcasestr(reply->body.data, "secondary rate limit");
}

static bool is_transient(long status)
{
	return status == 0 || status == 408 || status == 500 || status == 502 || status == 503 ||
	       status == 504;
}

static uint64_t doubled(uint64_t first_ns, unsigned int attempt)
{
	return first_ns << (attempt < 8 ? attempt : 8);
}

bool rg_net_retry_wait(struct rg_net_reply *reply, unsigned int attempt, uint64_t now_s,
		       uint64_t *wait_ns, bool *asked)
{
	uint64_t wait_s = 0;

	if (!is_transient(reply->status) && reply->status != 429 && reply->status != 403)
		return false;
	*asked = retry_after(reply, now_s, &wait_s);
	if (!*asked && !is_transient(reply->status)) {
		*asked = limit_reset(reply, now_s, &wait_s);
		if (!*asked && reply->status == 403 && !says_limited(reply))
			return false;
	}
	if (wait_s > WAIT_MAX_S)
		wait_s = WAIT_MAX_S;
	*wait_ns = wait_s * RG_NS_PER_S;
	if (!*asked)
		*wait_ns = doubled(is_transient(reply->status) ? BACKOFF_MS * RG_NS_PER_MS
							       : LIMITED_S * RG_NS_PER_S,
				   attempt);
	return true;
}

/* Up to a quarter more: many jobs that failed together must not come back together. */
static uint64_t with_jitter(uint64_t wait_ns)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		return wait_ns;
	return wait_ns + (wait_ns / 4) / 1024 * (random % 1024);
}

bool rg_net_pause(struct rg_net *net, struct rg_net_reply *reply, unsigned int attempt)
{
	char wait[RG_UNITS_TEXT_MAX], left[RG_UNITS_TEXT_MAX];
	uint64_t wait_ns;
	bool asked;

	if (!rg_net_retry_wait(reply, attempt, net->clock.now_s(net->clock.context), &wait_ns,
			       &asked))
		return false;
	if (attempt + 1 >= NET_TRIES) {
		snprintf(reply->note, sizeof(reply->note), "tried %d times", NET_TRIES);
		return false;
	}
	if (!asked)
		wait_ns = with_jitter(wait_ns);
	if (wait_ns > net->retry_left) {
		wait_ns -= wait_ns % RG_NS_PER_MS;
		net->retry_left -= net->retry_left % RG_NS_PER_MS;
		snprintf(reply->note, sizeof(reply->note),
			 "%s %s before the next try, and %s is left for waiting",
			 asked ? "the server asks to wait" : "it would take",
			 rg_format_duration(wait, wait_ns),
			 rg_format_duration(left, net->retry_left));
		return false;
	}
	net->retry_left -= wait_ns;
	if (net->clock.sleep(net->clock.context, wait_ns) == 0)
		return true;
	snprintf(reply->note, sizeof(reply->note), "interrupted while waiting to try again");
	return false;
}
