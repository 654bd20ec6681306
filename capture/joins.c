/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "joins.h"
#include "lives.h"
#include "procmaps.h"
#include "sampler.h"
#include "sampler_waits.h"
#include "session.h"
#include "timeline.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/grow.h"

#include <stdlib.h>

/* Processes that joined since the last look. */
struct joins {
	const struct rg_session *session;
	struct rgw_event *event;
	size_t count, cap;
};

/* What came later than the window's end is no part of it. */
static int take_life(const struct rg_session *s, const struct rgw_event *event)
{
	return s->end_ns && event->time_ns >= s->end_ns ? 0 : rg_lives_event(s->lives, event);
}

static int take_event(void *ctx, const struct rgw_event *event)
{
	struct joins *joins = ctx;

	if (event->kind == RGW_EVENT_JOIN) {
		if (RG_GROW(joins->event, joins->cap, joins->count))
			return RG_ENOMEM;
		joins->event[joins->count++] = *event;
	}
	if (take_life(joins->session, event))
		return RG_ENOMEM;
	return rg_timeline_event(joins->session->timeline, event);
}

static int take_mapping(void *ctx, const struct rg_mapping_record *record)
{
	return rg_timeline_mapping(ctx, record);
}

/*
 * What it had mapped when it joined, as far as that can be told a moment later. One that has executed a program since has
 * other mappings now, and those are recorded as they are made.
 */
static int take_mappings(const struct rg_session *s, const struct rgw_event *join)
{
	size_t before = rg_timeline_pending(s->timeline);
	pid_t pid = (pid_t)join->pid;

	if (rg_sampler_image(s->sampler, pid) != join->image)
		return 0;
	if (rg_procmaps_read(pid, join->time_ns, take_mapping, s->timeline))
		return RG_ENOMEM;
	if (rg_sampler_image(s->sampler, pid) != join->image)
		rg_timeline_drop_pending(s->timeline, before);
	return 0;
}

static int take_joins(const struct rg_session *s, const struct joins *joins, bool waits,
		      struct rg_err *err)
{
	int rc = 0;

	/* First what sleeps: the account is the more exact the sooner. */
	if (joins->count && waits)
		rc = rg_sampler_join_waits(s->sampler, err);
	for (size_t i = 0; !rc && i < joins->count; i++)
		if (take_mappings(s, &joins->event[i]))
			rc = rg_err_nomem(err, "list of mappings");
	return rc;
}

int rg_joins_take(struct rg_session *s, bool waits, struct rg_err *err)
{
	struct joins joins = {.session = s};
	int rc = rg_sampler_events(s->sampler, take_event, &joins, err);

	if (!rc)
		rc = take_joins(s, &joins, waits, err);
	free(joins.event);
	return rc;
}
