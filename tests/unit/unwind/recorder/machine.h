/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RECORDER_MACHINE_H
#define RECORDER_MACHINE_H

/* What differs between x86-64 and AArch64: system calls, the context of a signal, and code whose unwind table is its own. */

#include <stdint.h>

#if defined(__x86_64__)

enum {
	NR_READ = 0,
	NR_WRITE = 1,
	NR_SIGACTION = 13,
	NR_GETPID = 39,
	NR_KILL = 62,
	NR_SIGALTSTACK = 131,
	NR_OPENAT = 257,
	NR_EXIT_GROUP = 231,
};

/* Raises SIGILL with the program counter at itself, and all registers as they are. */
#define RECORD_HERE() __asm__ volatile("ud2" ::: "memory")

static inline long call_kernel(long number, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return result;
}

/* By place in ucontext_t.uc_mcontext.gregs, which begins at byte 40. */
static const char *const register_names[] = {"r8",  "r9",  "r10", "r11", "r12", "r13",
					     "r14", "r15", "rdi", "rsi", "rbp", "rbx",
					     "rdx", "rax", "rcx", "sp",  "pc"};
enum {
	CONTEXT_AT = 40,
	CONTEXT_SP = 15,
	MACHINE_REGISTERS = 17,
};
#define MACHINE_NAME "x86-64"

#else

enum {
	NR_OPENAT = 56,
	NR_READ = 63,
	NR_WRITE = 64,
	NR_EXIT_GROUP = 94,
	NR_KILL = 129,
	NR_SIGALTSTACK = 132,
	NR_SIGACTION = 134,
	NR_GETPID = 172,
};

#define RECORD_HERE() __asm__ volatile("udf #0" ::: "memory")

static inline long call_kernel(long number, long a, long b, long c, long d)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;

	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
	return x0;
}

/* By place in ucontext_t.uc_mcontext.regs, which begins at byte 184; NULL: not needed. */
static const char *const register_names[33] = {
	[29] = "x29", [30] = "x30", [31] = "sp", [32] = "pc"};
enum {
	CONTEXT_AT = 184,
	CONTEXT_SP = 31,
	MACHINE_REGISTERS = 33,
};
#define MACHINE_NAME  "aarch64"

#endif

#endif
