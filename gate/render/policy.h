/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_POLICY_H
#define RG_RENDER_POLICY_H

#include "pen.h"

#include "rg/verdict.h"

/* How many are named; the rest is counted. */
enum { RG_POLICY_CHANGES_SHOWN = 8, RG_POLICY_NAMES_SHOWN = 5 };

/* At the head of the report: what the branch would change of the policy, which was not applied. */
void rg_policy_write_changes(struct rg_pen *pen, const struct rg_verdict *verdict);

/* Below the table: functions with limits of their own, and functions that are ignored. */
void rg_policy_write_exceptions(struct rg_pen *pen, const struct rg_verdict *verdict);

#endif
