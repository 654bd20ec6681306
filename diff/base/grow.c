/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/grow.h"

enum { ROOM_MIN = 16, ARENA_ROOM_MIN = 64 };

/* By half, not double: some of the arrays are large and short-lived. No array is so large that this overflows. */
int rg_grow(void *array, size_t *cap, size_t wanted, size_t size)
{
	size_t more = *cap + *cap / 2 + ROOM_MIN;
	void *held, *grown;

	if (wanted <= *cap)
		return RG_OK;
	if (more < wanted)
		more = wanted;
	if (more > PTRDIFF_MAX / size)
		return RG_ENOMEM;
	/* The pointer has any type: it is copied, as reading it through a void ** would not be allowed. */
	memcpy(&held, array, sizeof(held));
	grown = reallocarray(held, more, size);
	if (!grown)
		return RG_ENOMEM;
	memcpy(array, &grown, sizeof(grown));
	*cap = more;
	/* cppcheck-suppress memleak; the caller's pointer holds it now */
	return RG_OK;
}

int rg_grow_in(struct rg_arena *arena, void *array, size_t *cap, size_t size)
{
	const size_t more = *cap ? 2 * *cap : ARENA_ROOM_MIN;
	void *larger = rg_arena_array(arena, more, size), *left;

	if (!larger)
		return RG_ENOMEM;
	memcpy(&left, array, sizeof(left));
	if (*cap)
		memcpy(larger, left, *cap * size);
	memcpy(array, &larger, sizeof(larger));
	*cap = more;
	return RG_OK;
}
