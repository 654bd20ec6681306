/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge.h"
#include "accept.h"
#include "basis.h"
#include "counterparts.h"
#include "moved.h"
#include "placed.h"
#include "renames.h"
#include "replaced.h"

#include "rg/arena.h"
#include "rg/err.h"

static int report_sides(struct rg_judging *judging, struct rg_err *err)
{
	struct rg_verdict *verdict = judging->verdict;
	const struct rg_table *table = &judging->alignment.table;
	struct rg_side_fact scenario =
		rg_side_fact(&judging->set, RG_END_CANARY, RG_KEY_SCENARIO, NULL, verdict->arena);

	if (!scenario.text)
		return rg_err_nomem(err, "diff");
	verdict->scenario = scenario.text;
	verdict->work_unit = rg_work_unit(&judging->set, verdict->arena);
	if (!verdict->work_unit)
		return rg_err_nomem(err, "diff");
	int code = rg_report_side(&verdict->base, &judging->set, RG_END_BASE, table, verdict->arena,
				  err);

	return code ? code
		    : rg_report_side(&verdict->canary, &judging->set, RG_END_CANARY, table,
				     verdict->arena, err);
}

/* The seed rule knows functions by their names. */
static int align_callers(struct rg_judging *judging, struct rg_err *err)
{
	int code = rg_align_callers(&judging->callers.alignment, &judging->set,
				    rg_basis_spread(&judging->verdict->policy,
						    judging->verdict->basis),
				    &judging->alignment, judging->scratch, err);

	return code ? code
		    : rg_renames_join(&judging->alignment, &judging->callers.alignment,
				      &judging->set, judging->kinships, judging->scratch, err);
}

static bool every_run_has_samples(const struct rg_judging *judging)
{
	const struct rg_run_set *set = &judging->set;

	for (size_t i = 0; i < rg_run_set_count(set); i++) {
		if (set->run[i].samples == 0)
			return false;
	}
	return set->count[RG_END_BASE] > 0 && set->count[RG_END_CANARY] > 0;
}

static int explain_moved(struct rg_judging *judging, struct rg_err *err)
{
	const struct rg_moved_source source = {
		.set = &judging->set,
		.alignment = &judging->alignment,
		.callers = &judging->callers.alignment,
		.kinships = judging->kinships,
	};

	return rg_moved_explain(&judging->judgement, &source, judging->scratch, err);
}

static int explain_placed(struct rg_judging *judging, struct rg_err *err)
{
	const struct rg_placed_source source = {
		.set = &judging->set,
		.alignment = &judging->alignment,
		.callers = &judging->callers.alignment,
	};

	return rg_placed_find(&judging->judgement, &source, err);
}

static int judge_rows(struct rg_judging *judging, struct rg_err *err)
{
	struct rg_verdict *verdict = judging->verdict;

	if (!every_run_has_samples(judging))
		return 0;
	const struct rg_rules *rules;
	int code = rg_basis_exposures(&judging->alignment.table, &judging->set, verdict->basis,
				      judging->scratch, err);

	if (!code)
		code = rg_rules_make(&rules, &judging->alignment, &verdict->policy,
				     judging->scratch, err);
	if (code)
		return code;
	const struct rg_scope scope = {
		.total = verdict->basis != RG_BASIS_SHARE,
		.shown = RG_VERDICT_MAX_ROWS,
		.rules = rules,
	};

	code = rg_judgement_make(&judging->judgement, &judging->alignment.table, &verdict->policy,
				 &scope, judging->scratch, err);
	judging->judged = code == 0;
	return code;
}

/* Where growth came in is asked of whatever fails, also where no caller can be judged. */
static int know_growth(struct rg_judging *judging, struct rg_err *err)
{
	struct rg_callers *callers = &judging->callers;

	if (judging->verdict->policy.rule != RG_RULE_STATISTICAL)
		return 0;
	int code = rg_growth_make(&callers->growth, &judging->set, &judging->alignment,
				  &callers->alignment, &judging->judgement.fit,
				  &judging->verdict->policy, judging->scratch, err);

	judging->growth_known = code == 0;
	return code;
}

static int explain_rows(struct rg_judging *judging, struct rg_err *err)
{
	const struct rg_policy *policy = &judging->verdict->policy;
	bool statistical = policy->rule == RG_RULE_STATISTICAL;
	int code = statistical ? explain_moved(judging, err) : 0;

	if (!code && statistical)
		code = rg_replaced_find(&judging->judgement, &judging->callers.growth,
					judging->scratch, err);
	if (!code && statistical)
		code = explain_placed(judging, err);
	return code ? code
		    : rg_accept_rows(&judging->judgement, &judging->alignment, NULL, policy,
				     judging->scratch, err);
}

/*
 * On shares what is common to all is told from the functions the runs have in common: without enough of them nothing
 * is known of a caller's growth either.
 */
static bool callers_can_be_judged(const struct rg_judging *judging)
{
	const struct rg_verdict *verdict = judging->verdict;

	return judging->judged && verdict->policy.rule == RG_RULE_STATISTICAL &&
	       (verdict->basis != RG_BASIS_SHARE ||
		judging->judgement.fit.pool_count >= RG_POOL_ROWS_MIN);
}

static int judge_callers(struct rg_judging *judging, struct rg_err *err)
{
	const struct rg_policy *policy = &judging->verdict->policy;

	if (!callers_can_be_judged(judging))
		return 0;
	int code = rg_callers_judge(&judging->callers, &judging->set, &judging->alignment,
				    &judging->judgement, policy, judging->scratch, err);

	judging->callers_known = code == 0;
	return code;
}

static int check_comparable(struct rg_judging *judging, struct rg_err *err)
{
	struct rg_verdict *verdict = judging->verdict;
	struct rg_issues *issues = &judging->issues;
	double unmatched[RG_END_COUNT];

	if (judging->set.count[RG_END_BASE] == 0 || judging->set.count[RG_END_CANARY] == 0)
		return 0;
	int code = rg_unmatched_shares(unmatched, &judging->alignment, judging->scratch, err);

	if (code)
		return code;
	rg_comparable_lives(issues, &judging->set, &verdict->policy);
	rg_comparable_provenance(issues, &judging->set);
	rg_comparable_rounds(issues, &judging->set);
	rg_comparable_control(issues, &judging->set, verdict->basis);
	rg_comparable_conditions(issues, &judging->set, &verdict->base, &verdict->canary,
				 judging->judged ? &judging->judgement : NULL, verdict->basis,
				 &verdict->policy);
	rg_comparable_samples(issues, &judging->set, &verdict->base, &verdict->canary, unmatched,
			      &verdict->policy);
	rg_comparable_account(issues, &judging->set);
	rg_comparable_load(issues, &judging->set, &verdict->base, &verdict->canary,
			   judging->judged ? &judging->judgement : NULL, verdict->basis,
			   &verdict->policy);
	rg_comparable_waits(issues, &judging->set, &verdict->base, &verdict->canary,
			    &judging->waits, &verdict->policy);
	if (issues->failed)
		return rg_err_nomem(err, "diff");
	return 0;
}

static int judge(struct rg_judging *judging, const struct rg_runs *base,
		 const struct rg_runs *canary, struct rg_err *err)
{
	int code = rg_run_set_make(&judging->set, base, canary, judging->scratch, err);

	if (code)
		return code;
	judging->verdict->paired_rounds = rg_run_set_rounds(&judging->set);
	judging->verdict->concurrent = rg_run_set_concurrent(&judging->set);
	judging->verdict->basis =
		rg_basis_choose(&judging->set, &judging->verdict->policy, &judging->issues);
	code = rg_align(&judging->alignment, &judging->set,
			rg_basis_spread(&judging->verdict->policy, judging->verdict->basis),
			judging->scratch, err);
	if (!code)
		code = report_sides(judging, err);
	if (!code && judging->verdict->policy.rule == RG_RULE_STATISTICAL)
		code = align_callers(judging, err);
	if (!code)
		code = judge_rows(judging, err);
	if (!code)
		code = know_growth(judging, err);
	if (!code && judging->judged)
		code = explain_rows(judging, err);
	if (!code)
		code = judge_callers(judging, err);
	if (!code)
		code = rg_waits_judge(&judging->waits, &judging->set, &judging->callers.alignment,
				      judging->kinships, &judging->verdict->policy,
				      judging->verdict->basis, &judging->issues, judging->scratch,
				      err);
	if (!code)
		code = check_comparable(judging, err);
	return code ? code : rg_judging_report(judging, err);
}

int rg_diff_judge(const struct rg_runs *base, const struct rg_runs *canary,
		  const struct rg_policy *policy, struct rg_verdict **out, struct rg_err *err)
{
	return rg_diff_judge_kin(base, canary, policy, NULL, out, err);
}

int rg_diff_judge_kin(const struct rg_runs *base, const struct rg_runs *canary,
		      const struct rg_policy *policy, const struct rg_kinships *kinships,
		      struct rg_verdict **out, struct rg_err *err)
{
	struct rg_judging judging = {.kinships = kinships};
	int code = rg_policy_check(policy, err);

	if (code)
		return code;
	judging.verdict = rg_verdict_new(policy);
	judging.scratch = rg_arena_new(0);
	if (!judging.verdict || !judging.scratch) {
		code = rg_err_nomem(err, "diff");
	} else {
		judging.issues.arena = judging.verdict->arena;
		code = judge(&judging, base, canary, err);
	}
	rg_arena_free(judging.scratch);
	if (code) {
		rg_verdict_free(judging.verdict);
		return code;
	}
	*out = judging.verdict;
	return 0;
}
