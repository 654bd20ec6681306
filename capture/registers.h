/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_REGISTERS_H
#define CAPTURE_REGISTERS_H

#include "unwind/walker.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What a walk begins with, from registers and top as the kernel side hands them over (struct rgw_sleeper, bpf/wire.h). */
static inline struct rg_walk_registers rg_walk_registers_from(const __u64 from[33], uint64_t top,
							      bool returned)
{
	struct rg_walk_registers r = {.top = top, .returned = returned};

#if defined(__aarch64__)
	r.fp = from[RGW_ARM_X29];
	r.kept = from[RGW_ARM_X30];
	r.sp = from[RGW_ARM_SP];
	r.pc = from[RGW_ARM_SP + 1];
#else
	memcpy(r.general, from, sizeof(r.general));
	r.kept = from[RGW_X86_RBX];
	r.fp = from[RGW_X86_RBP];
	r.sp = from[RGW_X86_RSP];
	r.pc = from[RGW_X86_RA];
#endif
	return r;
}

#endif
