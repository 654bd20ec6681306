/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_POLICY_H
#define RG_POLICY_H

#include <stdint.h>

struct rg_err;

/* The rules a verdict is made by. All shares and growths are fractions: 0.15 is 15 %. */

enum rg_rule {
	RG_RULE_STATISTICAL = 0,
	/*
	 * The seed rule as worded, without statistics: fail when a function enters the top K by
	 * self-CPU, or the share of any function in either side's top K grows by more than the
	 * threshold. Always on shares.
	 */
	RG_RULE_LITERAL = 1,
};

/* What cost is divided by before it is compared. */
enum rg_basis {
	RG_BASIS_AUTO = 0,   /* work when both sides counted it, else share */
	RG_BASIS_SECOND = 1, /* per wall second: right for load at a fixed rate */
	RG_BASIS_SHARE = 2,  /* share of the total, guarded against composition effects */
};

struct rg_policy {
	enum rg_rule rule;
	enum rg_basis basis;
	double growth;          /* a frame may grow by this much; default 0.15 */
	double total_growth;    /* the total may grow by this much; default 0.15 */
	double limit;           /* a pass's intervals may not contain more than this; default 0.30.
			       * Below the growth allowed it counts as equal to it. */
	double min_share;       /* frames below this share of the canary never fail; default 0.01 */
	double q;               /* false discovery rate of the family; default 0.01 */
	double prior_cv;        /* run-to-run coefficient of variation assumed; default 0.05 */
	uint32_t top_k;         /* default 5; 1 to 100 */
	uint64_t min_samples;   /* fewer on either side: undecided; default 200 */
	double max_lost;        /* comparability: lost and damaged samples' share; default 0.05 */
	double max_unnamed_gap; /* comparability: difference of the named shares; default 0.10 */
	double load_low, load_high; /* comparability: ratio of busy cores; default 0.4, 2.5 */
};

/* Sets the defaults. */
void rg_policy_init(struct rg_policy *policy);

/*
 * Ranges: growth, total_growth, limit 0 to 1000; min_share, max_lost, max_unnamed_gap 0 to 1; q above
 * 0 to 0.5; prior_cv 0 to 1; top_k 1 to 100; load_low above 0 to 1; load_high 1 to 1000; rule and basis
 * of their enums. Returns 0, or RG_EUSAGE naming the first field that is out of range.
 */
int rg_policy_check(const struct rg_policy *policy, struct rg_err *err);

/* "statistical", "literal"; "auto", "second", "share". Never NULL for a valid value. */
const char *rg_rule_name(enum rg_rule rule);
const char *rg_basis_name(enum rg_basis basis);

#endif
