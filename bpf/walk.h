/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BPF_WALK_H
#define BPF_WALK_H

/*
 * Walks a user stack by unwind tables. Compiled for BPF and for user space: whoever includes this defines before it
 *
 *   RGW_INLINE                           how its functions are declared
 *   rgw_get_range(w, i), rgw_get_table(w, i), rgw_get_rule(w, i)
 *                                        pointers to entry i of each array, or NULL
 *   rgw_get_word(w, i, to)               reads word i of the tables; 0 on success
 *   rgw_read(w, to, size, address)       reads the target's memory; 0 on success
 *
 * and calls rgw_walk_step() until it returns non-zero.
 */

#include "unwind.h"
#include "wire.h"

#if defined(__TARGET_ARCH_arm64) || defined(RGW_WALK_ARM64)
#define RGW_ARM64 1
#else
#define RGW_ARM64 0
#endif

enum {
	RGW_REG_SP = RGW_ARM64 ? RGW_ARM_SP : RGW_X86_RSP,
	RGW_REG_FP = RGW_ARM64 ? RGW_ARM_X29 : RGW_X86_RBP,
	RGW_REG_KEPT = RGW_ARM64 ? RGW_ARM_X30 : RGW_X86_RBX,
	RGW_GENERAL = 16, /* registers known in the innermost frame, by DWARF number; x86-64 only */
	/* Code at the top of the stack may align it. */
	RGW_TOP_ALIGN = 16,
	/* What of the registers that a walk began with it has used, besides pc and sp. */
	RGW_USED_FP = 1,
	RGW_USED_KEPT = 2,
	RGW_USED_GENERAL = 4,
};

struct rgw_walk {
	__u64 pc, sp, fp, kept;
	/* Where fp and kept are stored when they have not been needed yet; 0: they are at hand. */
	__u64 fp_at, kept_at;
	__u64 general[RGW_GENERAL];
	__u64 top;               /* the stack pointer as the program began; 0: not known */
	__u32 first, count;      /* the image's ranges */
	__u32 range;             /* the one that was hit last, absolute */
	__u8 exact;              /* pc is where the CPU was, not a return address */
	__u8 innermost;          /* general[] is valid */
	__u8 fp_lost, kept_lost; /* not to be known any more */
	__u8 by_fp;              /* the frame was reached by frame pointer */
	__u8 used;               /* RGW_USED_… */
	__u8 fp_left, kept_left; /* not the values that the walk began with any more */
	/* Of the last look-up: a copy, so that it outlives the table's entry. */
	struct rgw_unwind_rule rule;
};

/* --- Looking up ----------------------------------------------------------------------------- */

RGW_INLINE int rgw_in_range(const struct rgw_range *r, __u64 address)
{
	return r && address >= r->start && address < r->end;
}

/* The range that holds the address, or NULL. Ranges are sorted and do not overlap. */
RGW_INLINE const struct rgw_range *rgw_find_range(struct rgw_walk *w, __u64 address)
{
	const struct rgw_range *r = rgw_get_range(w, w->range);
	__u32 low = w->first, high = w->first + w->count;

	if (w->range >= low && w->range < high && rgw_in_range(r, address))
		return r;
	/* As many steps as a list's length has bits. */
	for (int i = 0; i < 17 && low < high; i++) {
		__u32 middle = low + (high - low) / 2;

		r = rgw_get_range(w, middle);
		if (!r)
			return (void *)0;
		if (address < r->start) {
			high = middle;
		} else if (address >= r->end) {
			low = middle + 1;
		} else {
			w->range = middle;
			return r;
		}
	}
	return (void *)0;
}

/* The number of the rule for an offset into a table's code; 0 when there is none. */
RGW_INLINE __u32 rgw_find_row(struct rgw_walk *w, const struct rgw_table *t, __u32 offset)
{
	__u32 low, high, block = offset >> (t->shift & 31);
	__u64 word;

	if (offset >= t->span || rgw_get_word(w, t->first + block, &word))
		return 0;
	low = (__u32)word;
	high = (__u32)(word >> 32);
	for (int i = 0; i < 32 && low < high; i++) {
		__u32 middle = low + (high - low + 1) / 2;

		if (rgw_get_word(w, t->rows + middle, &word))
			return 0;
		if ((__u32)word <= offset)
			low = middle;
		else
			high = middle - 1;
	}
	if (rgw_get_word(w, t->rows + low, &word))
		return 0;
	return (__u32)word <= offset ? (__u32)(word >> 32) : 0;
}

/* Looks up the rule of the walk's place. Returns RGW_END_WALKING or why there is none. */
RGW_INLINE __u32 rgw_find_rule(struct rgw_walk *w, __u64 address)
{
	const struct rgw_range *r = rgw_find_range(w, address);
	const struct rgw_unwind_rule *rule;
	const struct rgw_table *t;
	__u32 number;

	if (!r)
		return RGW_END_NO_MAPPING;
	t = rgw_get_table(w, r->table);
	if (r->table == RGW_TABLE_NONE || !t)
		return RGW_END_NO_ROW;
	number = rgw_find_row(w, t, (__u32)(address - r->start) + r->delta);
	rule = rgw_get_rule(w, number);
	if (!number || !rule)
		return RGW_END_NO_ROW;
	w->rule = *rule;
	return rule->cfa == RGW_CFA_NONE ? RGW_END_NO_ROW : RGW_END_WALKING;
}

/* --- Registers ------------------------------------------------------------------------------ */

RGW_INLINE __u32 rgw_load_fp(struct rgw_walk *w)
{
	if (w->fp_lost)
		return RGW_END_UNSUPPORTED;
	if (!w->fp_at && !w->fp_left)
		w->used |= RGW_USED_FP;
	if (w->fp_at && rgw_read(w, &w->fp, sizeof(w->fp), w->fp_at))
		return RGW_END_UNREADABLE;
	w->fp_at = 0;
	return RGW_END_WALKING;
}

RGW_INLINE __u32 rgw_load_kept(struct rgw_walk *w)
{
	if (w->kept_lost)
		return RGW_END_UNSUPPORTED;
	if (!w->kept_at && !w->kept_left)
		w->used |= RGW_USED_KEPT;
	if (w->kept_at && rgw_read(w, &w->kept, sizeof(w->kept), w->kept_at))
		return RGW_END_UNREADABLE;
	w->kept_at = 0;
	return RGW_END_WALKING;
}

RGW_INLINE __u32 rgw_register(struct rgw_walk *w, __u32 number, __u64 *value)
{
	__u32 end = RGW_END_WALKING;

	if (number == RGW_REG_SP) {
		*value = w->sp;
	} else if (number == RGW_REG_FP) {
		end = rgw_load_fp(w);
		*value = w->fp;
	} else if (number == RGW_REG_KEPT) {
		end = rgw_load_kept(w);
		*value = w->kept;
	} else if (w->innermost && number < RGW_GENERAL && !RGW_ARM64) {
		*value = w->general[number & (RGW_GENERAL - 1)];
		w->used |= RGW_USED_GENERAL;
	} else {
		end = RGW_END_UNSUPPORTED;
	}
	return end;
}

/* --- One frame ------------------------------------------------------------------------------ */

RGW_INLINE __u32 rgw_find_cfa(struct rgw_walk *w, __u64 *cfa)
{
	const struct rgw_unwind_rule *rule = &w->rule;
	__u32 end;

	if (rule->cfa == RGW_CFA_END)
		return RGW_END_ROOT;
	if (rule->cfa == RGW_CFA_PLT) {
		*cfa = w->sp + (__u64)(__s64)rule->cfa_offset +
		       ((w->pc & 15) >= (__u64)(__s64)rule->cfa_offset2 ? 8 : 0);
		return RGW_END_WALKING;
	}
	if (rule->cfa != RGW_CFA_REGISTER && rule->cfa != RGW_CFA_MEMORY)
		return RGW_END_UNSUPPORTED;
	end = rgw_register(w, rule->cfa_reg, cfa);
	if (end != RGW_END_WALKING)
		return end;
	*cfa += (__u64)(__s64)rule->cfa_offset;
	if (rule->cfa == RGW_CFA_REGISTER)
		return RGW_END_WALKING;
	if (rgw_read(w, cfa, sizeof(*cfa), *cfa))
		return RGW_END_UNREADABLE;
	*cfa += (__u64)(__s64)rule->cfa_offset2;
	return RGW_END_WALKING;
}

/* Where a saved value lies; 0 when it is not in memory. */
RGW_INLINE __u32 rgw_saved_at(struct rgw_walk *w, __u32 how, __s32 offset, __u64 cfa, __u64 *at)
{
	*at = 0;
	if (how == RGW_SAVED_CFA)
		*at = cfa + (__u64)(__s64)offset;
	else if (how == RGW_SAVED_SP)
		*at = w->sp + (__u64)(__s64)offset;
	else if (how == RGW_SAVED_FP) {
		__u32 end = rgw_load_fp(w);

		*at = w->fp + (__u64)(__s64)offset;
		return end;
	}
	return RGW_END_WALKING;
}

RGW_INLINE __u32 rgw_return_address(struct rgw_walk *w, __u64 cfa, __u64 *pc)
{
	const struct rgw_unwind_rule *rule = &w->rule;
	__u64 at;
	__u32 end;

	if (rule->ra == RGW_SAVED_REGISTER) {
		/* Whoever called anything has its return address in memory; who was interrupted may not have. */
		if (!w->innermost && !w->exact)
			return RGW_END_UNSUPPORTED;
		return rgw_register(w, (__u32)rule->ra_offset, pc);
	}
	end = rgw_saved_at(w, rule->ra, rule->ra_offset, cfa, &at);
	if (end != RGW_END_WALKING)
		return end;
	if (!at)
		return RGW_END_UNSUPPORTED;
	return rgw_read(w, pc, sizeof(*pc), at) ? RGW_END_UNREADABLE : RGW_END_WALKING;
}

/* The caller's frame pointer and fourth register: found now, read when they are needed. */
RGW_INLINE __u32 rgw_restore(struct rgw_walk *w, __u64 cfa)
{
	const struct rgw_unwind_rule *rule = &w->rule;
	__u64 fp_at, kept_at;
	__u32 end = rgw_saved_at(w, rule->fp, rule->fp_offset, cfa, &fp_at);

	if (end == RGW_END_WALKING)
		end = rgw_saved_at(w, rule->kept, rule->kept_offset, cfa, &kept_at);
	if (end != RGW_END_WALKING)
		return end;
	if (fp_at)
		w->fp_at = fp_at;
	if (rule->fp != RGW_SAVED_SAME) {
		w->fp_lost = !fp_at;
		w->fp_left = 1;
	}
	if (kept_at)
		w->kept_at = kept_at;
	if (rule->kept != RGW_SAVED_SAME) {
		w->kept_lost = !kept_at;
		w->kept_left = 1;
	}
	return RGW_END_WALKING;
}

RGW_INLINE __u32 rgw_unwind_by_rule(struct rgw_walk *w)
{
	int signal = w->rule.flags & RGW_RULE_SIGNAL;
	__u64 cfa = 0, pc = 0;
	__u32 end = rgw_find_cfa(w, &cfa);

	if (end == RGW_END_WALKING)
		end = rgw_return_address(w, cfa, &pc);
	if (end == RGW_END_WALKING)
		end = rgw_restore(w, cfa);
	if (end != RGW_END_WALKING)
		return end;
	/* A handler may run on a stack of its own, anywhere. A leaf function may have no frame on AArch64. */
	if (!signal && (cfa < w->sp || (cfa == w->sp && !w->innermost)))
		return RGW_END_BROKEN;
	if (w->rule.flags & RGW_RULE_SIGNED)
		pc &= (1ULL << 48) - 1;
	w->pc = pc;
	w->sp = cfa;
	w->exact = signal != 0;
	w->innermost = 0;
	w->by_fp = 0;
	return pc ? RGW_END_WALKING : RGW_END_ROOT;
}

/* --- Frame pointers ------------------------------------------------------------------------- */

/*
 * Whether the instruction before an address is a call. What lies where a frame pointer points need not be a frame;
 * a return address has this before it.
 */
RGW_INLINE int rgw_after_call(struct rgw_walk *w, __u64 address)
{
#if RGW_ARM64
	__u32 code;

	if (rgw_read(w, &code, sizeof(code), address - 4))
		return 0;
	/* BL; BLR and its authenticating forms (Arm ARM, C4.1.66) */
	return (code & 0xfc000000) == 0x94000000 || (code & 0xfefff000) == 0xd63f0000;
#else
	__u8 code[8];

	/* CALL rel32; CALL r/m64: FF /2 with 0, 1 (SIB or disp8), 2, 4 or 5 bytes behind ModRM (Intel SDM 2A, CALL) */
	if (rgw_read(w, code, sizeof(code), address - sizeof(code)))
		return 0;
	return code[3] == 0xe8 || (code[6] == 0xff && (code[7] & 0x38) == 0x10) ||
	       (code[5] == 0xff && (code[6] & 0x38) == 0x10) ||
	       (code[4] == 0xff && (code[5] & 0x38) == 0x10) ||
	       (code[2] == 0xff && (code[3] & 0x38) == 0x10) ||
	       (code[1] == 0xff && (code[2] & 0x38) == 0x10);
#endif
}

/*
 * Whether the frame is the program's first. The stack of a program begins with its arguments: who has pushed nothing on them
 * was not called. So begins the code at a file's entry that was written in assembly, without a word of unwind information:
 * the dynamic loader's of glibc, musl's.
 */
RGW_INLINE int rgw_at_top(const struct rgw_walk *w)
{
	return w->top && w->sp <= w->top && w->top - w->sp < RGW_TOP_ALIGN;
}

/* By frame pointer, where no table covers the code. A frame that is none ends the walk: "no row". */
RGW_INLINE __u32 rgw_unwind_by_fp(struct rgw_walk *w)
{
	__u64 frame[2]; /* the caller's frame pointer, the return address */
	__u64 fp;

	if (rgw_at_top(w))
		return RGW_END_ROOT;
	if (rgw_load_fp(w) != RGW_END_WALKING)
		return RGW_END_NO_ROW;
	fp = w->fp;
	/* The chain of frames ends with zero by convention (psABI 3.4.1). */
	if (!fp && w->by_fp)
		return RGW_END_ROOT;
	if (fp < w->sp || (fp & 7) || rgw_read(w, frame, sizeof(frame), fp))
		return RGW_END_NO_ROW;
	if (!frame[1] && w->by_fp)
		return RGW_END_ROOT;
	if (!rgw_find_range(w, frame[1] - 1) || !rgw_after_call(w, frame[1]))
		return RGW_END_NO_ROW;
	w->sp = fp + sizeof(frame);
	w->fp = frame[0];
	w->fp_left = 1;
	w->pc = frame[1];
	w->kept_lost = 1;
	w->exact = 0;
	w->innermost = 0;
	w->by_fp = 1;
	return RGW_END_WALKING;
}

/*
 * Enters the frame the walk stands in, and goes to its caller's. Addresses are entered as they are to be looked up: a
 * return address less one, so that it lies in the call. Where a signal handler returns to nothing was called: rules cover the
 * byte before it for the sake of who takes one off all the same, and names do not.
 */
RGW_INLINE __u32 rgw_walk_step(struct rgw_walk *w, struct rgw_frames *f)
{
	__u64 address = w->exact ? w->pc : w->pc - 1;
	__u32 depth = f->depth, end;

	if (depth >= RGW_USER_DEPTH)
		return RGW_END_TOO_DEEP;
	end = rgw_find_rule(w, address);
	/* A return address that leads nowhere is none. */
	if (end == RGW_END_NO_MAPPING && depth)
		return end;
	f->at[depth] =
		end == RGW_END_WALKING && (w->rule.flags & RGW_RULE_SIGNAL) ? w->pc : address;
	f->depth = (__u16)(depth + 1);
	if (end == RGW_END_NO_ROW)
		return rgw_unwind_by_fp(w);
	return end == RGW_END_WALKING ? rgw_unwind_by_rule(w) : end;
}

#endif
