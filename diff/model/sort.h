/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_SORT_H
#define RG_MODEL_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Negative, 0 or positive as the entry of id `a` comes before, with or after that of `b`. */
typedef int (*rg_sort_compare_fn)(const void *ctx, uint32_t a, uint32_t b);

/*
 * Sorts ids, stably, in O(n log n) comparisons whatever the input (profiles are hostile: no
 * quicksort), O(n) when it is sorted already. `scratch` has room for `count` ids.
 */
void rg_sort_ids(uint32_t *ids, uint32_t *scratch, size_t count, rg_sort_compare_fn compare,
		 const void *ctx);

/*
 * Sorts ids, stably, by a number each: key[id] < keys. O(count + keys). `scratch` has room for
 * `count` ids, `starts` for keys + 1 numbers.
 */
void rg_sort_by_key(uint32_t *ids, uint32_t *scratch, size_t count, const uint32_t *key,
		    uint32_t *starts, size_t keys);

#endif
