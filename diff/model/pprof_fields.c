/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/profile.h"

#include "pprof_fields.h"

const struct rg_pprof_type_name rg_pprof_types[RG_VALUE_COUNT] = {
	[RG_VALUE_SAMPLES] = {"samples", "count"},
	[RG_VALUE_CPU_NS] = {"cpu", "nanoseconds"},
	[RG_VALUE_WAITS] = {"off_cpu_count", "count"},
	[RG_VALUE_OFF_CPU_NS] = {"off_cpu", "nanoseconds"},
};
