/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ENGINE_SERVER_WAITS_H
#define TEST_ENGINE_SERVER_WAITS_H

#include "wait_made.h"

/* A server whose waits are known: three of its requests, and two of threads that have nothing to do. */

#define LIBC  " of libc.so.6"
#define START ";start_thread" LIBC ";clone3" LIBC

static const struct wait_spec audit = {
	"fsync" LIBC ";audit_append;handle" START, RG_WAIT_DISK, "w", 20, 4, WAIT_EXPONENTIAL};
static const struct wait_spec lock = {"pthread_mutex_lock" LIBC ";Pool::acquire;handle" START,
				      RG_WAIT_LOCK,
				      "w",
				      50,
				      2,
				      WAIT_EXPONENTIAL};
static const struct wait_spec ask = {
	"recv" LIBC ";ask_backend;handle" START, RG_WAIT_NETWORK, "w", 100, 3, WAIT_EXPONENTIAL};
static const struct wait_spec worker = {
	"pthread_cond_wait" LIBC ";worker" START, RG_WAIT_LOCK, "w", 30, 60, WAIT_EXPONENTIAL};
static const struct wait_spec loop = {
	"epoll_wait" LIBC ";loop;main", RG_WAIT_POLL, "m", 10, 90, WAIT_EXPONENTIAL};

static inline struct wait_set usual(uint64_t seed)
{
	struct wait_set set = wait_set_default();

	set.seed = seed;
	wait_put(&set, &audit);
	wait_put(&set, &lock);
	wait_put(&set, &ask);
	wait_put(&set, &worker);
	wait_put(&set, &loop);
	return set;
}

/* The wait of that stack, to be changed. */
static inline struct wait_spec *of(struct wait_set *set, const struct wait_spec *spec)
{
	for (size_t i = 0; i < WAITS_MAX; i++) {
		if (set->wait[i].stack == spec->stack)
			return &set->wait[i];
	}
	fail_msg("no such wait");
	return NULL;
}

static inline struct rg_verdict *judge_sets(const struct wait_set *base,
					    const struct wait_set *canary,
					    const struct rg_policy *policy)
{
	struct made_spec before = wait_default(base), after = wait_default(canary);
	struct rg_policy usual_policy;

	rg_policy_init(&usual_policy);
	usual_policy.limit = 2; /* CPU time leaves no doubt here */
	usual_policy.off_cpu.limit = 2;
	return judge_specs(&before, &after, policy ? policy : &usual_policy);
}

#endif
