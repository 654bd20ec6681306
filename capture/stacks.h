/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_STACKS_H
#define CAPTURE_STACKS_H

#include "../bpf/wire.h"

#include <stddef.h>
#include <stdint.h>

struct rg_err;

/*
 * The samples of a capture as addresses: each distinct stack of an image once, and how often it was
 * seen in which slice and thread. Names come later, when the window is over.
 */
struct rg_stacks;

/*
 * Kernel addresses first, leaf first, all but the first of them return addresses; then user addresses, each inside the
 * instruction that was executed.
 */
struct rg_raw_stack {
	const uint64_t *address;
	uint16_t kernel_depth, user_depth;
	uint8_t end; /* enum rgw_end, of the user part */
	rgw_image_id image;
};

struct rg_raw_sample {
	uint64_t count; /* of waits: thousandths */
	uint64_t ns;    /* of waits */
	uint32_t stack; /* index */
	uint32_t slice;
	uint32_t wait; /* RGW_WAIT_…; 0: on the CPU */
	char comm[RGW_COMM_SIZE + 1];
};

struct rg_stacks *rg_stacks_new(void);
void rg_stacks_free(struct rg_stacks *stacks);

/*
 * A sample from the kernel's table. Returns 0, RG_ENOMEM, RG_ELIMIT beyond what a profile may hold, or RG_EIO for
 * depths that no sample has.
 */
int rg_stacks_add(struct rg_stacks *stacks, const struct rgw_sample_key *key,
		  const struct rgw_sample *sample, struct rg_err *err);

const struct rg_raw_stack *rg_stacks_get(const struct rg_stacks *stacks, size_t *count);
const struct rg_raw_sample *rg_stacks_samples(const struct rg_stacks *stacks, size_t *count);

#endif
