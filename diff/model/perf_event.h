/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_PERF_EVENT_H
#define RG_MODEL_PERF_EVENT_H

#include "lines.h"

/* The names of perf's events. */

/*
 * "cpu-clock:pppH" is "cpu-clock": how precisely, and whether hosts or guests, is no other event.
 * 'u' and 'k' stay.
 */
struct rg_span rg_perf_event_name(struct rg_span event);
/* Whether perf counts it in nanoseconds of CPU time. */
bool rg_perf_event_is_cpu_time(struct rg_span event);
/* How much of it an error quotes. */
int rg_perf_event_shown(struct rg_span event);

#endif
