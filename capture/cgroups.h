/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_CGROUPS_H
#define CAPTURE_CGROUPS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rg_err;

/* The machine's cgroup hierarchies (cgroups(7)): version 2 is one of them, version 1 has one for each controller or group of them. */

enum { RG_HIERARCHIES_MAX = 32, RG_CONTROLLERS_MAX = 128 };

struct rg_hierarchy {
	int32_t number;                       /* as in /proc/PID/cgroup; 0: version 2 */
	char controllers[RG_CONTROLLERS_MAX]; /* "cpu,cpuacct", "name=systemd"; "" in version 2 */
	char directory[PATH_MAX];             /* where it is mounted */
	bool from_below;                      /* we are in a cgroup namespace below its top */
};

struct rg_hierarchies {
	struct rg_hierarchy *all; /* version 2 first, then systemd's, then the others by number */
	size_t count;
};

/* Those that are mounted, a hierarchy once. RG_EIO, RG_ENOMEM. Free with rg_hierarchies_done(). */
int rg_hierarchies_read(struct rg_hierarchies *out, struct rg_err *err);
void rg_hierarchies_done(struct rg_hierarchies *hierarchies);

/* The one that has this controller ("cpu"); NULL: none of version 1. */
const struct rg_hierarchy *rg_hierarchies_controller(const struct rg_hierarchies *hierarchies,
						     const char *controller);

/* The directory of the cgroup a process is in. RG_ENOTFOUND: it is gone, or in none that can be reached,
 * as from a cgroup namespace below the hierarchy's top. */
int rg_hierarchy_directory(const struct rg_hierarchy *hierarchy, pid_t pid,
			   char directory[PATH_MAX]);

/*
 * A cgroup by its directory: the number the kernel has for it, and its hierarchy's. RG_ETARGET when the path leads
 * nowhere; RG_EUSAGE when it is no cgroup's.
 */
struct rg_cgroup {
	uint64_t id;
	int32_t hierarchy;
};
int rg_cgroup_open(const char *directory, struct rg_cgroup *out, struct rg_err *err);

#endif
