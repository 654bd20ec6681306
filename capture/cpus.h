/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_CPUS_H
#define CAPTURE_CPUS_H

#include <stddef.h>

struct rg_err;

/* The CPUs that are online. Free with rg_cpus_done(). */
struct rg_cpus {
	int *cpu;
	size_t count, cap;
};

/* From /sys/devices/system/cpu/online. RG_EIO, RG_ENOMEM. */
int rg_cpus_online(struct rg_cpus *cpus, struct rg_err *err);
/* From the kernel's list form, "0-3,8,10-11" (cpulist, Documentation/admin-guide/cputopology). RG_EFORMAT, RG_ENOMEM. */
int rg_cpus_parse(struct rg_cpus *cpus, const char *list, struct rg_err *err);
void rg_cpus_done(struct rg_cpus *cpus);

#endif
