/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sigreturn.h"

#include <string.h>
#include <unistd.h>

#include "../elf/image.h"

/* mov $15, %rax (rt_sigreturn: arch/x86/entry/syscalls/syscall_64.tbl); syscall */
static const uint8_t instructions[] = {0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05};

/* With what may be behind them: a trap, and padding to the next function. */
enum { SIZE_MAX_BYTES = 64 };

/*
 * The stack pointer is at struct ucontext then, the handler having taken the return address off; its mcontext is at 40 and
 * has r8–r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp and rip (arch/x86/include/uapi/asm/sigcontext.h, ucontext.h; struct
 * rt_sigframe in asm/sigframe.h).
 */
enum {
	FRAME_REGISTERS = 40,
	FRAME_RBP = FRAME_REGISTERS + 8 * 10,
	FRAME_RBX = FRAME_REGISTERS + 8 * 11,
	FRAME_RSP = FRAME_REGISTERS + 8 * 15,
	FRAME_RIP = FRAME_REGISTERS + 8 * 16,
};

bool rg_sigreturn_is(const struct rg_image *image, uint64_t start, uint64_t end)
{
	const struct rg_segment *code = rg_image_segment(image, start);
	uint8_t bytes[sizeof(instructions)];
	off_t offset;

	if (image->fd < 0 || !code || end < start || end - start < sizeof(instructions) ||
	    end - start > SIZE_MAX_BYTES)
		return false;
	offset = (off_t)(code->offset + (start - code->address));
	return pread(image->fd, bytes, sizeof(bytes), offset) == (ssize_t)sizeof(bytes) &&
	       memcmp(bytes, instructions, sizeof(bytes)) == 0;
}

struct rgw_unwind_rule rg_sigreturn_rule(void)
{
	return (struct rgw_unwind_rule){
		.cfa = RGW_CFA_MEMORY,
		.cfa_reg = RGW_X86_RSP,
		.cfa_offset = FRAME_RSP,
		.fp = RGW_SAVED_SP,
		.fp_offset = FRAME_RBP,
		.kept = RGW_SAVED_SP,
		.kept_offset = FRAME_RBX,
		.ra = RGW_SAVED_SP,
		.ra_offset = FRAME_RIP,
		.flags = RGW_RULE_SIGNAL,
	};
}
