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

/* Set before loading. */
const volatile __u8 has_tp_btf =
	1; /* tracepoints hand over typed pointers, which are read as they are */

/* A member of a struct that a tracepoint handed over. */
#define RGW_FIELD(pointer, member) (has_tp_btf ? (pointer)->member : BPF_CORE_READ(pointer, member))

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live; /* threads that have not begun to exit */
	unsigned int flags;
	int group_exit_code;
};

struct seq_file;

struct mm_struct {
	unsigned long start_code;  /* 0: its program is being put in its place still */
	unsigned long start_stack; /* where the stack pointer is as the program begins */
};

struct inode {
	unsigned short i_mode;
};

struct file {
	struct inode *f_inode;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct sched_entity {
	__u64 sum_exec_runtime;
};

struct list_head {
	struct list_head *next;
};

struct kernfs_node {
	__u64 id; /* of a cgroup: the inode of its directory */
};

struct cgroup;

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup_root {
	int hierarchy_id; /* as in /proc/PID/cgroup */
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

/* The cgroups of a task: one of each hierarchy. */
struct css_set {
	struct list_head cgrp_links;
};

struct cgrp_cset_link {
	struct cgroup *cgrp;
	struct list_head cgrp_link; /* among those of the css_set */
};

struct task_struct {
	int pid;  /* thread */
	int tgid; /* process */
	unsigned int __state;
	int exit_state; /* not 0: it has ended */
	int exit_code;
	unsigned int flags;
	int on_cpu;
	__u64 start_time; /* CLOCK_MONOTONIC, ns */
	struct sched_entity se;
	char comm[16];
	struct files_struct *files;
	struct mm_struct *mm; /* NULL: a kernel thread, or a process that has ended */
	struct signal_struct *signal;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct css_set *cgroups;
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
#define RGW_SYSCALL(regs)  ((long)(regs)->orig_ax)
#define RGW_ARGUMENT(regs) ((regs)->di)
/* The call's instruction leaves its own address there (Intel SDM 2B, SYSCALL); a new program finds zero. */
#define RGW_CALLED(regs)   ((regs)->cx != 0)
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	__u64 regs[31];
	__u64 sp, pc, pstate;
	__u64 orig_x0;
	int syscallno;
};
#define RGW_SYSCALL(regs)  ((long)(regs)->syscallno)
#define RGW_ARGUMENT(regs) ((regs)->orig_x0)
/* Who calls has the call's number there; a new program finds zero. */
#define RGW_CALLED(regs)   ((regs)->regs[8] != 0)
#else
#error "no unwinding for this architecture"
#endif

struct linux_binprm;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

enum {
	TASK_UNINTERRUPTIBLE = 2,
	PF_EXITING = 4,
	SIGNAL_GROUP_EXIT = 4, /* of signal_struct's flags */
	/* Every state in which a thread does not want to run; freezable (0x2000) is no state of its own. */
	RGW_STATE_BLOCKED = 0x1fff,
};

#pragma clang attribute pop

#endif
