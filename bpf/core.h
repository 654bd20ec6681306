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

struct task_struct {
	int pid;  /* thread */
	int tgid; /* process */
	struct signal_struct *signal;
};

struct linux_binprm;
struct bpf_perf_event_data;

#pragma clang attribute pop

#endif
