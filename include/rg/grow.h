/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_GROW_H
#define RG_GROW_H

#include <stddef.h>

struct rg_arena;

/*
 * Arrays that grow: a pointer, NULL to begin with, and a size_t that says how many elements there is room for. The
 * elements are moved as they are, what is new is not initialised, and whoever has the pointer frees it.
 */

/*
 * Makes room for one more element behind the first `count`. Returns 0, or RG_ENOMEM with all as it was.
 * `cap` and `count` are evaluated more than once.
 */
#define RG_GROW(array, cap, count) \
	((count) < (cap) ? 0 : RG_GROW_TO(array, cap, (size_t)(count) + 1))

/* The same for `wanted` elements in all. */
#define RG_GROW_TO(array, cap, wanted) rg_grow((void *)&(array), &(cap), (wanted), sizeof(*(array)))

/*
 * RG_GROW() of an array in an arena, which frees it; what is new is zero. It is doubled, so that what is left behind adds
 * up to no more than what is kept.
 */
#define RG_GROW_IN(arena, array, cap, count) \
	((count) < (cap) ? 0 : rg_grow_in((arena), (void *)&(array), &(cap), sizeof(*(array))))

/* What the macros call: `array` is where the pointer is, `size` an element's. */
int rg_grow(void *array, size_t *cap, size_t wanted, size_t size);
int rg_grow_in(struct rg_arena *arena, void *array, size_t *cap, size_t size);

#endif
