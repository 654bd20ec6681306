/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_MOVED_H
#define RG_ENGINE_MOVED_H

#include "align.h"
#include "judgement.h"
#include "kinship.h"

struct rg_wait;

/*
 * Growth that is code which came from elsewhere: what the function gained others lost, and the stacks or the names show
 * that it is the same code. That an improvement and a regression are of like size shows nothing: two functions that
 * both versions have are two functions, unless one came to hold what it called before, or to call what it held, or its
 * source has lines now that the other's had.
 *
 * A function whose growth that accounts for is "moved": what it cost together with what it came from is judged in its
 * place, and must not have grown beyond what it may.
 */

/* Where part of a function's growth came from. */
struct rg_moved_from {
	uint32_t row; /* of the alignment; RG_FUNCTION_NONE: it is not there, see `function` */
	const struct rg_function *function; /* by that name; NULL: the row's */
	enum rg_move_how how;
	double change;   /* of its cost, or of the part that moved: -1 is all */
	double explains; /* its loss, of the growth; 1 and more where it lost as much or more */
	const struct rg_kinship *kinship; /* what the sources say of it; or NULL */
};

struct rg_moved {
	const struct rg_moved_from *from; /* the greatest loss first */
	size_t count;
	/* All of it together, where it came from included, judged as a function would be: it may still withhold a pass. */
	struct rg_finding together;
	bool cheaper; /* of what is certainly less than it was: no growth elsewhere is explained by it */
};

/* What is compared: functions by their CPU time, or waits by the function that answers for each. */
struct rg_moved_source {
	const struct rg_run_set *set;
	const struct rg_alignment *alignment; /* of the judgement's rows */
	const struct rg_alignment *callers;   /* of the same runs */
	/* Of waits: runs, their samples: row, or RG_FUNCTION_NONE; and what each row waits in. NULL for CPU time. */
	const uint32_t *const *row_of_sample;
	const struct rg_wait *wait;
	const struct rg_kinships *kinships; /* what the sources say; or NULL */
};

/*
 * Finds the moved ones among the findings that fail or are suspect, and sets their status and `moved`, and the outcome
 * anew. RG_ENOMEM.
 */
int rg_moved_explain(struct rg_judgement *judgement, const struct rg_moved_source *source,
		     struct rg_arena *arena, struct rg_err *err);

/* --- The steps -------------------------------------------------------------------------------- */

/* Functions looked at closely: those to be explained, and those whose cost changed most. */
enum { RG_MOVED_CANDIDATES = 64, RG_MOVED_GAINERS = 16, RG_MOVED_COLUMNS = 1024 };

/* Their costs, in units of the estimates, by the caller: of the nearest that both versions have. */
struct rg_moved_costs {
	const struct rg_judgement *judgement;
	const struct rg_moved_source *source;
	uint32_t row[RG_MOVED_CANDIDATES];       /* of the alignment; those to be explained first */
	uint32_t as_caller[RG_MOVED_CANDIDATES]; /* its row of `callers`, or RG_FUNCTION_NONE */
	size_t count, gainers;
	double all[RG_END_COUNT][RG_MOVED_CANDIDATES];
	/* Row of `callers`: that under which nearly all of the canary's cost is; or RG_FUNCTION_NONE. */
	uint32_t main_caller[RG_MOVED_CANDIDATES];
	bool *stable;        /* rows of `callers`: both versions have it, at a like cost */
	uint32_t *candidate; /* rows of the alignment: its index, or RG_FUNCTION_NONE */
	/* Candidates x RG_MOVED_COLUMNS; in column 0 what has no such caller, or one too many. */
	double *under[RG_END_COUNT];
	uint32_t *column; /* rows of `callers`; 0 without one */
	size_t columns;
};

/* Also on failure rg_moved_costs_done() is due. */
int rg_moved_costs_make(struct rg_moved_costs *out, const struct rg_judgement *judgement,
			const struct rg_moved_source *source, struct rg_err *err);
void rg_moved_costs_done(struct rg_moved_costs *costs);

static inline double rg_moved_under(const struct rg_moved_costs *costs, enum rg_end end,
				    size_t candidate, uint32_t caller)
{
	uint32_t column = costs->column[caller];

	return column ? costs->under[end][candidate * RG_MOVED_COLUMNS + column] : 0;
}

/* A run's samples of candidates, one after the other. */
struct rg_moved_reader {
	const struct rg_moved_costs *costs;
	size_t run, index;
	struct rg_sample_reader samples;
};

struct rg_moved_sample {
	size_t candidate;
	/* Row of `callers`: the nearest caller of its function that both versions have, or RG_FUNCTION_NONE. */
	uint32_t caller;
	int64_t value;
};

struct rg_moved_reader rg_moved_read(const struct rg_moved_costs *costs, size_t run);
/* False behind the last. */
bool rg_moved_next(struct rg_moved_reader *reader, struct rg_moved_sample *out);
/* What a run's values are divided by to be counts. */
int64_t rg_moved_unit(const struct rg_moved_costs *costs, size_t run);

/* Functions whose costs are taken together. */
struct rg_moved_domain {
	bool whole[RG_MOVED_CANDIDATES]; /* all their cost */
	bool part[RG_MOVED_CANDIDATES];  /* that under `caller` alone, a row of `callers` */
	uint32_t caller;
};

/* What the domain did, as if it were one function under the finding's rule. RG_ENOMEM. */
int rg_moved_domain_judge(const struct rg_moved_costs *costs, const struct rg_moved_domain *domain,
			  const struct rg_finding *like, struct rg_finding *out,
			  struct rg_err *err);

/* Counts that are no row's. */
struct rg_domain {
	const int64_t *count; /* runs */
	double phi;
	/* Of times, of the domain and then of the total; or NULL. */
	const double *unit;
	const int64_t *events[RG_END_COUNT];
};

/* What they did, as if they were one function's under the rule of `like`, by what all functions show of noise. RG_ENOMEM. */
int rg_domain_judge(const struct rg_judgement *judgement, const struct rg_domain *domain,
		    const struct rg_finding *like, struct rg_finding *out, struct rg_arena *arena,
		    struct rg_err *err);

#endif
