/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judgement.h"

#include "rg/err.h"

int rg_judgement_make(struct rg_judgement *out, const struct rg_table *table,
		      const struct rg_policy *policy, const struct rg_scope *scope,
		      struct rg_arena *arena, struct rg_err *err)
{
	struct rg_ranks ranks;

	*out = (struct rg_judgement){
		.rules = scope->rules ? scope->rules : rg_rules_general(policy, arena),
		.total = {.row = RG_ROW_TOTAL, .tested = scope->total, .p = 1},
		.pass_level = rg_look_pass_level(policy),
		.outcome = RG_OUTCOME_UNDECIDED,
	};
	if (!out->rules)
		return rg_err_nomem(err, "diff");
	out->total.rule = &out->rules->total;
	int code = rg_ranks_make(&ranks, table, out->rules, arena, err);

	if (code)
		return code;
	code = rg_family_make(out, table, &ranks, policy->top_k, scope->shown, arena, err);
	if (code)
		return code;
	code = rg_fit_make(&out->fit, table, ranks.judged, ranks.judged_count, policy->prior_cv,
			   arena, err);
	if (code)
		return code;
	if (policy->rule == RG_RULE_STATISTICAL)
		return rg_decide_statistical(out, policy, arena, err);
	rg_decide_literal(out, policy);
	return 0;
}
