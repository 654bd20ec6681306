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

RGW_INLINE int rgw_read(struct rgw_walk *w, void *to, __u32 size, __u64 address);

#include "walk.h"

/*
 * What a walk has read. It is a function of the registers it began with, of the mappings, and of these words: as long
 * as they are the same it comes to the same.
 */
struct rgw_record {
	__u64 base;    /* the stack pointer it began with */
	__u64 version; /* of the mappings; 0: it depended on more than is kept here */
	__u32 count;
	__u32 span; /* bytes above base in which the words lie */
	__u64 word[RGW_RECORD_WORDS];
	__u16 at[RGW_RECORD_WORDS]; /* in words above base */
};

struct rgw_walking {
	struct rgw_walk walk; /* first: walk.h knows no other */
	struct rgw_record record;
};

/* Set before loading. */
const volatile __u8 record_walks = 0;

/* A few words at a time; `size` is a constant. */
RGW_INLINE void rgw_note(struct rgw_record *r, const void *words, __u32 size, __u64 address)
{
	__u64 at = address - r->base;
	__u32 count = r->count;

	if (size % 8 || at % 8 || at > RGW_RECORD_SPAN - size ||
	    count > RGW_RECORD_WORDS - size / 8) {
		r->version = 0;
		return;
	}
	for (__u32 i = 0; i < size / 8; i++) {
		__builtin_memcpy(&r->word[count + i], words + 8 * i, 8);
		r->at[count + i] = (__u16)(at / 8 + i);
	}
	r->count = count + size / 8;
	if (at + size > r->span)
		r->span = (__u32)(at + size);
}

RGW_INLINE int rgw_read(struct rgw_walk *w, void *to, __u32 size, __u64 address)
{
	struct rgw_record *record = &((struct rgw_walking *)w)->record;

	if (bpf_probe_read_user(to, size, (const void *)address)) {
		record->version = 0;
		return -1;
	}
	if (record_walks)
		rgw_note(record, to, size, address);
	return 0;
}

/* Verified by itself, once, whatever loop it is called from (global functions: kernel 5.6). */
__noinline int rgw_step(struct rgw_walking *w, struct rgw_frames *f)
{
	return w && f ? (int)rgw_walk_step(&w->walk, f) : RGW_END_UNSUPPORTED;
}

struct rgw_loop {
	struct rgw_walking *walking;
	struct rgw_frames *frames;
};

static long rgw_loop_step(__u32 i, struct rgw_loop *loop)
{
	loop->frames->end = (__u8)rgw_step(loop->walking, loop->frames);
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

/*
 * Where the stack of the task's program begins; 0: there is no user stack to walk, and nothing missing in a stack that ends
 * with the kernel's part.
 *
 * A kernel thread has none, and whoever exits has given it back with the rest of the address space. In execve(2) the old
 * one goes when the new address space comes, while the registers are the old program's still: they are set just after
 * start_code, when all is in its place. From then on until it returns to user mode the new program has not run: it is in a
 * system call that it has not made.
 */
static __always_inline __u64 rgw_stack_top(struct task_struct *task, struct pt_regs *regs)
{
	struct mm_struct *mm = task->mm;
	__u64 top;

	if (!mm || !mm->start_code)
		return 0;
	top = mm->start_stack;
	return regs->sp == top && RGW_SYSCALL(regs) >= 0 && !RGW_CALLED(regs) ? 0 : top;
}

/* Stands at the current task's entry into the kernel. Whether there is anything to walk: f->end. */
static __always_inline void rgw_walk_begin(struct rgw_walking *walking, struct rgw_frames *f,
					   rgw_image_id image)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	struct rgw_space *space = bpf_map_lookup_elem(&spaces, &image);
	struct rgw_walk *w = &walking->walk;
	struct rgw_record *r = &walking->record;

	r->version = 0;
	f->depth = 0;
	f->end = RGW_END_NO_STACK;
	w->top = rgw_stack_top(task, regs);
	if (!w->top)
		return;
	f->end = (__u8)rgw_take_registers(w, regs);
	w->fp_at = w->kept_at = 0;
	w->first = space ? space->first : 0;
	w->count = space ? space->count : 0;
	w->range = w->first;
	/* In a system call it is behind the instruction, which may be its function's last. */
	w->exact = RGW_SYSCALL(regs) < 0;
	w->innermost = 1;
	w->fp_lost = w->kept_lost = w->by_fp = w->used = w->fp_left = w->kept_left = 0;
	if (f->end != RGW_END_WALKING) {
		f->at[0] = w->pc;
		f->depth = 1;
		return;
	}
	r->base = w->sp;
	r->version = space ? space->version : 0;
	r->count = r->span = 0;
}

static __always_inline void rgw_walk_on(struct rgw_walking *walking, struct rgw_frames *f)
{
	if (use_bpf_loop) {
		struct rgw_loop loop = {.walking = walking, .frames = f};

		bpf_loop(RGW_USER_DEPTH + 1, rgw_loop_step, &loop, 0);
		return;
	}
	for (int i = 0; i <= RGW_USER_DEPTH; i++) {
		f->end = (__u8)rgw_step(walking, f);
		if (f->end != RGW_END_WALKING)
			return;
	}
}

/* The user stack of the current task, as it entered the kernel. */
static __always_inline void rgw_walk_user(struct rgw_walking *walking, struct rgw_frames *f,
					  rgw_image_id image)
{
	rgw_walk_begin(walking, f, image);
	if (f->end == RGW_END_WALKING)
		rgw_walk_on(walking, f);
}

#endif
