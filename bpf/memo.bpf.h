/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BPF_MEMO_BPF_H
#define BPF_MEMO_BPF_H

/*
 * Walks that are remembered. Where the incoming thread cannot walk its own stack (no sched_exit_tp), a wait's stack has
 * to be had as the wait begins, when it is not known yet whether it will be wanted. Threads wait in few places: the
 * outcome of a walk is taken over where everything it depended on is as it was (struct rgw_record), and only there: two
 * callers with equal frames differ in a return address. Included by sampler.bpf.c, after its maps.
 */

#include "unwind.bpf.h"

enum {
	MEMO_WALKS = 4, /* of a thread; the oldest goes first */
	/*
	 * Walks on a CPU that are not remembered: 20,000 a second are some 5 % of it. Counted over a short time, so that a
	 * program whose code is not known yet, and whose walks cannot be remembered, does not use up what it needs thereafter.
	 */
	BUCKET_NS = 50000000,
	BUCKET_WALKS = 1000,
};

/* What a walk begins with, besides its record's base. */
struct begin {
	__u64 pc, fp, kept, exact;
};

struct remembered {
	struct begin begin;
	__u64 used; /* RGW_USED_… */
	struct rgw_record record;
	struct rgw_frames frames;
};

struct memo {
	__u64 next;
	struct remembered walks[MEMO_WALKS];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct memo);
} memos SEC(".maps");

/* The stack that waits, from its pointer on. */
struct stretch {
	__u64 word[RGW_RECORD_SPAN / 8];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct stretch);
} stretches SEC(".maps");

/* Walks that may still be made in this stretch of time. */
struct bucket {
	__u64 number;
	__u64 left;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bucket);
} buckets SEC(".maps");

static __always_inline int may_walk(__u64 now)
{
	__u32 zero = 0;
	struct bucket *b = bpf_map_lookup_elem(&buckets, &zero);
	__u64 number = now / BUCKET_NS;

	if (!b)
		return 0;
	if (b->number != number) {
		b->number = number;
		b->left = BUCKET_WALKS;
	}
	if (!b->left)
		return 0;
	b->left--;
	return 1;
}

static __always_inline void copy_frames(struct rgw_frames *to, const struct rgw_frames *from)
{
	__u64 depth = from->depth;

	if (depth <= RGW_USER_DEPTH)
		bpf_probe_read_kernel(to, offsetof(struct rgw_frames, at) + 8 * depth, from);
}

/* Whether the words that were read are what they were. Verified by itself, as rgw_step() is. */
__noinline int rgw_same_words(const struct rgw_record *r, const struct stretch *s)
{
	if (!r || !s)
		return 0;
	for (__u32 i = 0; i < RGW_RECORD_WORDS && i < r->count; i++)
		if (s->word[r->at[i] & (RGW_RECORD_SPAN / 8 - 1)] != r->word[i])
			return 0;
	return 1;
}

static __always_inline struct begin begin_of(const struct rgw_walk *w)
{
	return (struct begin){.pc = w->pc, .fp = w->fp, .kept = w->kept, .exact = w->exact};
}

/* Registers that the walk did not use may hold anything. */
static __always_inline int same_begin(const struct remembered *r, const struct rgw_walking *begun)
{
	const struct begin is = begin_of(&begun->walk), was = r->begin;

	return r->record.version == begun->record.version && r->record.base == begun->record.base &&
	       was.pc == is.pc && was.exact == is.exact &&
	       (was.fp == is.fp || !(r->used & RGW_USED_FP)) &&
	       (was.kept == is.kept || !(r->used & RGW_USED_KEPT));
}

/* A remembered walk that is the one begun; NULL: there is none. */
static __always_inline const struct remembered *recall(const struct memo *m,
						       const struct rgw_walking *begun)
{
	__u32 zero = 0, have = 0;
	struct stretch *stack = bpf_map_lookup_elem(&stretches, &zero);

	if (!stack || !begun->record.version)
		return NULL;
	for (int i = 0; i < MEMO_WALKS; i++) {
		const struct remembered *r = &m->walks[i];
		__u32 span = r->record.span;

		if (!same_begin(r, begun))
			continue;
		if (span > RGW_RECORD_SPAN)
			return NULL;
		if (span > have) {
			if (bpf_probe_read_user(stack->word, span, (void *)begun->record.base))
				return NULL;
			have = span;
		}
		if (rgw_same_words(&r->record, stack))
			return r;
	}
	return NULL;
}

static __always_inline void remember(struct memo *m, const struct begin *begin,
				     const struct rgw_walking *walked, const struct rgw_frames *f)
{
	struct remembered *r = &m->walks[m->next % MEMO_WALKS];

	if (!walked->record.version || (walked->walk.used & RGW_USED_GENERAL) ||
	    (f->end != RGW_END_ROOT && f->end != RGW_END_NO_ROW && f->end != RGW_END_BROKEN))
		return;
	m->next++;
	r->begin = *begin;
	r->used = walked->walk.used;
	bpf_probe_read_kernel(&r->record, sizeof(r->record), &walked->record);
	copy_frames(&r->frames, f);
}

/* The current task's user stack; 0: it would have to be walked, and too many have been. */
static __always_inline int recall_or_walk(struct scratch *scratch, struct rgw_frames *to,
					  rgw_image_id image, __u64 now)
{
	struct rgw_walking *w = &scratch->walking;
	struct rgw_frames *f = &scratch->sample.user;
	const struct remembered *known;
	struct begin begin;
	struct memo *m;

	rgw_walk_begin(w, f, image);
	if (f->end != RGW_END_WALKING) {
		copy_frames(to, f);
		return 1;
	}
	m = bpf_task_storage_get(&memos, bpf_get_current_task_btf(), NULL,
				 BPF_LOCAL_STORAGE_GET_F_CREATE);
	known = m ? recall(m, w) : NULL;
	if (known) {
		copy_frames(to, &known->frames);
		return 1;
	}
	if (!may_walk(now))
		return 0;
	begin = begin_of(&w->walk);
	rgw_walk_on(w, f);
	copy_frames(to, f);
	if (m)
		remember(m, &begin, w, f);
	return 1;
}

#endif
