/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "sort.h"

struct run {
	const uint32_t *at, *end;
};

static void merge(uint32_t *out, struct run left, struct run right, rg_sort_compare_fn compare,
		  const void *ctx)
{
	while (left.at < left.end && right.at < right.end) {
		if (compare(ctx, *right.at, *left.at) < 0)
			*out++ = *right.at++;
		else
			*out++ = *left.at++;
	}
	while (left.at < left.end)
		*out++ = *left.at++;
	while (right.at < right.end)
		*out++ = *right.at++;
}

/* Merges neighbouring sorted runs of `width` ids in place, by way of scratch. */
static void merge_pass(uint32_t *ids, uint32_t *scratch, size_t count, size_t width,
		       rg_sort_compare_fn compare, const void *ctx)
{
	for (size_t first = 0; count - first > width;) {
		size_t rest = count - first - width;
		size_t len = width + (rest < width ? rest : width);
		uint32_t *run = ids + first;

		if (compare(ctx, run[width], run[width - 1]) < 0) {
			memcpy(scratch, run, len * sizeof(*run));
			merge(run, (struct run){scratch, scratch + width},
			      (struct run){scratch + width, scratch + len}, compare, ctx);
		}
		first += len;
	}
}

void rg_sort_ids(uint32_t *ids, uint32_t *scratch, size_t count, rg_sort_compare_fn compare,
		 const void *ctx)
{
	for (size_t width = 1; width < count; width *= 2)
		merge_pass(ids, scratch, count, width, compare, ctx);
}

void rg_sort_by_key(uint32_t *ids, uint32_t *scratch, size_t count, const uint32_t *key,
		    uint32_t *starts, size_t keys)
{
	memset(starts, 0, (keys + 1) * sizeof(*starts));
	for (size_t i = 0; i < count; i++)
		starts[key[ids[i]] + 1]++;
	for (size_t k = 1; k < keys; k++)
		starts[k] += starts[k - 1];
	for (size_t i = 0; i < count; i++)
		scratch[starts[key[ids[i]]]++] = ids[i];
	memcpy(ids, scratch, count * sizeof(*ids));
}
