/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules.h"

#include "align.h"

#include "rg/arena.h"
#include "rg/diff.h"
#include "rg/err.h"
#include "rg/policy.h"

_Static_assert(2 * RG_POLICY_LIST_MAX < UINT16_MAX, "the rules of both lists are numbered");

/* What a rule matches. */
struct matcher {
	const char *function, *module; /* patterns; module NULL: any */
};

/* Rules being made, those to ignore first: to ignore goes before any limit. */
struct making {
	const struct rg_policy *policy;
	struct matcher *matcher;
	struct rg_row_rule *rule;
	size_t count;
	struct rg_arena *arena;
};

static int add(struct making *making, const char *function, const char *module,
	       const struct rg_row_rule *rule)
{
	struct matcher *matcher = &making->matcher[making->count];

	matcher->function = rg_canon_pattern(function, rg_canon_name, making->arena);
	matcher->module = rg_canon_pattern(module, rg_canon_module, making->arena);
	if (!matcher->function || (module && !matcher->module))
		return RG_ENOMEM;
	making->rule[making->count++] = *rule;
	return 0;
}

static double own_or(double own, double general)
{
	return own < 0 ? general : own;
}

static int add_all(struct making *making, const struct rg_row_rule *general)
{
	const struct rg_policy *policy = making->policy;
	int code = 0;

	for (size_t i = 0; !code && i < policy->ignore_count; i++) {
		struct rg_row_rule rule = *general;

		rule.pattern = policy->ignore[i];
		rule.ignored = true;
		code = add(making, policy->ignore[i], NULL, &rule);
	}
	for (size_t i = 0; !code && i < policy->function_count; i++) {
		const struct rg_policy_function *own = &policy->functions[i];
		const struct rg_row_rule rule = {
			.pattern = own->match,
			.growth = own_or(own->growth, general->growth),
			.limit = own_or(own->limit, general->limit),
			.min_share = own_or(own->min_share, general->min_share),
		};

		code = add(making, own->match, own->module, &rule);
	}
	return code;
}

/* The number of the first rule that matches, from 1; 0: none does. */
static uint16_t find(const struct making *making, const struct rg_function *function)
{
	for (size_t i = 0; i < making->count; i++) {
		const struct matcher *matcher = &making->matcher[i];

		if (rg_pattern_match(matcher->function, function->key) &&
		    (!matcher->module || rg_pattern_match(matcher->module, function->module)))
			return (uint16_t)(i + 1);
	}
	return 0;
}

static struct rg_rules *rules_new(const struct rg_policy *policy, struct rg_arena *arena)
{
	struct rg_rules *rules = rg_arena_alloc(arena, sizeof(*rules));

	if (!rules)
		return NULL;
	rules->general = (struct rg_row_rule){
		.growth = policy->growth,
		.limit = policy->limit,
		.min_share = policy->min_share,
	};
	rules->total = (struct rg_row_rule){.growth = policy->total_growth, .limit = policy->limit};
	return rules;
}

const struct rg_rules *rg_rules_general(const struct rg_policy *policy, struct rg_arena *arena)
{
	return rules_new(policy, arena);
}

int rg_rules_make(const struct rg_rules **out, const struct rg_alignment *alignment,
		  const struct rg_policy *policy, struct rg_arena *arena, struct rg_err *err)
{
	const size_t most = policy->ignore_count + policy->function_count;
	struct making making = {
		.policy = policy,
		.matcher = rg_arena_array(arena, most + 1, sizeof(*making.matcher)),
		.rule = rg_arena_array(arena, most + 1, sizeof(*making.rule)),
		.arena = arena,
	};
	struct rg_rules *rules = rules_new(policy, arena);
	uint16_t *of_row;

	if (!rules || !making.matcher || !making.rule || add_all(&making, &rules->general))
		return rg_err_nomem(err, "diff");
	*out = rules;
	if (most == 0)
		return 0;
	of_row = rg_arena_array(arena, alignment->table.rows + 1, sizeof(*of_row));
	if (!of_row)
		return rg_err_nomem(err, "diff");
	for (size_t row = 0; row < alignment->table.rows; row++)
		of_row[row] = find(&making, &alignment->function[row]);
	rules->special = making.rule;
	rules->of_row = of_row;
	return 0;
}
