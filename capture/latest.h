/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_LATEST_H
#define CAPTURE_LATEST_H

#include <stddef.h>
#include <stdint.h>

struct rg_timeline_range;

#define RG_LATEST_NONE UINT32_MAX

/*
 * Of ranges that were mapped one after the other, each over what was there, the one that an address is in now: found in a time
 * that grows with their number's logarithm. Zero-initialise.
 */
struct rg_latest {
	uint64_t *from;  /* where another range begins to be the latest, in order */
	uint32_t *range; /* which one, by its number, or RG_LATEST_NONE */
	size_t count;
};

/* Returns 0 or RG_ENOMEM. The ranges are not kept. */
int rg_latest_make(struct rg_latest *out, const struct rg_timeline_range *ranges, size_t count);
void rg_latest_done(struct rg_latest *latest);

/* The number of the latest range that has the address, or RG_LATEST_NONE. */
uint32_t rg_latest_at(const struct rg_latest *latest, uint64_t address);

#endif
