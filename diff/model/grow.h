/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_GROW_H
#define RG_MODEL_GROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/*
 * Makes room for one more entry in an array of `count` with room for `cap`; false when out of
 * memory, nothing being changed. By half, not double: the arrays are large and short-lived.
 */
#define RG_GROW(array, cap, count) \
	((count) < (cap) || rg_grow((void **)&(array), &(cap), sizeof(*(array))))

static inline bool rg_grow(void **array, size_t *cap, size_t size)
{
	size_t wanted = *cap + *cap / 2 + 16;
	void *grown = reallocarray(*array, wanted, size);

	if (!grown)
		return false;
	*array = grown;
	*cap = wanted;
	return true;
}

#endif
