/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "anchor.h"
#include "waits.h"

#include "rg/buf.h"

#include <string.h>

static bool listed(const struct rg_policy_list *list, const char *function, const char *text)
{
	for (size_t i = 0; i < list->count; i++) {
		if (rg_pattern_match(list->pattern[i], function) ||
		    rg_pattern_match(list->pattern[i], text))
			return true;
	}
	return false;
}

/* accept(), accept4() and what wraps them. */
static bool is_accept(const char *api)
{
	return strncmp(api, "accept", strlen("accept")) == 0;
}

/* A thread that only takes signals, or waits for the others to end: what main() does in many a server. */
static bool is_watching(const char *api)
{
	static const char *const calls[] = {"sigwait",          "sigtimedwait",
					    "sigsuspend",       "pause",
					    "pthread_join",     "pthread_clockjoin",
					    "pthread_timedjoin"};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strstr(api, calls[i]))
			return true;
	return false;
}

/*
 * A worker without work waits in its thread's own start loop; the same wait further in is for
 * something that somebody wants.
 */
static bool is_idle_by_nature(const struct rg_anchor *anchor, const char *wait, const char *api)
{
	if (strcmp(wait, RG_WAIT_POLL) == 0 || is_accept(api))
		return true;
	if (!anchor->outermost)
		return false;
	return strcmp(wait, RG_WAIT_SLEEP) == 0 || is_watching(api) ||
	       (strcmp(wait, RG_WAIT_LOCK) == 0 && anchor->condition);
}

bool rg_wait_is_idle(const struct rg_policy *policy, const struct rg_anchor *anchor,
		     const char *wait, const char *api, const char *function, const char *text)
{
	if (listed(&policy->not_idle, function, text))
		return false;
	return listed(&policy->idle, function, text) || is_idle_by_nature(anchor, wait, api);
}

void rg_wait_add_text(struct rg_buf *out, const char *function, const char *wait, const char *api)
{
	rg_buf_adds(out, function);
	if (!*wait && !*api)
		return;
	rg_buf_addf(out, " [%s", wait);
	if (*api)
		rg_buf_addf(out, "%s%s", *wait ? ", " : "", api);
	rg_buf_addc(out, ']');
}
