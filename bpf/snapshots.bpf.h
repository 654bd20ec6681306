/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BPF_SNAPSHOTS_BPF_H
#define BPF_SNAPSHOTS_BPF_H

/*
 * Code is known a moment after it was mapped. Stacks that lead through it before are copied, and walked by the capture:
 * a process may be over within that moment.
 */

#include "core.h"
#include "wire.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 22); /* 220 snapshots */
} snapshots SEC(".maps");

__u64 snapshots_left = RGW_MAX_SNAPSHOTS;

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

/* Returns 0 when it was kept. The key's hash, and the sample's user part, do not matter. */
static __always_inline int keep_snapshot(const struct rgw_sample_key *key,
					 const struct rgw_sample *s, struct task_struct *task,
					 __u64 start_ns, __u64 end_ns)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	struct rgw_snapshot *copy;
	__u32 pages = 0;

	/* CPUs that look at the same time may take a few more than there are: a signed comparison stops there. */
	if ((__s64)snapshots_left <= 0)
		return -1;
	copy = bpf_ringbuf_reserve(&snapshots, sizeof(*copy), 0);
	if (!copy)
		return -1;
	__sync_fetch_and_add(&snapshots_left, -1);
	copy->start_ns = start_ns;
	copy->end_ns = end_ns;
	copy->key = *key;
	bpf_probe_read_kernel(&copy->sample, sizeof(copy->sample), s);
	copy->sample.user.depth = 0;
	copy_registers(copy->registers, regs);
	/* In a system call the program counter is behind the instruction. */
	copy->returned = RGW_SYSCALL(regs) >= 0;
	copy->address = regs->sp & ~(__u64)(RGW_PAGE - 1);
	for (int i = 0; i < RGW_SNAPSHOT_PAGES; i++) {
		if (bpf_probe_read_user(copy->stack[i], RGW_PAGE,
					(const void *)(copy->address + i * RGW_PAGE)))
			break;
		pages++;
	}
	copy->pages = pages;
	bpf_ringbuf_submit(copy, 0);
	return 0;
}

#endif
