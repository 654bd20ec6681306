/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "latest.h"
#include "timeline.h"

#include "rg/err.h"

#include <stdlib.h>

/* The first place that is not below it. */
static size_t find_place(const uint64_t *places, size_t count, uint64_t address)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (places[middle] < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int by_address(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* All beginnings and ends, each once. */
static size_t gather_places(uint64_t *places, const struct rg_timeline_range *ranges, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		places[2 * i] = ranges[i].start;
		places[2 * i + 1] = ranges[i].end;
	}
	qsort(places, 2 * count, sizeof(*places), by_address);
	for (size_t i = 0; i < 2 * count; i++)
		if (!kept || places[kept - 1] != places[i])
			places[kept++] = places[i];
	return kept;
}

/* From there on the first place that no range has yet. */
static size_t next_free(uint32_t *next, size_t at)
{
	while (next[at] != at) {
		next[at] = next[next[at]];
		at = next[at];
	}
	return at;
}

/* The latest first: each takes what none after it has, and no place is come to twice. */
static void assign(struct rg_latest *latest, uint32_t *next, const struct rg_timeline_range *ranges,
		   size_t count)
{
	for (size_t i = 0; i <= latest->count; i++)
		next[i] = (uint32_t)i;
	for (size_t i = 0; i < latest->count; i++)
		latest->range[i] = RG_LATEST_NONE;
	for (size_t i = count; i-- > 0;) {
		const size_t end = find_place(latest->from, latest->count, ranges[i].end);
		size_t at = find_place(latest->from, latest->count, ranges[i].start);

		for (at = next_free(next, at); at < end; at = next_free(next, at)) {
			latest->range[at] = (uint32_t)i;
			next[at] = (uint32_t)at + 1;
		}
	}
}

int rg_latest_make(struct rg_latest *out, const struct rg_timeline_range *ranges, size_t count)
{
	struct rg_latest latest = {0};
	uint32_t *next;

	/* Numbers of places, and one behind them. */
	if (count >= UINT32_MAX / 2)
		return RG_ENOMEM;
	latest.from = reallocarray(NULL, 2 * count + 1, sizeof(*latest.from));
	latest.range = reallocarray(NULL, 2 * count + 1, sizeof(*latest.range));
	next = reallocarray(NULL, 2 * count + 1, sizeof(*next));
	if (!latest.from || !latest.range || !next) {
		rg_latest_done(&latest);
		free(next);
		return RG_ENOMEM;
	}
	latest.count = gather_places(latest.from, ranges, count);
	assign(&latest, next, ranges, count);
	free(next);
	*out = latest;
	return 0;
}

void rg_latest_done(struct rg_latest *latest)
{
	free(latest->from);
	free(latest->range);
	*latest = (struct rg_latest){0};
}

uint32_t rg_latest_at(const struct rg_latest *latest, uint64_t address)
{
	size_t at = find_place(latest->from, latest->count, address);

	/* The place itself is its own range's, any other address is the one's before it. */
	if (at < latest->count && latest->from[at] == address)
		return latest->range[at];
	return at ? latest->range[at - 1] : RG_LATEST_NONE;
}
