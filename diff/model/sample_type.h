/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_SAMPLE_TYPE_H
#define RG_MODEL_SAMPLE_TYPE_H

#include <stdbool.h>
#include <stdint.h>

struct rg_err;

/* A sample type as its name and its unit say it; unit is "" when only the name was given. */
enum { RG_SAMPLE_TYPE_MAX = 128 };
struct rg_sample_type {
	char type[RG_SAMPLE_TYPE_MAX], unit[RG_SAMPLE_TYPE_MAX];
};

#define RG_UNIT_COUNT "count"

/* Nanoseconds in a unit of time by the names pprof files use, or 0: it is none of these. */
int64_t rg_time_unit_ns(const char *unit);

/*
 * "TYPE", "TYPE/UNIT", "TYPE:UNIT", and the profile types of Pyroscope and Parca:
 * "NAME:TYPE:UNIT:PERIOD_TYPE:PERIOD_UNIT" and more. Errors: RG_EUSAGE.
 */
int rg_sample_type_parse(const char *text, struct rg_sample_type *out, struct rg_err *err);

#endif
