/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_CONDITIONS_H
#define RG_ENGINE_CONDITIONS_H

#include "runs.h"

#include "rg/verdict.h"

/* What a side's runs say of the conditions they ran under, in figures; each is NAN where a run does not say. */
struct rg_conditions {
	double throttled; /* CPU time that the cgroup's limit denied, of what was wanted */
	double starved; /* time waiting for a CPU, of the time the threads could run; throttled time is part */
	double runnable; /* threads that run or wait for a CPU, at a time, for each CPU */
	double others;   /* CPUs that others kept busy, of all CPUs */
	double steal;    /* time of the CPUs that the hypervisor took */
	double threads;  /* at a time */
};

struct rg_conditions rg_conditions_of(const struct rg_run_set *set, enum rg_end end,
				      const struct rg_side *side);

#endif
