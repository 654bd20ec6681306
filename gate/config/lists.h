/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LISTS_H
#define LISTS_H

#include "keys.h"

/* A list as it was read before. */
struct list {
	const void *old;
	size_t old_count, size; /* of an element */
};

/*
 * A longer list in the arena: room for the array's elements, and the old ones copied to `at`, counted in
 * elements. NULL, and *rc set, when the array is none or too long, or memory is.
 */
void *list_grow(const struct reader *reader, const struct where_path *path, const json_t *value,
		const struct key_type *type, const struct list *list, size_t at, int *rc);

#endif
