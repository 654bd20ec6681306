/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RECORDER_ENTRY_H
#define RECORDER_ENTRY_H

/* Assembly with unwind tables of its own: the start of a program without libc, and the return from a signal handler. */

#if defined(__x86_64__)

#ifndef HOSTED
__asm__(".text\n.globl _start\n.type _start,@function\n_start:\n"
	".cfi_startproc\n.cfi_undefined rip\n"
	"xor %ebp, %ebp\nmov %rsp, %rdi\nand $-16, %rsp\ncall begin\nhlt\n"
	".cfi_endproc\n.size _start, .-_start\n");
#endif

/*
 * The registers are in ucontext_t, which the stack pointer points to: rsp at 160, rip 168, rbp 120, rbx 128. The nop is
 * there for unwinders that look up a return address less one.
 */
__asm__(".text\n.cfi_startproc simple\n.cfi_signal_frame\n"
	".cfi_escape 0x0f, 4, 0x77, 0xa0, 0x01, 0x06\n" /* CFA: rsp + 160, dereferenced */
	".cfi_escape 0x10, 16, 3, 0x77, 0xa8, 0x01\n"   /* rip at rsp + 168 */
	".cfi_escape 0x10, 6, 3, 0x77, 0xf8, 0x00\n"    /* rbp at rsp + 120 */
	".cfi_escape 0x10, 3, 3, 0x77, 0x80, 0x01\n"    /* rbx at rsp + 128 */
	"nop\n.globl leave_handler\n.type leave_handler,@function\nleave_handler:\n"
	"mov $15, %eax\nsyscall\n"
	".cfi_endproc\n.size leave_handler, .-leave_handler\n");

/* As vfork() does: the return address is taken off the stack, into a register. */
__asm__(".text\n.globl taken_leaf\n.type taken_leaf,@function\ntaken_leaf:\n"
	".cfi_startproc\n"
	"pop %rdi\n.cfi_adjust_cfa_offset -8\n.cfi_register rip, rdi\n"
	"ud2\n"
	"push %rdi\n.cfi_adjust_cfa_offset 8\n.cfi_offset rip, -8\n"
	"ret\n.cfi_endproc\n.size taken_leaf, .-taken_leaf\n");

#else

#ifndef HOSTED
__asm__(".text\n.globl _start\n.type _start,%function\n_start:\n"
	".cfi_startproc\n.cfi_undefined x30\n"
	"mov x29, #0\nmov x30, #0\nmov x0, sp\nbl begin\nbrk #1\n"
	".cfi_endproc\n.size _start, .-_start\n");
#endif

/* rt_sigframe: siginfo_t, then ucontext_t; sp at 560, pc at 568, x29 at 544, x30 at 552. Column 32 is the pc. */
__asm__(".text\n.cfi_startproc simple\n.cfi_signal_frame\n.cfi_return_column 32\n"
	".cfi_escape 0x0f, 4, 0x8f, 0xb0, 0x04, 0x06\n" /* CFA: sp + 560, dereferenced */
	".cfi_escape 0x10, 32, 3, 0x8f, 0xb8, 0x04\n"   /* pc at sp + 568 */
	".cfi_escape 0x10, 29, 3, 0x8f, 0xa0, 0x04\n"   /* x29 at sp + 544 */
	".cfi_escape 0x10, 30, 3, 0x8f, 0xa8, 0x04\n"   /* x30 at sp + 552 */
	"nop\n.globl leave_handler\n.type leave_handler,%function\nleave_handler:\n"
	"mov x8, #139\nsvc #0\n"
	".cfi_endproc\n.size leave_handler, .-leave_handler\n");

/* A function that calls nobody and has no frame at all: its return address is in x30. */
__asm__(".text\n.globl taken_leaf\n.type taken_leaf,%function\ntaken_leaf:\n"
	".cfi_startproc\nudf #0\nret\n.cfi_endproc\n.size taken_leaf, .-taken_leaf\n");

#endif

void leave_handler(void);
void taken_leaf(void);

#endif
