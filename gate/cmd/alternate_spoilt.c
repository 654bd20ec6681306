/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alternate_spoilt.h"
#include "alternate_sides.h"

#include "rg/policy.h"
#include "rg/profile.h"
#include "rg/units.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

enum {
	DOUBLED_MOST = 3, /* from one second to eight */
	LOOK_EVERY_MS = 50,
};

static double fact(const struct rg_profile *run, const char *key)
{
	return (double)rg_profile_fact_u64(run, key, 0);
}

/* --- Shares --------------------------------------------------------------------------------- */

static double lost_share(const struct rg_profile *run)
{
	double lost = fact(run, RG_KEY_LOST_TABLE_FULL) + fact(run, RG_KEY_LOST_COLLISION);
	double all = lost + (double)rg_profile_total(run, RG_VALUE_SAMPLES);

	return all > 0 ? lost / all : 0;
}

/* All CPUs for the whole window, ns. */
static double capacity(const struct rg_profile *run)
{
	return fact(run, RG_KEY_WALL_NS) * fact(run, RG_KEY_CPUS);
}

static double steal_share(const struct rg_profile *run)
{
	double all = capacity(run);

	return all > 0 ? fact(run, RG_KEY_MACHINE_STEAL_NS) / all : 0;
}

/*
 * How much of the run it waited for a CPU: of the run's length, for one that slept all the time is not late because it waited
 * when it woke, and of the time its threads could run, for there are many of them. What its own limit denied it is no part.
 */
static double starved_share(const struct rg_profile *run)
{
	double cpu = fact(run, RG_KEY_ACCOUNT_CPU_NS);
	double waited =
		fmax(0, fact(run, RG_KEY_ACCOUNT_RUNQ_NS) - fact(run, RG_KEY_CGROUP_THROTTLED_NS));
	double all = fmax(fact(run, RG_KEY_WALL_NS), waited + cpu);

	return all > 0 ? waited / all : 0;
}

/* Threads that are more than the CPUs wait for one another, unless others have a good part of these. */
static bool waited_for_others(const struct rg_profile *run, double most)
{
	double own = fact(run, RG_KEY_ACCOUNT_CPU_NS);
	double ours = own + fact(run, RG_KEY_OWN_CPU_NS) + fact(run, RG_KEY_OWN_BPF_NS);
	double others = fact(run, RG_KEY_MACHINE_BUSY_NS) - ours;

	return own + fact(run, RG_KEY_ACCOUNT_RUNQ_NS) <= capacity(run) ||
	       others > most / 2 * capacity(run);
}

/* --- The rule ------------------------------------------------------------------------------- */

static bool had_no_cpu(const struct rg_profile *run, const struct rg_policy *policy,
		       char why[ALTERNATE_WHY_MAX])
{
	const double steal = steal_share(run), starved = starved_share(run);
	const double most = policy->comparable.max_starved;

	if (steal > policy->comparable.max_steal)
		snprintf(why, ALTERNATE_WHY_MAX,
			 "did not end in time while %.1f %% of the CPUs were stolen from the "
			 "machine",
			 100 * steal);
	else if (starved > most && waited_for_others(run, most))
		snprintf(why, ALTERNATE_WHY_MAX,
			 "did not end in time and waited for a CPU for %.1f %% of it",
			 100 * starved);
	else
		return false;
	return true;
}

bool alternate_run_is_spoilt(const struct rg_profile *run, bool late,
			     const struct rg_policy *policy, char why[ALTERNATE_WHY_MAX])
{
	double lost = lost_share(run), steal = steal_share(run);

	if (late)
		return had_no_cpu(run, policy, why);
	if (lost > policy->max_lost)
		snprintf(why, ALTERNATE_WHY_MAX, "lost %.1f %% of its samples", 100 * lost);
	else if (steal > policy->comparable.max_steal)
		snprintf(why, ALTERNATE_WHY_MAX,
			 "ran while %.1f %% of the CPUs were stolen from the machine", 100 * steal);
	else
		return false;
	return true;
}

void alternate_rule(const struct rg_policy *policy, char *out, size_t size)
{
	snprintf(out, size, "more than %g %% of samples lost or %g %% of the CPUs stolen",
		 100 * policy->max_lost, 100 * policy->comparable.max_steal);
}

/* --- Before it is taken again ----------------------------------------------------------------- */

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * RG_NS_PER_S + (uint64_t)ts.tv_nsec;
}

int alternate_wait_out(unsigned int times, struct rg_err *err)
{
	const struct timespec step = {.tv_nsec = LOOK_EVERY_MS * (long)RG_NS_PER_MS};
	const unsigned int doubled = times < DOUBLED_MOST ? times : DOUBLED_MOST;
	uint64_t until = now_ns() + (UINT64_C(1) << doubled) * RG_NS_PER_S;
	int rc = alternate_interrupted(err);

	while (!rc && now_ns() < until) {
		nanosleep(&step, NULL);
		rc = alternate_interrupted(err);
	}
	return rc;
}
