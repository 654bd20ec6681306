/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kinship.h"

#include <string.h>

const struct rg_kinship *rg_kinship_of(const struct rg_kinships *kinships,
				       const struct rg_function *from, const struct rg_function *to)
{
	for (size_t i = 0; kinships && i < kinships->count; i++) {
		const struct rg_kinship *kinship = &kinships->list[i];

		if (strcmp(kinship->from, from->key) == 0 && strcmp(kinship->to, to->key) == 0)
			return kinship;
	}
	return NULL;
}
