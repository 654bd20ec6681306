/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BPF_UNWIND_BPF_H
#define BPF_UNWIND_BPF_H

/* The maps that hold unwind tables, and the walk over a task's user stack. Filled by the capture as code is mapped. */

#include "core.h"
#include "wire.h"

/* bpf_loop() verifies its body once; without it (before 5.17) a loop is unrolled by the verifier. */
const volatile __u8 use_bpf_loop = 0;

/* Words of the tables: chunks are made as they are needed. All alike, so that their look-up is inlined. */
struct chunk {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1 << RGW_CHUNK_SHIFT);
	__type(key, __u32);
	__type(value, __u64);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, RGW_MAX_CHUNKS);
	__type(key, __u32);
	__array(values, struct chunk);
} chunks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, RGW_MAX_TABLES);
	__type(key, __u32);
	__type(value, struct rgw_table);
} tables SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, RGW_MAX_RULES);
	__type(key, __u32);
	__type(value, struct rgw_unwind_rule);
} rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, RGW_MAX_RANGES);
	__type(key, __u32);
	__type(value, struct rgw_range);
} ranges SEC(".maps");

/* Preallocated: read from interrupt context. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RGW_MAX_PROCESSES);
	__type(key, rgw_image_id);
	__type(value, struct rgw_space);
} spaces SEC(".maps");

struct rgw_walk;

#define RGW_INLINE static __always_inline

RGW_INLINE const struct rgw_range *rgw_get_range(struct rgw_walk *w, __u32 i)
{
	return bpf_map_lookup_elem(&ranges, &i);
}

RGW_INLINE const struct rgw_table *rgw_get_table(struct rgw_walk *w, __u32 i)
{
	return bpf_map_lookup_elem(&tables, &i);
}

RGW_INLINE int rgw_get_word(struct rgw_walk *w, __u32 i, __u64 *to)
{
	__u32 number = i >> RGW_CHUNK_SHIFT, at = i & ((1 << RGW_CHUNK_SHIFT) - 1);
	void *chunk = bpf_map_lookup_elem(&chunks, &number);
	__u64 *word = chunk ? bpf_map_lookup_elem(chunk, &at) : NULL;

	if (!word)
		return -1;
	*to = *word;
	return 0;
}

RGW_INLINE const struct rgw_unwind_rule *rgw_get_rule(struct rgw_walk *w, __u32 i)
{
	return bpf_map_lookup_elem(&rules, &i);
}

RGW_INLINE int rgw_read(struct rgw_walk *w, void *to, __u32 size, __u64 address)
{
	return bpf_probe_read_user(to, size, (const void *)address) != 0;
}

#include "walk.h"

/* Verified by itself, once, whatever loop it is called from (global functions: kernel 5.6). */
__noinline int rgw_step(struct rgw_walk *w, struct rgw_frames *f)
{
	return w && f ? (int)rgw_walk_step(w, f) : RGW_END_UNSUPPORTED;
}

struct rgw_loop {
	struct rgw_walk *walk;
	struct rgw_frames *frames;
};

static long rgw_loop_step(__u32 i, struct rgw_loop *loop)
{
	loop->frames->end = (__u8)rgw_step(loop->walk, loop->frames);
	return loop->frames->end != RGW_END_WALKING;
}

#if defined(__TARGET_ARCH_x86)
/* Returns what the registers are of: RGW_END_WALKING, or why there is nothing to walk. */
static __always_inline __u32 rgw_take_registers(struct rgw_walk *w, struct pt_regs *regs)
{
	w->pc = regs->ip;
	w->sp = regs->sp;
	w->fp = regs->bp;
	w->kept = regs->bx;
	w->general[0] = regs->ax;
	w->general[1] = regs->dx;
	w->general[2] = regs->cx;
	w->general[4] = regs->si;
	w->general[5] = regs->di;
	w->general[8] = regs->r8;
	w->general[9] = regs->r9;
	w->general[10] = regs->r10;
	w->general[11] = regs->r11;
	w->general[12] = regs->r12;
	w->general[13] = regs->r13;
	w->general[14] = regs->r14;
	w->general[15] = regs->r15;
	/* __USER32_CS: a 32-bit program, whose frames are others. */
	return regs->cs == 0x23 ? RGW_END_UNSUPPORTED : RGW_END_WALKING;
}
#else
static __always_inline __u32 rgw_take_registers(struct rgw_walk *w, struct pt_regs *regs)
{
	w->pc = regs->pc;
	w->sp = regs->sp;
	w->fp = regs->regs[29];
	w->kept = regs->regs[30];
	/* PSR_MODE32_BIT */
	return regs->pstate & 0x10 ? RGW_END_UNSUPPORTED : RGW_END_WALKING;
}
#endif

/* The user stack of the current task, as it entered the kernel. */
static __always_inline void rgw_walk_user(struct rgw_walk *w, struct rgw_frames *f,
					  rgw_image_id image)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct rgw_space *space = bpf_map_lookup_elem(&spaces, &image);

	f->depth = 0;
	f->end = RGW_END_NO_STACK;
	if (!task->mm)
		return;
	f->end = (__u8)rgw_take_registers(w, (struct pt_regs *)bpf_task_pt_regs(task));
	w->fp_at = w->kept_at = 0;
	w->first = space ? space->first : 0;
	w->count = space ? space->count : 0;
	w->range = w->first;
	/* In a system call it is behind the instruction, which may be its function's last. */
	w->exact = RGW_SYSCALL((struct pt_regs *)bpf_task_pt_regs(task)) < 0;
	w->innermost = 1;
	w->fp_lost = w->kept_lost = w->by_fp = 0;
	if (f->end != RGW_END_WALKING) {
		f->at[0] = w->pc;
		f->depth = 1;
		return;
	}
	if (use_bpf_loop) {
		struct rgw_loop loop = {.walk = w, .frames = f};

		bpf_loop(RGW_USER_DEPTH + 1, rgw_loop_step, &loop, 0);
		return;
	}
	for (int i = 0; i <= RGW_USER_DEPTH; i++) {
		f->end = (__u8)rgw_step(w, f);
		if (f->end != RGW_END_WALKING)
			return;
	}
}

#endif
