/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_PPROF_COLUMNS_H
#define RG_MODEL_PPROF_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>

#include "rg/profile.h"

struct rg_err;
struct rg_pprof_tables;

#define PPROF_NO_COLUMN (-1)

/* Which of a sample's values is which of ours. */
struct rg_pprof_columns {
	int of[RG_VALUE_COUNT];        /* position in the sample, or PPROF_NO_COLUMN */
	int64_t scale[RG_VALUE_COUNT]; /* what to multiply it with: ns in its unit of time, or 1 */
	int64_t period_ns;             /* CPU time a sample stands for, or 0: not known */
	bool derive_cpu;               /* CPU time is samples x period_ns */
};

/*
 * Without a choice: the types that regress-gate writes, times in any unit. With one ("TYPE" or
 * "TYPE/UNIT"), that type is the on-CPU value: samples when it is a count, CPU time when it is a
 * time. Errors: RG_EFORMAT, RG_ENOTFOUND (no such type), RG_EUSAGE.
 */
int rg_pprof_columns_choose(const struct rg_pprof_tables *tables, const char *choice,
			    struct rg_pprof_columns *out, struct rg_err *err);

#endif
