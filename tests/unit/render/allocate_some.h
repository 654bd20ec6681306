/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_RENDER_ALLOCATE_SOME_H
#define TEST_RENDER_ALLOCATE_SOME_H

#include <stdlib.h>

/* For json_set_alloc_funcs(): how many allocations still succeed. */
static size_t allocations_left;

static inline void *allocate_some(size_t size)
{
	return allocations_left && allocations_left-- ? malloc(size) : NULL;
}

#endif
