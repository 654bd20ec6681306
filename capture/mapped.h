/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_MAPPED_H
#define CAPTURE_MAPPED_H

#include "../bpf/wire.h"

#include <stddef.h>
#include <stdint.h>

/* What a process has mapped where: ranges by address, without overlap. All zero: nothing. */
struct rg_mapped {
	struct rgw_range *range;
	size_t count, cap;
};

/* A mapping covers what was there before. Returns 0 or RG_ENOMEM. */
int rg_mapped_add(struct rg_mapped *mapped, const struct rgw_range *range);
/* What a child has of its parent. Returns 0 or RG_ENOMEM. */
int rg_mapped_copy(struct rg_mapped *to, const struct rg_mapped *from);
/* The range an address is in, or NULL. */
const struct rgw_range *rg_mapped_find(const struct rg_mapped *mapped, uint64_t address);
void rg_mapped_done(struct rg_mapped *mapped);

#endif
