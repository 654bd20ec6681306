/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_JOIN_FACTS_H
#define MODEL_JOIN_FACTS_H

#include <stddef.h>

struct rg_err;
struct rg_profile;
struct rg_profile_builder;

/* The facts of the whole that the parts are of. RG_ENOMEM, RG_ELIMIT for a sum that is too large. */
int rg_join_facts(const struct rg_profile *const *part, size_t count, struct rg_profile_builder *to,
		  struct rg_err *err);

#endif
