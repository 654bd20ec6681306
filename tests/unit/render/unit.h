/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_TESTS_RENDER_UNIT_H
#define RG_TESTS_RENDER_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rg/buf.h"
#include "rg/verdict.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { UNIT_ROWS_MAX = 200, UNIT_BUF_MAX = 1 << 20 };

/* A failing verdict of `count` rows, the first of them regressed; `rows` must live as long as it. */
static inline struct rg_verdict unit_verdict(struct rg_row rows[UNIT_ROWS_MAX], size_t count)
{
	struct rg_verdict verdict = {.outcome = RG_OUTCOME_FAIL,
				     .basis = RG_BASIS_SECOND,
				     .reason = "price_line() uses 312 % more CPU per second",
				     .advice = "",
				     .scenario = "",
				     .rows = rows,
				     .row_count = count};

	rg_policy_init(&verdict.policy);
	verdict.base = (struct rg_side){.version = "v1.4",
					.commit = "",
					.host = "a",
					.tool = "regress-gate 0.1.0",
					.runs = 1,
					.samples = 9000,
					.wall_ns = 300000000000,
					.busy_cores = 0.3};
	verdict.canary = verdict.base;
	verdict.canary.version = "v1.5";
	for (size_t i = 0; i < count; i++)
		rows[i] = (struct rg_row){.status = i ? RG_STATUS_UNCHANGED : RG_STATUS_REGRESSED,
					  .function = i ? "other" : "price_line",
					  .key = "k",
					  .module = "orders",
					  .file = "pricing.c",
					  .line = 88,
					  .tested = true,
					  .samples_base = 600,
					  .samples_canary = 2400,
					  .cost_base = 0.02,
					  .cost_canary = 0.08,
					  .growth = 3.12,
					  .raw_growth = 3.12,
					  .growth_low = 2.7,
					  .growth_high = 3.6,
					  .mdg = 0.48,
					  .p = 0.001};
	verdict.total = (struct rg_row){.status = RG_STATUS_UNCHANGED,
					.function = "",
					.key = "",
					.module = "",
					.file = "",
					.tested = true,
					.samples_base = 9000,
					.samples_canary = 9000,
					.cost_base = 0.3,
					.cost_canary = 0.3};
	return verdict;
}

/* What was appended to a buffer; "" when nothing was. */
static inline const char *unit_text(const struct rg_buf *buf)
{
	return buf->len ? buf->data : "";
}

#endif
