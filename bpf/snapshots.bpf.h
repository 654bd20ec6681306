/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BPF_SNAPSHOTS_BPF_H
#define BPF_SNAPSHOTS_BPF_H

/*
 * Code is known a moment after it was mapped. Stacks that lead through it before are copied, and walked by the capture:
 * a process may be over within that moment.
 */

#include "core.h"
#include "unwind.bpf.h"
#include "wire.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 22); /* 220 snapshots */
} snapshots SEC(".maps");

/* How many more there may be: the capture adds those that it has walked. */
__u64 snapshots_left = RGW_MAX_SNAPSHOTS;

/*
 * Without sched_exit_tp a wait's stack has to be copied as it begins, and is handed on when it is over. By the thread's
 * address; sized by the capture.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct rgw_snapshot);
} aside SEC(".maps");

/* Where one is put together. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rgw_snapshot);
} drafts SEC(".maps");

#if defined(__TARGET_ARCH_x86)
static __always_inline void copy_registers(__u64 *to, struct pt_regs *regs)
{
	to[0] = regs->ax;
	to[1] = regs->dx;
	to[2] = regs->cx;
	to[3] = regs->bx;
	to[4] = regs->si;
	to[5] = regs->di;
	to[6] = regs->bp;
	to[7] = regs->sp;
	to[8] = regs->r8;
	to[9] = regs->r9;
	to[10] = regs->r10;
	to[11] = regs->r11;
	to[12] = regs->r12;
	to[13] = regs->r13;
	to[14] = regs->r14;
	to[15] = regs->r15;
	to[16] = regs->ip;
}
#else
static __always_inline void copy_registers(__u64 *to, struct pt_regs *regs)
{
	for (int i = 0; i < 31; i++)
		to[i] = regs->regs[i];
	to[31] = regs->sp;
	to[32] = regs->pc;
}
#endif

/* The current task's registers and stack. */
static __always_inline void copy_stack(struct rgw_snapshot *copy)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	__u32 pages = 0;

	copy_registers(copy->registers, regs);
	copy->top = rgw_stack_top(task, regs);
	/* In a system call the program counter is behind the instruction. */
	copy->returned = RGW_SYSCALL(regs) >= 0;
	copy->address = regs->sp & ~(__u64)(RGW_PAGE - 1);
	for (int i = 0; i < RGW_SNAPSHOT_PAGES; i++) {
		if (!bpf_probe_read_user(copy->stack[i], RGW_PAGE,
					 (const void *)(copy->address + i * RGW_PAGE)))
			pages |= 1U << i;
	}
	copy->pages = pages;
}

/* NULL when there is no more room for any. */
static __always_inline struct rgw_snapshot *begin_snapshot(void)
{
	struct rgw_snapshot *copy;

	/* CPUs that look at the same time may take a few more than there are: a signed comparison stops there. */
	if ((__s64)snapshots_left <= 0)
		return NULL;
	copy = bpf_ringbuf_reserve(&snapshots, sizeof(*copy), 0);
	if (copy)
		__sync_fetch_and_add(&snapshots_left, -1);
	return copy;
}

static __always_inline void end_snapshot(struct rgw_snapshot *copy,
					 const struct rgw_sample_key *key,
					 const struct rgw_sample *s, __u64 start_ns, __u64 end_ns)
{
	copy->start_ns = start_ns;
	copy->end_ns = end_ns;
	copy->key = *key;
	bpf_probe_read_kernel(&copy->sample, sizeof(copy->sample), s);
	copy->sample.user.depth = 0;
	bpf_ringbuf_submit(copy, 0);
}

/* Returns 0 when it was kept. The key's hash, and the sample's user part, do not matter. */
static __always_inline int keep_snapshot(const struct rgw_sample_key *key,
					 const struct rgw_sample *s, __u64 start_ns, __u64 end_ns)
{
	struct rgw_snapshot *copy = begin_snapshot();

	if (!copy)
		return -1;
	copy_stack(copy);
	end_snapshot(copy, key, s, start_ns, end_ns);
	return 0;
}

/* The current task's stack, as it begins to wait. Returns whether it was put aside. */
static __always_inline int put_aside(struct task_struct *task)
{
	__u64 address = (__u64)task;
	__u32 zero = 0;
	struct rgw_snapshot *draft = bpf_map_lookup_elem(&drafts, &zero);

	if (!draft || (__s64)snapshots_left <= 0)
		return 0;
	copy_stack(draft);
	return bpf_map_update_elem(&aside, &address, draft, BPF_ANY) == 0;
}

static __always_inline void drop_aside(struct task_struct *task)
{
	__u64 address = (__u64)task;

	bpf_map_delete_elem(&aside, &address);
}

/* As keep_snapshot(), of the stack that was put aside. */
static __always_inline int keep_aside(const struct rgw_sample_key *key, const struct rgw_sample *s,
				      struct task_struct *task, __u64 start_ns, __u64 end_ns)
{
	__u64 address = (__u64)task;
	const struct rgw_snapshot *put = bpf_map_lookup_elem(&aside, &address);
	struct rgw_snapshot *copy = put ? begin_snapshot() : NULL;

	if (!copy)
		return -1;
	bpf_probe_read_kernel(copy, sizeof(*copy), put);
	end_snapshot(copy, key, s, start_ns, end_ns);
	return 0;
}

#endif
