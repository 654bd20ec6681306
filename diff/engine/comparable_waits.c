/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge_waits.h"

#include "rg/arena.h"
#include "rg/units.h"

#include <math.h>
#include <string.h>

/* Beyond the larger of these two an account does not close: a fraction, and standard errors. */
#define ERROR_MAX  0.02
#define ERRORS_MAX 4

static const char account_limit[] = "at most 2 %, or 4 standard errors";

/* --- Accounts --------------------------------------------------------------------------------- */

/* A fact that is an error of something, and the one that is its standard error. */
struct error_fact {
	const char *error, *standard;
	bool of_threads; /* of what they did while they lived */
};

/*
 * An error, less what is known to be in it: what the hypervisor took is in no thread's account, and what measuring a switch takes
 * is in it twice, as time on the CPU and as part of the wait that the switch begins or ends.
 */
static double own_error(const struct rg_profile *profile, const struct error_fact *fact)
{
	double value = rg_profile_fact_real(profile, fact->error, NAN);
	double thread = (double)rg_profile_fact_u64(profile, RG_KEY_ACCOUNT_THREAD_NS, 0);
	double steal = (double)rg_profile_fact_u64(profile, RG_KEY_MACHINE_STEAL_NS, 0);
	double measuring = (double)rg_profile_fact_u64(profile, RG_KEY_OWN_BPF_NS, 0);

	if (!fact->of_threads || !(thread > 0) || isnan(value))
		return value;
	return value < 0 ? fmin(0, value + steal / thread) : fmax(0, value - measuring / thread);
}

/* The run of the side whose error is worst for what it may be; false: none is recorded. */
static bool worst_error(const struct rg_run_set *set, enum rg_end end,
			const struct error_fact *fact, double *error, bool *beyond)
{
	const struct rg_run *run = rg_run_set_side(set, end);
	double worst = -1;

	for (size_t i = 0; i < set->count[end]; i++) {
		double value = own_error(run[i].profile, fact);
		double se = fabs(rg_profile_fact_real(run[i].profile, fact->standard, 0));
		double excess = fabs(value) / fmax(ERROR_MAX, ERRORS_MAX * se);

		if (!(excess > worst))
			continue;
		worst = excess;
		*error = value;
		*beyond |= excess > 1;
	}
	return worst >= 0;
}

static const char *error_text(struct rg_issues *issues, bool known, double error)
{
	if (!known)
		return "not known";
	return rg_arena_printf(issues->arena, "%+.1f %%", 100 * error);
}

typedef void (*add_fn)(struct rg_issues *issues, bool blocking, const char *what, const char *base,
		       const char *canary, const char *limit);

static void check_account(struct rg_issues *issues, const struct rg_run_set *set,
			  const struct error_fact *fact, const char *what, bool blocking,
			  add_fn add)
{
	double before = 0, after = 0;
	bool beyond = false;
	bool base = worst_error(set, RG_END_BASE, fact, &before, &beyond);
	bool canary = worst_error(set, RG_END_CANARY, fact, &after, &beyond);

	if (beyond)
		add(issues, blocking, what, error_text(issues, base, before),
		    error_text(issues, canary, after), account_limit);
}

void rg_comparable_account(struct rg_issues *issues, const struct rg_run_set *set)
{
	static const struct error_fact cpu = {RG_KEY_ACCOUNT_CPU_ERROR, RG_KEY_ACCOUNT_CPU_ERROR_SE,
					      false};

	/*
	 * The scheduler's books have what runs with interrupts off, samples have it where they come back on, in
	 * another process maybe: for one that switches all the time they need not agree.
	 */
	check_account(issues, set, &cpu, "CPU time by samples against the scheduler's", false,
		      rg_issues_add);
}

static void check_closure(struct rg_issues *issues, const struct rg_run_set *set)
{
	static const struct error_fact closure = {RG_KEY_ACCOUNT_CLOSURE, RG_KEY_ACCOUNT_CLOSURE_SE,
						  true};

	check_account(issues, set, &closure, "account of the threads' time", true,
		      rg_issues_add_off_cpu);
}

/* --- Threads ---------------------------------------------------------------------------------- */

/* Threads at a time; 0 when not known. */
static double threads(const struct rg_side *side)
{
	if (!side->account.known || side->wall_ns == 0)
		return 0;
	return (double)side->account.thread_ns / (double)side->wall_ns;
}

static const char *threads_text(struct rg_issues *issues, double count)
{
	return rg_arena_printf(issues->arena, "%.3g at a time", count);
}

/*
 * More threads that wait are more waiting, whether the work grew or they were only configured. Fewer
 * have not waited as the baseline's did; with more, a failure stands, as with more load.
 */
static void check_threads(struct rg_issues *issues, const struct rg_side *base,
			  const struct rg_side *canary, const struct rg_wait_part *part,
			  const struct rg_policy *policy)
{
	double before = threads(base), after = threads(canary);
	bool failed = part->judged && part->judgement.outcome == RG_OUTCOME_FAIL;

	if (!(before > 0) || !(after > 0))
		return;
	double ratio = after / before;

	if (ratio >= policy->load_low && ratio <= policy->load_high)
		return;
	if (ratio > policy->load_high && failed)
		rg_issues_add_off_cpu(issues, false, "threads", threads_text(issues, before),
				      threads_text(issues, after),
				      "more threads, more waiting: is that meant?");
	else
		rg_issues_add_off_cpu(issues, true, "threads", threads_text(issues, before),
				      threads_text(issues, after),
				      rg_arena_printf(issues->arena, "ratio within %.3g to %.3g",
						      policy->load_low, policy->load_high));
}

/* --- What nobody answers for ------------------------------------------------------------------ */

static const char *percent(struct rg_issues *issues, double share)
{
	return rg_arena_printf(issues->arena, "%.1f %%", 100 * share);
}

double rg_waits_unattributed(const struct rg_waits *waits, enum rg_end end)
{
	double nobody = waits->unanchored_ns[end] + waits->unattributed_ns[end];

	return waits->all_ns[end] > 0 ? nobody / waits->all_ns[end] : 0;
}

/* Of the side's waits; 0 where it comes to less than the smallest wait that is judged, which hides none. */
static double unattributed_share(const struct rg_side *side, const struct rg_wait_part *part,
				 enum rg_end end, const struct rg_policy *policy)
{
	double nobody = part->waits.unanchored_ns[end] + part->waits.unattributed_ns[end];
	double seconds = (double)side->wall_ns / (double)RG_NS_PER_S;

	if (nobody < (double)policy->off_cpu.min_time_ns * seconds)
		return 0;
	return rg_waits_unattributed(&part->waits, end);
}

static void check_unattributed(struct rg_issues *issues, const struct rg_side *base,
			       const struct rg_side *canary, const struct rg_wait_part *part,
			       const struct rg_policy *policy)
{
	double before = unattributed_share(base, part, RG_END_BASE, policy);
	double after = unattributed_share(canary, part, RG_END_CANARY, policy);
	double most = policy->off_cpu.max_unattributed;

	if (before > most || after > most)
		rg_issues_add_off_cpu(issues, true, "waits without a function",
				      percent(issues, before), percent(issues, after),
				      rg_arena_printf(issues->arena, "at most %.1f %%",
						      100 * most));
}

/* Whether all the side's waits are too few, or too short, to be judged: the account has the lost ones' time, too. */
static bool too_little(const struct rg_side *side, double waits, const struct rg_policy *policy)
{
	double seconds = (double)side->wall_ns / (double)RG_NS_PER_S;

	return waits < (double)policy->off_cpu.min_waits ||
	       (side->account.known && side->account.blocked_ns > 0 &&
		(double)side->account.blocked_ns < (double)policy->off_cpu.min_time_ns * seconds);
}

/* Of the waits; 0 where they could not matter. */
static double lost_share(const struct rg_side *side, const struct rg_wait_part *part,
			 enum rg_end end, const struct rg_policy *policy)
{
	const struct rg_table *table = &part->waits.judged.alignment.table;
	double lost = 0, waits;

	for (size_t i = 0; i < side->loss_count; i++)
		if (strcmp(side->losses[i].key, RG_KEY_LOST_WAITS) == 0)
			lost = (double)side->losses[i].count;
	waits = lost + (double)table->events[end][table->rows];
	return lost > 0 && !too_little(side, waits, policy) ? lost / waits : 0;
}

static void check_lost(struct rg_issues *issues, const struct rg_side *base,
		       const struct rg_side *canary, const struct rg_wait_part *part,
		       const struct rg_policy *policy)
{
	double before = lost_share(base, part, RG_END_BASE, policy);
	double after = lost_share(canary, part, RG_END_CANARY, policy);

	if (before > policy->max_lost || after > policy->max_lost)
		rg_issues_add_off_cpu(
			issues, true, "waits lost", percent(issues, before), percent(issues, after),
			rg_arena_printf(issues->arena, "at most %.1f %%", 100 * policy->max_lost));
}

void rg_comparable_waits(struct rg_issues *issues, const struct rg_run_set *set,
			 const struct rg_side *base, const struct rg_side *canary,
			 const struct rg_wait_part *part, const struct rg_policy *policy)
{
	if (!part->gathered)
		return;
	check_closure(issues, set);
	check_threads(issues, base, canary, part, policy);
	check_unattributed(issues, base, canary, part, policy);
	check_lost(issues, base, canary, part, policy);
}
