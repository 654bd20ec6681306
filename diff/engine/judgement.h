/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_JUDGEMENT_H
#define RG_ENGINE_JUDGEMENT_H

#include "fit.h"
#include "rules.h"

#include "rg/policy.h"
#include "rg/verdict.h"

struct rg_moved;

/* What was found out about one row, or about the total. */
struct rg_finding {
	uint32_t row; /* RG_ROW_TOTAL: the total */
	const struct rg_row_rule *rule;
	struct rg_estimate estimate;
	double low, high; /* two-sided 95 % interval of log_growth */
	double upper; /* one-sided bound of log_growth, by which a pass is withheld: 95 % at a single look */
	double p, mdg; /* 1 and 0 when not tested */
	bool tested;   /* member of the family */
	bool gated;    /* may fail or withhold a pass: the total, and rows of the minimum share */
	bool rejected; /* "no growth" is rejected at the family's false discovery rate */
	bool hides;    /* its interval still holds a growth beyond the limit */
	bool broken;   /* a number is not finite: nothing may be concluded */
	enum rg_status status;
	/* What the policy says of it if it fails, or would; NULL: nothing. */
	const struct rg_policy_accept *accept;
	enum rg_acceptance acceptance;
	const struct rg_moved *moved; /* where its growth came from; NULL: it is its own */
};

#define RG_ROW_TOTAL UINT32_MAX

/*
 * The heaviest rows, those that are tested, and those that would be were they not ignored, in the
 * order of rows, then the total.
 */
struct rg_judgement {
	struct rg_fit fit;
	const struct rg_rules *rules;
	const uint32_t *rank[RG_END_COUNT];  /* rows: 1 is the heaviest; 0 without samples */
	const uint32_t *place[RG_END_COUNT]; /* the rank among rows that are not ignored, else 0 */
	struct rg_finding *finding;
	size_t count;            /* without the total */
	double pass_level;       /* of the bound by which a pass is withheld */
	size_t tested;           /* members of the family, the total included if tested */
	struct rg_finding total; /* tested only when told so */
	enum rg_outcome outcome; /* pass, fail or undecided */
};

/* What is to be found out, besides the family's functions. */
struct rg_scope {
	bool total;   /* test the total too: the basis allows it */
	size_t shown; /* that many of the heaviest rows are estimated, tested or not */
	const struct rg_rules *rules; /* NULL: the policy's, for all rows alike */
};

/*
 * The decision over a summed table: ranks, family, tests, statuses, outcome. Every run's total must
 * be > 0. It knows nothing of comparability or minimum samples.
 */
int rg_judgement_make(struct rg_judgement *out, const struct rg_table *table,
		      const struct rg_policy *policy, const struct rg_scope *scope,
		      struct rg_arena *arena, struct rg_err *err);

/* --- The steps -------------------------------------------------------------------------------- */

/*
 * Ranks of both sides, and order: rows by the weight of both sides together, heaviest first; and the
 * same of the rows that are not ignored.
 */
struct rg_ranks {
	const uint32_t *rank[RG_END_COUNT], *place[RG_END_COUNT];
	const uint32_t *order, *judged;
	size_t judged_count;
};
int rg_ranks_make(struct rg_ranks *out, const struct rg_table *table, const struct rg_rules *rules,
		  struct rg_arena *arena, struct rg_err *err);

/*
 * Sets finding, count, rank and place: the family (tested), the `shown` heaviest rows, and what would
 * be of the family were it not ignored. judgement->rules must be set.
 */
int rg_family_make(struct rg_judgement *judgement, const struct rg_table *table,
		   const struct rg_ranks *ranks, uint32_t top_k, size_t shown,
		   struct rg_arena *arena, struct rg_err *err);
/* Of a row: absent or negligible in the baseline, and not small in the canary. */
bool rg_family_is_new(const struct rg_table *table, size_t row);

/* Estimates, tests and decides, over findings whose row and tested are set. */
int rg_decide_statistical(struct rg_judgement *judgement, const struct rg_policy *policy,
			  struct rg_arena *arena, struct rg_err *err);
/* The seed rule. */
void rg_decide_literal(struct rg_judgement *judgement, const struct rg_policy *policy);

/* The outcome by the statuses: of the rules, and of the seed rule. */
void rg_conclude_statistical(struct rg_judgement *judgement);
void rg_conclude_literal(struct rg_judgement *judgement);

/*
 * Whether what costs more for where it is placed may pass: only where all of it together is judged, and is certain to have grown by
 * no more than it may. Unchanged code that is given more to do looks the same.
 */
bool rg_judgement_bears_placed(const struct rg_judgement *judgement);

/* Interval, bound and p of the estimate. */
void rg_finding_measure(struct rg_finding *finding, double pass_level);
/* The level of that bound at the policy's look. */
double rg_look_pass_level(const struct rg_policy *policy);
bool rg_finding_fails(const struct rg_finding *finding);
/* What may withhold a pass in its place: of what moved all of it together, where it came from included. */
const struct rg_finding *rg_finding_judged(const struct rg_finding *finding);
/* It would fail, or withhold a pass, and is a warning instead: accepted, moved, or placed elsewhere. */
bool rg_finding_is_spared(const struct rg_finding *finding);
/* The growth the test of this finding would have found nine times in ten; capped at RG_GROWTH_MAX. */
double rg_finding_mdg(const struct rg_finding *finding, const struct rg_policy *policy,
		      size_t tested);
/* The growth this finding may have before it fails, as a log. */
double rg_finding_threshold(const struct rg_finding *finding);
/* The growth that the interval of a pass may contain, as a fraction: never less than what it may have. */
double rg_finding_limit(const struct rg_finding *finding);

/* exp(log_growth) - 1, kept within [-1, RG_GROWTH_MAX]; RG_GROWTH_MAX for a NaN. */
double rg_growth_of_log(double log_growth);

/* Calls for every finding and, where it is tested, the total. NULL when index is past the last. */
struct rg_finding *rg_judgement_at(struct rg_judgement *judgement, size_t index);

#endif
