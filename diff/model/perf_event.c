/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "perf_event.h"

struct rg_span rg_perf_event_name(struct rg_span event)
{
	const char *colon = memrchr(event.at, ':', rg_span_len(event));

	for (const char *at = colon ? colon + 1 : event.end; at < event.end; at++)
		if (!strchr("pPHGDSI", *at))
			return event;
	return (struct rg_span){event.at, colon ? colon : event.end};
}

bool rg_perf_event_is_cpu_time(struct rg_span event)
{
	const char *colon = memchr(event.at, ':', rg_span_len(event));

	if (colon)
		event.end = colon;
	return rg_span_is(event, "cpu-clock") || rg_span_is(event, "task-clock");
}

int rg_perf_event_shown(struct rg_span event)
{
	return rg_span_len(event) < 64 ? (int)rg_span_len(event) : 64;
}
