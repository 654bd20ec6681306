/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ranges.h"

#include <stdlib.h>

#include "rg/err.h"
#include "rg/grow.h"
#include "cfi.h"

static int add_range(struct rg_ranges *ranges, uint64_t start, uint64_t end)
{
	if (RG_GROW(ranges->items, ranges->cap, ranges->count))
		return RG_ENOMEM;
	ranges->items[ranges->count++] = (struct rg_range){.start = start, .end = end};
	return 0;
}

static int compare_ranges(const void *left, const void *right)
{
	const struct rg_range *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->end > b->end) - (a->end < b->end);
}

int rg_ranges_load(struct rg_ranges *ranges, const struct rg_image *image)
{
	struct rg_cfi_entry entry;
	struct rg_cfi cfi;

	if (!rg_cfi_open(&cfi, image, RG_CFI_EH_FRAME))
		return 0;
	while (rg_cfi_next(&cfi, &entry))
		if (add_range(ranges, entry.start, entry.end) < 0)
			return RG_ENOMEM;
	if (ranges->count > 0)
		qsort(ranges->items, ranges->count, sizeof(*ranges->items), compare_ranges);
	return 0;
}

const struct rg_range *rg_ranges_before(const struct rg_ranges *ranges, uint64_t address)
{
	size_t low = 0, high = ranges->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ranges->items[mid].start <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low > 0 ? &ranges->items[low - 1] : NULL;
}

void rg_ranges_done(struct rg_ranges *ranges)
{
	free(ranges->items);
	*ranges = (struct rg_ranges){0};
}
