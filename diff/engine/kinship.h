/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_KINSHIP_H
#define RG_ENGINE_KINSHIP_H

#include "align.h"

#include "rg/diff.h"

/* What the sources say of two functions; NULL: nothing. `kinships` may be NULL. */
const struct rg_kinship *rg_kinship_of(const struct rg_kinships *kinships,
				       const struct rg_function *from,
				       const struct rg_function *to);

#endif
