/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mapped.h"

#include "rg/err.h"
#include "rg/grow.h"

#include <stdlib.h>
#include <string.h>

static void move_start(struct rgw_range *range, uint64_t start)
{
	range->delta += (uint32_t)(start - range->start);
	range->start = start;
}

/* Takes [start, end) out of what is mapped. There is room for one range more, when it falls inside one. */
static void cut(struct rg_mapped *mapped, uint64_t start, uint64_t end)
{
	size_t kept = 0;

	for (size_t i = 0; i < mapped->count; i++) {
		struct rgw_range range = mapped->range[i];

		if (range.start < start && range.end > end) {
			memmove(&mapped->range[i + 2], &mapped->range[i + 1],
				(mapped->count - i - 1) * sizeof(range));
			mapped->range[i].end = start;
			mapped->range[i + 1] = range;
			move_start(&mapped->range[i + 1], end);
			mapped->count++;
			return;
		}
		if (range.start >= start && range.end <= end)
			continue;
		if (range.start < end && range.start >= start)
			move_start(&range, end);
		else if (range.end > start && range.end <= end)
			range.end = start;
		mapped->range[kept++] = range;
	}
	mapped->count = kept;
}

int rg_mapped_add(struct rg_mapped *mapped, const struct rgw_range *range)
{
	size_t at = 0;

	if (RG_GROW_TO(mapped->range, mapped->cap, mapped->count + 2))
		return RG_ENOMEM;
	cut(mapped, range->start, range->end);
	while (at < mapped->count && mapped->range[at].start < range->start)
		at++;
	memmove(&mapped->range[at + 1], &mapped->range[at], (mapped->count - at) * sizeof(*range));
	mapped->range[at] = *range;
	mapped->count++;
	return 0;
}

int rg_mapped_copy(struct rg_mapped *to, const struct rg_mapped *from)
{
	to->count = 0;
	if (RG_GROW_TO(to->range, to->cap, from->count))
		return RG_ENOMEM;
	if (from->count)
		memcpy(to->range, from->range, from->count * sizeof(*to->range));
	to->count = from->count;
	return 0;
}

const struct rgw_range *rg_mapped_find(const struct rg_mapped *mapped, uint64_t address)
{
	for (size_t i = 0; i < mapped->count; i++)
		if (address >= mapped->range[i].start && address < mapped->range[i].end)
			return &mapped->range[i];
	return NULL;
}

void rg_mapped_done(struct rg_mapped *mapped)
{
	free(mapped->range);
	*mapped = (struct rg_mapped){0};
}
