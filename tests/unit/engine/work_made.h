/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ENGINE_WORK_MADE_H
#define TEST_ENGINE_WORK_MADE_H

#include "wait_made.h"

/* Profiles whose work is known. */

static inline void set_work(struct made_spec *spec, const char *total)
{
	made_set(spec, RG_KEY_WORK_TOTAL, total);
	made_set(spec, RG_KEY_WORK_UNIT, "request");
	made_set(spec, RG_KEY_WORK_SOURCE, "uprobe server:handle");
}

static inline struct made_spec worked(const char *total, double times)
{
	struct made_spec spec = made_default();

	set_work(&spec, total);
	spec.times = times;
	return spec;
}

static inline struct rg_verdict *judge_on(const struct made_spec *base,
					  const struct made_spec *canary, enum rg_basis basis)
{
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = basis;
	return judge_specs(base, canary, &policy);
}

#endif
