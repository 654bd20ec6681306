/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BPF_MEMBERS_BPF_H
#define BPF_MEMBERS_BPF_H

/*
 * Processes that join the target while they run, and leave it. Included by sampler.bpf.c, after begin_image().
 */

static __always_inline void join_target(struct task_struct *task, __u32 pid)
{
	struct rgw_event event = {.kind = RGW_EVENT_JOIN, .pid = pid};
	struct change change = {.joined_ns = bpf_ktime_get_ns()};
	struct change *before = bpf_map_lookup_elem(&changes, &pid);

	if (before)
		change.left_ns = before->left_ns;
	/* Before its image: whoever meets its threads then knows since when. */
	bpf_map_update_elem(&changes, &pid, &change, BPF_ANY);
	event.parent_pid = (__u32)BPF_CORE_READ(task, real_parent, tgid);
	begin_image(&event);
}

static __always_inline void leave_target(__u32 pid, rgw_image_id image)
{
	struct change change = {.left_ns = bpf_ktime_get_ns()};

	bpf_map_update_elem(&changes, &pid, &change, BPF_ANY);
	bpf_map_delete_elem(&images, &pid);
	bpf_map_delete_elem(&spaces, &image);
	__sync_fetch_and_add(&departures, 1);
	tell(&(struct rgw_event){.kind = RGW_EVENT_LEAVE, .pid = pid, .image = image});
}

/* task: a process's first thread. */
static __always_inline void update_membership(struct task_struct *task, const char *comm)
{
	__u32 pid = (__u32)RGW_FIELD(task, tgid);
	rgw_image_id *image;
	int wanted;

	if (target_kind == RGW_TARGET_PROCESSES)
		return;
	wanted = is_wanted(task, comm);
	image = bpf_map_lookup_elem(&images, &pid);
	if (wanted && !image)
		join_target(task, pid);
	else if (!wanted && image)
		leave_target(pid, *image);
}

/* Who is of the target already. A process's first thread may have ended before the others: any may speak for it. */
SEC("iter/task")
int rg_find(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	__u32 pid;

	if (!task)
		return 0;
	pid = (__u32)task->tgid;
	if (!bpf_map_lookup_elem(&images, &pid) && is_wanted(task, task->group_leader->comm))
		join_target(task, pid);
	return 0;
}

/* A thread is about to get this name, by prctl() or by executing a program. */
static __always_inline int on_renamed(struct task_struct *task, const char *comm)
{
	if (RGW_FIELD(task, pid) == RGW_FIELD(task, tgid))
		update_membership(task, comm);
	return 0;
}

static __always_inline int on_moved(struct task_struct *task)
{
	if (RGW_FIELD(task, pid) == RGW_FIELD(task, tgid))
		update_membership(task, task->comm);
	return 0;
}

#endif
