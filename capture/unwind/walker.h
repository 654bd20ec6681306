/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_UNWIND_WALKER_H
#define CAPTURE_UNWIND_WALKER_H

#include "../../bpf/unwind.h"
#include "../../bpf/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_tables;
struct rg_unwind_arrays;

/*
 * The kernel side's walk (bpf/walk.h), run here: over a thread that is stopped or asleep, or over a recorded stack.
 */

/* The registers a walk begins with. x86-64: general[] by DWARF number; kept is rbx. AArch64: kept is x30. */
struct rg_walk_registers {
	uint64_t pc, sp, fp, kept;
	uint64_t general[16];
	uint64_t top;  /* the stack pointer as the program began; 0: not known */
	bool returned; /* pc is behind the instruction that is under way: a system call's */
};

struct rg_walker {
	const struct rg_unwind_arrays *arrays;
	const struct rg_tables *tables;
	/* Reads the target's memory; 0 on success. */
	int (*read)(void *ctx, void *to, size_t size, uint64_t address);
	void *ctx;
};

/* Walks with the ranges of a space. frames->end says how it ended. */
void rg_walk(const struct rg_walker *walker, struct rgw_space space,
	     const struct rg_walk_registers *registers, struct rgw_frames *frames);
/* The same by AArch64's rules, on any host. */
void rg_walk_arm64(const struct rg_walker *walker, struct rgw_space space,
		   const struct rg_walk_registers *registers, struct rgw_frames *frames);

#endif
