/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BPF_CORE_H
#define BPF_CORE_H

/*
 * The kernel's structs, as far as these programs read them: the members used and no others.
 * preserve_access_index makes each access a CO-RE relocation, resolved by name against the running
 * kernel's BTF, so that nothing of the build machine's kernel enters the object.
 */

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live; /* threads that have not begun to exit */
};

struct mm_struct;

struct task_struct {
	int pid;  /* thread */
	int tgid; /* process */
	struct mm_struct
		*mm; /* NULL: a kernel thread, or a process that has given its memory back */
	struct signal_struct *signal;
};

/* The user's registers at its last entry into the kernel. */
#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r15, r14, r13, r12;
	unsigned long bp, bx;
	unsigned long r11, r10, r9, r8;
	unsigned long ax, cx, dx, si, di;
	unsigned long orig_ax;
	unsigned long ip, cs, flags, sp, ss;
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	__u64 regs[31];
	__u64 sp, pc, pstate;
};
#else
#error "no unwinding for this architecture"
#endif

struct linux_binprm;
struct bpf_perf_event_data;

#pragma clang attribute pop

#endif
