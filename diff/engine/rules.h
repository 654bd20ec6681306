/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_RULES_H
#define RG_ENGINE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_alignment;
struct rg_arena;
struct rg_buf;
struct rg_err;
struct rg_policy;

/* What a row may do: the policy's limits, or those of the pattern that names it. */
struct rg_row_rule {
	const char *pattern; /* as the policy has it; NULL: none */
	bool ignored;        /* not judged at all */
	double growth, limit, min_share;
};

struct rg_rules {
	struct rg_row_rule general, total;
	const struct rg_row_rule *special;
	const uint16_t *of_row; /* 0: general; n: special[n - 1]. NULL: general for all */
};

/* Those of all rows alike, and of the total. NULL when out of memory. */
const struct rg_rules *rg_rules_general(const struct rg_policy *policy, struct rg_arena *arena);

/* Those of the alignment's rows; borrows the policy's texts. */
int rg_rules_make(const struct rg_rules **out, const struct rg_alignment *alignment,
		  const struct rg_policy *policy, struct rg_arena *arena, struct rg_err *err);

static inline const struct rg_row_rule *rg_row_rule_of(const struct rg_rules *rules, size_t row)
{
	uint16_t index = rules->of_row ? rules->of_row[row] : 0;

	return index ? &rules->special[index - 1] : &rules->general;
}

#endif
