/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_CONDITIONS_H
#define CAPTURE_CONDITIONS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_err;
struct rg_pids;
struct rg_profile_builder;

/*
 * Under which conditions the target ran, as far as they are not its own: what its cgroups allowed it, what else the machine
 * did. Read at the begin of the window and at its end.
 */

enum { RG_CONDITIONS_CGROUPS = 64 };

/* A cgroup of the CPU controller that a process of the target is in, or one above. */
struct rg_cpu_cgroup {
	char *directory;
	uint64_t throttled_ns, throttled, periods; /* at the begin; then in the window */
};

struct rg_conditions {
	struct rg_cpu_cgroup cgroups[RG_CONDITIONS_CGROUPS];
	size_t cgroup_count;
	uint64_t turned_ns;
	uint64_t threads;           /* of the target, at the begin */
	bool limits;                /* whether the limits could be read */
	double limit_cpus;          /* the smallest seen; 0: there is none */
	bool machine;               /* the machine's times could be read; as with the cgroups': */
	uint64_t busy_ns, steal_ns; /* over all CPUs */
};

void rg_conditions_begin(struct rg_conditions *conditions, const struct rg_pids *pids);
/* While the window lasts: processes join, and are moved. What a cgroup did before it was first seen is not known. */
void rg_conditions_turn(struct rg_conditions *conditions, const struct rg_pids *pids,
			uint64_t now_ns);
void rg_conditions_end(struct rg_conditions *conditions);
/* Enters the facts (RG_KEY_CGROUP_…, RG_KEY_MACHINE_…, RG_KEY_GOVERNOR). */
int rg_conditions_facts(const struct rg_conditions *conditions, struct rg_profile_builder *builder,
			struct rg_err *err);
void rg_conditions_done(struct rg_conditions *conditions);

#endif
