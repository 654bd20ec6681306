/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_FIT_H
#define RG_ENGINE_FIT_H

#include "stats.h"
#include "table.h"

#include <stdbool.h>

/*
 * What a table says about how much costs vary that have not changed: common factors of the runs, how
 * functions vary between runs and within them. Fitted once, it gives the estimate of every row.
 * docs: "The decision rule"; the symbols of that page are given with each field.
 */

enum {
	RG_POOL_MAX = 40,   /* rows that set the common factors */
	RG_SPREAD_MAX = 30, /* of those, rows that set the variances ("P30") */
	RG_POOL_COUNT_MIN = 10,
	/* What most rows do cannot be told from fewer: then no factor is taken to be common. */
	RG_POOL_ROWS_MIN = 3,
	RG_POOL_TIMES_MIN = 5,   /* of waits, which have less in common */
	RG_SPREAD_ROWS_MIN = 10, /* of fewer rows the mean says too little */
};

/* The growth of one row or of the total. */
struct rg_estimate {
	double log_growth;           /* L: log of canary/baseline, common factors divided out */
	double raw;                  /* the same without that; infinite for a count of zero */
	double variance;             /* V, of log_growth, everything included but `versions` */
	double df;                   /* degrees of freedom of V */
	double within[RG_END_COUNT]; /* w_b, w_c: the part of V from within the runs */
	double spread;               /* tau squared: the part other rows showed to be missing */
	/*
	 * The part beyond what builds do to most functions. A few they do more to: so much more it takes to fail, while
	 * what these two builds cost is no less known. Of the test alone.
	 */
	double versions;
};

struct rg_fit {
	const struct rg_table *table;
	double prior;        /* s_p squared; of the difference between two runs when paired */
	double inverse_runs; /* a = 1/J + 1/m; 1/R of R paired rounds */
	double d;            /* J - 1 + m - 1; R - 1 */
	uint32_t pool[RG_POOL_MAX]; /* rows, heaviest first */
	size_t pool_count;
	const double *scale; /* J + m: e_r, the exposures times the common factors */
	double scale_side[RG_END_COUNT], exposure_side[RG_END_COUNT];
	double common;   /* log of the factor common to the canary's rows, against the baseline's */
	double between;  /* sigma0 squared; of the rounds' differences when paired */
	double prior_df; /* d0 */
	double pool_square[RG_SPREAD_MAX],
		pool_variance[RG_SPREAD_MAX]; /* L squared and V of P30 */
};

/* order: the rows that are judged, heaviest first. The table must outlive the fit. */
int rg_fit_make(struct rg_fit *fit, const struct rg_table *table, const uint32_t *order,
		size_t order_count, double prior_cv, struct rg_arena *arena, struct rg_err *err);

/* The row must have a count on one side at least. */
void rg_fit_row(const struct rg_fit *fit, size_t row, struct rg_estimate *out);
/* Of the run totals; both sides' are > 0. */
void rg_fit_total(const struct rg_fit *fit, struct rg_estimate *out);

/* --- The steps, for rg_fit_make() ------------------------------------------------------------ */

static inline size_t rg_fit_spread_count(const struct rg_fit *fit)
{
	return fit->pool_count < RG_SPREAD_MAX ? fit->pool_count : RG_SPREAD_MAX;
}

/* Fills pool; then scale, scale_side, exposure_side and common. */
void rg_fit_pool(struct rg_fit *fit, const uint32_t *order, size_t order_count);
/* Whether it holds too few rows to say what most of them did. */
bool rg_fit_pool_too_small(const struct rg_fit *fit);
/* What most of the pool's rows did, of one point a row. */
double rg_fit_location(const struct rg_fit *fit, struct rg_weighted *points);
int rg_fit_factors(struct rg_fit *fit, struct rg_arena *arena, struct rg_err *err);
/*
 * The factor common to the canary's pool rows when the sides' exposures are these, as a log: what
 * most functions did, whatever a few did.
 */
double rg_fit_common(const struct rg_fit *fit, double exposure_base, double exposure_canary);

/* The spread between runs of one side, of one row: S squared and v, and their expectation. */
struct rg_between {
	double variance; /* S^2, within sides of two runs or more */
	double within;   /* mean of phi/(x + 1/2) over the same runs */
};
void rg_fit_row_between(const struct rg_fit *fit, size_t row, struct rg_between *out);
/*
 * The same steps over paired rounds, where all that runs of one round have in common has cancelled:
 * the log ratio of each round takes the place of the logs of the runs.
 */
/* Sets scale of the rounds' runs; what most rows of a round did is divided out on shares only. */
void rg_rounds_scale(const struct rg_fit *fit, double *scale);
/* Sets log_growth and raw. */
void rg_rounds_growth(const struct rg_fit *fit, size_t row, struct rg_estimate *out);
void rg_rounds_between(const struct rg_fit *fit, size_t row, struct rg_between *out);
/* Sets within. */
void rg_rounds_within(const struct rg_fit *fit, size_t row, struct rg_estimate *out);
/* Of the run totals, to which `half` is added. */
void rg_rounds_total(const struct rg_fit *fit, double phi, double half, struct rg_estimate *out);

/* Fills between and prior_df. */
void rg_fit_between(struct rg_fit *fit);

/* Variance before the spread check; then the check (steps 8 and 9 of the rule). */
void rg_fit_row_variance(const struct rg_fit *fit, size_t row, struct rg_estimate *out);
double rg_fit_spread(const struct rg_fit *fit, size_t row, double variance);
/* Adds what that found to the estimate: to variance and spread what may be noise, the rest to versions. */
void rg_fit_add_spread(const struct rg_fit *fit, double spread, struct rg_estimate *out);

/* Growths of rows that are not tested: L squared, and V. */
struct rg_spread_of {
	double square[RG_SPREAD_MAX], variance[RG_SPREAD_MAX];
	size_t count;
};
/*
 * How noisy this very pair of sides is: when other rows' growths scatter more than their variances say, the variance that is
 * missing is theirs and that of a row with this variance alike. 0 where they are too few.
 */
double rg_spread_of(const struct rg_fit *fit, const struct rg_spread_of *others, double variance);

#endif
