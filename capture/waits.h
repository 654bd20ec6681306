/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_WAITS_H
#define CAPTURE_WAITS_H

#include "../bpf/wire.h"

#include <stddef.h>
#include <stdint.h>

struct rg_err;
struct rg_stacks;

/* The class of a wait (RG_WAIT_… of rg/profile.h), from what the kernel side says of it (RGW_WAIT_… of bpf/wire.h). */
const char *rg_wait_class(uint32_t wait);

/* Enters a wait [start_ns, end_ns) in each slice it spans. key.slice and sample.ns are not read. */
struct rg_wait_window {
	uint64_t start_ns, end_ns, slice_ns;
};
int rg_waits_enter(struct rg_stacks *stacks, const struct rg_wait_window *window,
		   const struct rgw_long_wait *wait, struct rg_err *err);

/* The numbers of the system calls whose class is RG_WAIT_POLL: at most `size`, the rest is filled up with -1. */
void rg_wait_poll_calls(int32_t *numbers, size_t size);

#endif
