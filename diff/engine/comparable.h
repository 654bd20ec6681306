/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_COMPARABLE_H
#define RG_ENGINE_COMPARABLE_H

#include "judgement.h"
#include "runs.h"

#include <stdbool.h>

struct rg_arena;

/* What stands in the way of comparing the sides, and what is only worth knowing. */
enum { RG_ISSUES_MAX = 32 };

struct rg_issues {
	struct rg_arena *arena; /* owns all texts */
	struct rg_issue list[RG_ISSUES_MAX];
	size_t count;
	bool blocked;         /* nothing can be compared */
	bool off_cpu_blocked; /* off-CPU time cannot */
	bool failed;          /* out of memory, or more issues than there are kinds of */
};

/* All texts must live as long as the arena; NULL stands for memory that ran out. */
void rg_issues_add(struct rg_issues *issues, bool blocking, const char *what, const char *base,
		   const char *canary, const char *limit);

/* The same of what is about off-CPU time alone. */
void rg_issues_add_off_cpu(struct rg_issues *issues, bool blocking, const char *what,
			   const char *base, const char *canary, const char *limit);

/* The distinct values of a fact over one side's runs. */
struct rg_side_fact {
	const char *text; /* sorted, joined with ", "; "" without any; NULL: out of memory */
	size_t distinct;
	bool missing; /* a run lacks it */
};

/* `reduce` may shorten each value in place first, or be NULL. */
struct rg_side_fact rg_side_fact(const struct rg_run_set *set, enum rg_end end, const char *key,
				 void (*reduce)(char *value), struct rg_arena *arena);

/* Machine, event, scenario; interruptions; what is not recorded. */
void rg_comparable_provenance(struct rg_issues *issues, const struct rg_run_set *set);
/* Processes that failed while they were profiled: a canary that crashes and is started again, or a baseline. */
void rg_comparable_lives(struct rg_issues *issues, const struct rg_run_set *set,
			 const struct rg_policy *policy);
/* Runs of one series of rounds that cannot be paired. */
void rg_comparable_rounds(struct rg_issues *issues, const struct rg_run_set *set);
/* What a comparison of two processes side by side cannot know: apart.h. */
void rg_comparable_control(struct rg_issues *issues, const struct rg_run_set *set,
			   enum rg_basis basis);
/*
 * What the sides were allowed, and what else the machine did: throttling, neighbours, steal, frequency governor; and how the
 * programs were built. judgement as below.
 */
void rg_comparable_conditions(struct rg_issues *issues, const struct rg_run_set *set,
			      const struct rg_side *base, const struct rg_side *canary,
			      const struct rg_judgement *judgement, enum rg_basis basis,
			      const struct rg_policy *policy);
/* Samples lost and damaged; samples without a name, `unmatched` as of rg_unmatched_shares(); slices; periods. */
void rg_comparable_samples(struct rg_issues *issues, const struct rg_run_set *set,
			   const struct rg_side *base, const struct rg_side *canary,
			   const double unmatched[RG_END_COUNT], const struct rg_policy *policy);
/* The CPU time by samples against the scheduler's own count, which does not sample. */
void rg_comparable_account(struct rg_issues *issues, const struct rg_run_set *set);
/*
 * Busy cores. `judgement` may be NULL (nothing was judged). Without a counter of work, more load and
 * more cost look the same in the total; what most functions did tells them apart.
 */
void rg_comparable_load(struct rg_issues *issues, const struct rg_run_set *set,
			const struct rg_side *base, const struct rg_side *canary,
			const struct rg_judgement *judgement, enum rg_basis basis,
			const struct rg_policy *policy);

/* The same where costs are per unit of work: its rate. */
void rg_comparable_work_rate(struct rg_issues *issues, const struct rg_run_set *set,
			     const struct rg_side *base, const struct rg_side *canary,
			     const struct rg_judgement *judgement, const struct rg_policy *policy);

#endif
