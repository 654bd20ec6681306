/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BPF_TARGET_BPF_H
#define BPF_TARGET_BPF_H

/*
 * Which processes are the target's, where that is told by what they are and not by their number: asked when something
 * happens to a process (it is found, forked, executes, is renamed, changes its cgroup), never at a switch, which only looks
 * the process up in `images`. Included by sampler.bpf.c, before its maps are used.
 */

#include "core.h"
#include "wire.h"

/* Set before loading. */
const volatile __u32 target_kind = RGW_TARGET_PROCESSES;
const volatile char target_comm[RGW_COMM_SIZE] = {};
const volatile __u64 target_cgroup = 0;
const volatile __s32 target_hierarchy = 0;
const volatile __u32 own_pid =
	0; /* the capture: what it and its children do is never the target's */

enum {
	MAX_HIERARCHIES = 32, /* of cgroups: one a controller at most, and named ones */
	MAX_CGROUP_DEPTH = 64,
	MAX_ANCESTORS = 32,
};

/* When a process became part of the target, and when it ceased to be. */
struct change {
	__u64 joined_ns, left_ns;
};

/* By process id; one of a process that has ended is told by its times. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, RGW_MAX_PROCESSES);
	__type(key, __u32);
	__type(value, struct change);
} changes SEC(".maps");

/* Counts the processes that have left: who has seen this number knows that its process has not since. */
volatile __u32 departures = 0;

/* --- cgroups -------------------------------------------------------------------------------- */

/* The cgroup of a task in the target's hierarchy; NULL: it has none there. */
static __always_inline struct cgroup *cgroup_of(struct task_struct *task)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	struct list_head *head = (void *)set + bpf_core_field_offset(struct css_set, cgrp_links);
	struct list_head *at = BPF_CORE_READ(head, next);

	for (int i = 0; i < MAX_HIERARCHIES && at && at != head; i++) {
		struct cgrp_cset_link *link =
			(void *)at - bpf_core_field_offset(struct cgrp_cset_link, cgrp_link);
		struct cgroup *cgroup = BPF_CORE_READ(link, cgrp);

		if (BPF_CORE_READ(cgroup, root, hierarchy_id) == target_hierarchy)
			return cgroup;
		at = BPF_CORE_READ(at, next);
	}
	return NULL;
}

/* Whether it is in the target's cgroup or one below. */
static __noinline int in_cgroup(struct task_struct *task)
{
	struct cgroup *cgroup = cgroup_of(task);

	for (int i = 0; i < MAX_CGROUP_DEPTH && cgroup; i++) {
		if (BPF_CORE_READ(cgroup, kn, id) == target_cgroup)
			return 1;
		cgroup = BPF_CORE_READ(cgroup, self.parent, cgroup);
	}
	return 0;
}

/* --- Membership ----------------------------------------------------------------------------- */

static __noinline int is_ours(struct task_struct *task)
{
	for (int i = 0; i < MAX_ANCESTORS && task; i++) {
		__u32 pid = (__u32)BPF_CORE_READ(task, tgid);

		if (pid == own_pid)
			return 1;
		if (pid <= 1)
			return 0;
		task = BPF_CORE_READ(task, real_parent);
	}
	return 0;
}

static __always_inline int has_name(const char *comm)
{
	char name[RGW_COMM_SIZE] = {};

	bpf_probe_read_kernel_str(name, sizeof(name), comm);
	for (int i = 0; i < RGW_COMM_SIZE; i++) {
		if (name[i] != target_comm[i])
			return 0;
		if (!name[i])
			return 1;
	}
	return 1;
}

/* Whether the process of this thread, its first, is of the target by what it is. comm: its name, or about to be. */
static __always_inline int is_wanted(struct task_struct *task, const char *comm)
{
	int wanted = 0;

	if (target_kind == RGW_TARGET_COMM)
		wanted = has_name(comm);
	else if (target_kind == RGW_TARGET_CGROUP)
		wanted = in_cgroup(task);
	else if (target_kind == RGW_TARGET_ALL)
		wanted = 1;
	/* Kernel threads have no memory of their own; nor has what is ending. */
	return wanted && BPF_CORE_READ(task, mm) && !is_ours(task);
}

#endif
