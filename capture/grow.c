/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grow.h"

#include "rg/err.h"

#include <stdlib.h>

int rg_grow(void **array, size_t wanted, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap : 32;
	void *grown;

	if (wanted <= *cap)
		return 0;
	while (more < wanted)
		more *= 2;
	grown = reallocarray(*array, more, size);
	if (!grown)
		return RG_ENOMEM;
	*array = grown;
	*cap = more;
	return 0;
}
