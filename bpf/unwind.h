/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BPF_UNWIND_H
#define BPF_UNWIND_H

/*
 * Unwind rules as both sides read them: what call-frame information (.eh_frame, .debug_frame; DWARF 5, 6.4) says of
 * an instruction, in a form that is walked without interpreting anything.
 *
 * A walk follows four registers: the program counter, the stack pointer, the frame pointer, and one more that code
 * of the architecture uses to find its frame: rbx on x86-64 (_dl_runtime_resolve), the link register x30 on AArch64.
 * Others are known in the innermost frame only.
 */

#include <linux/types.h>

/* DWARF register numbers: System V ABI, AMD64 supplement, figure 3.36; DWARF for the Arm 64-bit architecture, 4.1. */
enum {
	RGW_X86_RBX = 3,
	RGW_X86_RDI = 5,
	RGW_X86_RBP = 6,
	RGW_X86_RSP = 7,
	RGW_X86_RA = 16, /* the return address column */
	RGW_ARM_X29 = 29,
	RGW_ARM_X30 = 30,
	RGW_ARM_SP = 31,
};

/* How the canonical frame address (CFA) is found: the caller's stack pointer. */
enum rgw_cfa {
	RGW_CFA_NONE = 0, /* no rule covers the instruction */
	RGW_CFA_REGISTER, /* cfa_reg + cfa_offset */
	RGW_CFA_MEMORY,   /* what is stored at cfa_reg + cfa_offset, plus cfa_offset2 */
	RGW_CFA_PLT, /* sp + cfa_offset, and 8 more from byte cfa_offset2 of a 16-byte stub on */
	RGW_CFA_END, /* the outermost frame: the return address is undefined */
	RGW_CFA_UNSUPPORTED /* a rule that cannot be expressed here */
};

/* Where the caller's value of a register, or the return address, is. */
enum rgw_saved {
	RGW_SAVED_SAME = 0, /* in the register still (for the return address: not valid) */
	RGW_SAVED_CFA,      /* stored at CFA + offset */
	RGW_SAVED_SP,       /* stored at the stack pointer + offset (signal frames) */
	RGW_SAVED_FP,       /* stored at the frame pointer + offset (realigned stacks) */
	RGW_SAVED_REGISTER, /* in another register, whose number is the offset */
	RGW_SAVED_LOST,     /* not to be known: an error only if it is needed further out */
};

enum {
	RGW_RULE_SIGNAL = 1, /* the caller was interrupted, it did not call: its PC is exact */
	RGW_RULE_SIGNED = 2, /* the return address is signed (AArch64 pointer authentication) */
};

/* One rule. Rules are shared by all rows that say the same, over all files. */
struct rgw_unwind_rule {
	__u8 cfa;     /* enum rgw_cfa */
	__u8 cfa_reg; /* DWARF number */
	__u8 fp;      /* enum rgw_saved, of the frame pointer (rbp, x29), */
	__u8 kept;    /* of the fourth register (rbx, x30), */
	__u8 ra;      /* and of the return address */
	__u8 flags;   /* RGW_RULE_* */
	__u16 pad;
	__s32 cfa_offset, cfa_offset2;
	__s32 fp_offset, kept_offset, ra_offset;
	__u32 pad2;
};

_Static_assert(sizeof(struct rgw_unwind_rule) == 32, "wire layout");

#endif
