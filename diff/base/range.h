/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BASE_RANGE_H
#define RG_BASE_RANGE_H

#include <stddef.h>
#include <stdint.h>

/* Code points first to last, both included. Tables of them are sorted and do not overlap. */
struct rg_range {
	uint32_t first, last;
};

#define RG_RANGE_COUNT(table) (sizeof(table) / sizeof((table)[0]))

static inline int rg_range_has(const struct rg_range *table, size_t count, uint32_t codepoint)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (codepoint > table[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && codepoint >= table[low].first;
}

#endif
