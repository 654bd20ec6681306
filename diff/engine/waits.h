/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_WAITS_H
#define RG_ENGINE_WAITS_H

#include "align.h"

#include "rg/policy.h"

struct rg_anchor;

/*
 * Off-CPU time of all runs: by the function that answers for it (its anchor), the class of the wait
 * and the call it waits in. A row's key is the anchor's canonical name; of time that no function of
 * the application answers for it is the thread's name, "[truncated] " before it when the stack's root
 * is missing.
 */
struct rg_wait {
	const char *wait, *api; /* class; call. "" of truncated ones, which are one row a thread */
	bool anchored, truncated;
};

/*
 * Rows in the order of (key, module, class, API). The tables count ns; exposures are wall time in ns, so that costs are
 * seconds per second, or 10^9 x units of work: seconds per unit.
 */
struct rg_wait_rows {
	struct rg_alignment alignment;
	const struct rg_wait *wait;
	const uint32_t *const *row_of_sample; /* runs, their samples: row, or RG_WAIT_NONE */
};

struct rg_waits {
	struct rg_wait_rows judged, idle; /* idle ones always per second */
	/* Of a side's time that is not idle: ns without an anchor, without a stack, and all; the
	 * second is not in the tables. */
	double unanchored_ns[RG_END_COUNT], unattributed_ns[RG_END_COUNT], all_ns[RG_END_COUNT];
};

/*
 * Every run must have measured off-CPU time, and know its wall time. `basis` is second or work. RG_ENOMEM; RG_ELIMIT
 * for sums that do not fit.
 */
int rg_waits_gather(struct rg_waits *out, const struct rg_run_set *set,
		    const struct rg_policy *policy, enum rg_basis basis, struct rg_arena *arena,
		    struct rg_err *err);

/* --- The steps -------------------------------------------------------------------------------- */

/* What one run has of one wait. */
struct rg_wait_sum {
	int64_t ns, waits;
	/* Squared distances from the even spread over time, and what they are held against. */
	double squares, expected;
	double wait_squares, wait_expected;
	/* Of a concurrent run: its time and its number of waits; else NULL. */
	const struct rg_apart *apart, *wait_apart;
};

struct rg_wait_name {
	const char *identity; /* its texts and flags, one behind the other */
	size_t len;
	const char *function, *module;
	struct rg_wait wait;
	bool idle;
};

/* The waits of all runs while they are gathered; everything lives in the arena but the index. */
struct rg_wait_names {
	const struct rg_policy *policy;
	enum rg_basis basis;
	struct rg_arena *arena;
	struct rg_index index;
	struct rg_wait_name *list;
	size_t count, cap;
	struct rg_votes votes;
};

#define RG_WAIT_NONE UINT32_MAX

/* Which wait each sample of the run is of, RG_WAIT_NONE for those on a CPU. */
int rg_waits_name(struct rg_wait_names *names, const struct rg_run *run, uint32_t *wait_of,
		  struct rg_arena *scratch, struct rg_err *err);

/* Sums for `count` waits; *total of those that are not idle. What it takes on the way is in scratch. */
int rg_waits_sum(const struct rg_wait_names *names, const struct rg_run *run,
		 const uint32_t *wait_of, struct rg_wait_sum *sum, struct rg_wait_sum *total,
		 struct rg_arena *scratch, struct rg_err *err);

/* All runs while their waits are put side by side. */
struct rg_wait_gathering {
	struct rg_waits *out;
	const struct rg_run_set *set;
	struct rg_wait_names names;
	/* By run: sums of the waits known when the run was read, and how many those were. */
	struct rg_wait_sum **sum;
	size_t *known;
	uint32_t **wait_of; /* and of its samples; in the end their rows */
	struct rg_wait_sum *total;
	struct rg_arena *arena;
};

/*
 * The table of what is idle, or of what is judged, which turns wait_of into its rows. RG_ENOMEM; RG_ELIMIT for sums that
 * do not fit.
 */
int rg_waits_tabulate(struct rg_wait_rows *out, const struct rg_wait_gathering *gathering,
		      bool idle, struct rg_err *err);

/* Whether nobody waits for what such a wait waits for. `text` is rg_wait_add_text(). */
bool rg_wait_is_idle(const struct rg_policy *policy, const struct rg_anchor *anchor,
		     const char *wait, const char *api, const char *function, const char *text);

struct rg_buf;

/* "Pool::acquire [lock, pthread_mutex_lock]", "touch [fault]", "[truncated] worker". */
void rg_wait_add_text(struct rg_buf *out, const char *function, const char *wait, const char *api);

#endif
