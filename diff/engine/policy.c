/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/policy.h"

#include "rg/err.h"

#include <stddef.h>

void rg_policy_init(struct rg_policy *policy)
{
	*policy = (struct rg_policy){
		.rule = RG_RULE_STATISTICAL,
		.basis = RG_BASIS_AUTO,
		.growth = 0.15,
		.total_growth = 0.15,
		.limit = 0.30,
		.min_share = 0.01,
		.q = 0.01,
		.prior_cv = 0.05,
		.top_k = 5,
		.min_samples = 200,
		.max_lost = 0.05,
		.max_unnamed_gap = 0.10,
		.load_low = 0.4,
		.load_high = 2.5,
	};
}

struct range {
	const char *name;
	double value, low, high;
	int open_low; /* low itself is out of range */
};

/* Written so that NaN is out of every range. */
static int in_range(const struct range *range)
{
	if (range->open_low && !(range->value > range->low))
		return 0;
	return range->value >= range->low && range->value <= range->high;
}

int rg_policy_check(const struct rg_policy *policy, struct rg_err *err)
{
	const struct range ranges[] = {
		{"rule", (double)policy->rule, RG_RULE_STATISTICAL, RG_RULE_LITERAL, 0},
		{"basis", (double)policy->basis, RG_BASIS_AUTO, RG_BASIS_SHARE, 0},
		{"growth", policy->growth, 0, 1000, 0},
		{"total_growth", policy->total_growth, 0, 1000, 0},
		{"limit", policy->limit, 0, 1000, 0},
		{"min_share", policy->min_share, 0, 1, 0},
		{"q", policy->q, 0, 0.5, 1},
		{"prior_cv", policy->prior_cv, 0, 1, 0},
		{"top_k", (double)policy->top_k, 1, 100, 0},
		{"max_lost", policy->max_lost, 0, 1, 0},
		{"max_unnamed_gap", policy->max_unnamed_gap, 0, 1, 0},
		{"load_low", policy->load_low, 0, 1, 1},
		{"load_high", policy->load_high, 1, 1000, 0},
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (!in_range(&ranges[i]))
			return rg_err_set(err, RG_EUSAGE,
					  "policy: %s %g is out of range: %s%g to %g",
					  ranges[i].name, ranges[i].value,
					  ranges[i].open_low ? "above " : "", ranges[i].low,
					  ranges[i].high);
	}
	return 0;
}
