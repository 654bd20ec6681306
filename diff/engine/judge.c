/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "accept.h"
#include "basis.h"
#include "counterparts.h"
#include "moved.h"
#include "renames.h"
#include "report.h"

#include "rg/arena.h"
#include "rg/err.h"

/* One comparison while it is made. */
struct judging {
	struct rg_verdict *verdict;
	struct rg_arena *scratch;
	struct rg_run_set set;
	struct rg_alignment alignment;
	struct rg_judgement judgement;
	struct rg_issues issues;
	bool judged; /* judgement is made */
	struct rg_wait_part waits;
	struct rg_callers callers;
	bool callers_known; /* callers are judged */
};

/* --- Outcome ---------------------------------------------------------------------------------- */

static bool every_run_has_samples(const struct judging *judging)
{
	const struct rg_run_set *set = &judging->set;

	for (size_t i = 0; i < rg_run_set_count(set); i++) {
		if (set->run[i].samples == 0)
			return false;
	}
	return set->count[RG_END_BASE] > 0 && set->count[RG_END_CANARY] > 0;
}

/* Whether the tests may speak: there is enough to test, and it can be compared. */
static bool rests_on_tests(const struct judging *judging, const struct rg_story *story)
{
	return judging->judged && !rg_story_too_few(story) && !judging->issues.blocked;
}

/* Whether the tests of off-CPU time may speak. */
static bool waits_rest_on_tests(const struct judging *judging)
{
	return judging->waits.judged && !judging->issues.blocked &&
	       !judging->issues.off_cpu_blocked;
}

static enum rg_outcome cpu_outcome(const struct judging *judging, const struct rg_story *story)
{
	bool enough = judging->judged && !rg_story_too_few(story);

	if (judging->set.count[RG_END_BASE] == 0)
		return RG_OUTCOME_NO_BASELINE;
	if (judging->issues.blocked && (enough || judging->waits.judged))
		return RG_OUTCOME_NOT_COMPARABLE;
	if (enough && rg_callers_fail(&judging->callers))
		return RG_OUTCOME_FAIL;
	return enough ? judging->judgement.outcome : RG_OUTCOME_UNDECIDED;
}

/*
 * A failure of either stands. Off-CPU time that was measured and cannot be compared keeps the rest
 * from a pass; time that was measured on one side only was never asked for.
 */
static enum rg_outcome outcome_of(const struct judging *judging, const struct rg_story *story)
{
	enum rg_outcome cpu = cpu_outcome(judging, story);
	enum rg_outcome waits = judging->waits.judgement.outcome;

	if (cpu == RG_OUTCOME_NO_BASELINE || cpu == RG_OUTCOME_NOT_COMPARABLE ||
	    cpu == RG_OUTCOME_FAIL)
		return cpu;
	if (judging->issues.off_cpu_blocked)
		return RG_OUTCOME_NOT_COMPARABLE;
	if (!waits_rest_on_tests(judging) || waits == RG_OUTCOME_PASS)
		return cpu;
	return waits;
}

/* Where the verdict does not rest on the tests, no row may look as if it did. */
static void withdraw_statuses(struct rg_judgement *judgement)
{
	for (size_t i = 0; i < judgement->count; i++) {
		struct rg_finding *finding = &judgement->finding[i];

		if (finding->status != RG_STATUS_IGNORED)
			finding->status = RG_STATUS_UNKNOWN;
		finding->accept = NULL;
		finding->moved = NULL;
	}
	judgement->total.status = RG_STATUS_UNKNOWN;
	judgement->total.accept = NULL;
}

static int explain_moved(struct judging *judging, struct rg_err *err)
{
	const struct rg_moved_source source = {
		.set = &judging->set,
		.alignment = &judging->alignment,
		.callers = &judging->callers.alignment,
	};

	return rg_moved_explain(&judging->judgement, &source, judging->scratch, err);
}

static int judge_rows(struct judging *judging, struct rg_err *err)
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
	if (!code && verdict->policy.rule == RG_RULE_STATISTICAL)
		code = explain_moved(judging, err);
	if (!code)
		code = rg_accept_rows(&judging->judgement, &judging->alignment, NULL,
				      &verdict->policy, judging->scratch, err);
	judging->judged = code == 0;
	return code;
}

/*
 * On shares what is common to all is told from the functions the runs have in common: without enough of them nothing
 * is known of a caller's growth either.
 */
static bool callers_can_be_judged(const struct judging *judging)
{
	const struct rg_verdict *verdict = judging->verdict;

	return judging->judged && verdict->policy.rule == RG_RULE_STATISTICAL &&
	       (verdict->basis != RG_BASIS_SHARE ||
		judging->judgement.fit.pool_count >= RG_POOL_ROWS_MIN);
}

static int judge_callers(struct judging *judging, struct rg_err *err)
{
	const struct rg_policy *policy = &judging->verdict->policy;

	if (!callers_can_be_judged(judging))
		return 0;
	int code = rg_callers_judge(&judging->callers, &judging->set, &judging->alignment,
				    &judging->judgement, policy, judging->scratch, err);

	judging->callers_known = code == 0;
	return code;
}

static int check_comparable(struct judging *judging, struct rg_err *err)
{
	struct rg_verdict *verdict = judging->verdict;
	struct rg_issues *issues = &judging->issues;
	double unmatched[RG_END_COUNT];

	if (judging->set.count[RG_END_BASE] == 0 || judging->set.count[RG_END_CANARY] == 0)
		return 0;
	int code = rg_unmatched_shares(unmatched, &judging->alignment, judging->scratch, err);

	if (code)
		return code;
	rg_comparable_provenance(issues, &judging->set);
	rg_comparable_rounds(issues, &judging->set);
	rg_comparable_control(issues, &judging->set, verdict->basis);
	rg_comparable_conditions(issues, &judging->set, &verdict->base, &verdict->canary,
				 judging->judged ? &judging->judgement : NULL, &verdict->policy);
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

static int by_blocking(struct rg_issue *to, const struct rg_issues *issues, bool blocking)
{
	int count = 0;

	for (size_t i = 0; i < issues->count; i++) {
		if (issues->list[i].blocking == blocking)
			to[count++] = issues->list[i];
	}
	return count;
}

/* What blocks comes first, in the order of the checks. */
static int report_issues(struct judging *judging, struct rg_err *err)
{
	struct rg_verdict *verdict = judging->verdict;
	struct rg_issue *issue =
		rg_arena_array(verdict->arena, judging->issues.count + 1, sizeof(*issue));

	if (!issue)
		return rg_err_nomem(err, "diff");
	int blocking = by_blocking(issue, &judging->issues, true);

	by_blocking(issue + blocking, &judging->issues, false);
	verdict->issues = issue;
	verdict->issue_count = judging->issues.count;
	return 0;
}

static int report_callers(struct judging *judging, const struct rg_row_set *rows,
			  struct rg_err *err)
{
	struct rg_verdict *verdict = judging->verdict;
	const struct rg_row_source source = {
		.dimension = RG_DIMENSION_ON_CPU,
		.basis = verdict->basis,
		.alignment = &judging->callers.alignment,
		.judgement = &judging->callers.judgement,
	};
	struct rg_row_set set = {.total = verdict->total};
	const struct rg_entry_source entries = {
		.dimension = RG_DIMENSION_ON_CPU,
		.growth = &judging->callers.growth,
		.rows = rows,
		.callers = &set,
		.total = &judging->judgement.total,
	};
	int code = rg_report_rows(&set, &source, verdict->arena, judging->scratch, err);

	if (code)
		return code;
	verdict->callers = set.rows;
	verdict->caller_count = set.count;
	return rg_report_entries(verdict, &judging->callers, &entries, judging->scratch, err);
}

static int report_cpu(struct judging *judging, struct rg_story *story, struct rg_err *err)
{
	struct rg_verdict *verdict = judging->verdict;
	const struct rg_row_source source = {
		.dimension = RG_DIMENSION_ON_CPU,
		.basis = verdict->basis,
		.alignment = &judging->alignment,
		.judgement = &judging->judgement,
	};
	struct rg_row_set set = {.total = verdict->total};

	if (!rests_on_tests(judging, story))
		withdraw_statuses(&judging->judgement);
	if (!judging->judged)
		return 0;
	int code = rg_report_rows(&set, &source, verdict->arena, judging->scratch, err);

	if (code)
		return code;
	verdict->total = set.total;
	verdict->rows = set.rows;
	verdict->row_count = set.count;
	verdict->rows_left_out = set.left_out;
	verdict->ignored_count = set.ignored;
	verdict->ignored_share_base = set.ignored_share[RG_END_BASE];
	verdict->ignored_share_canary = set.ignored_share[RG_END_CANARY];
	story->finding = set.finding;
	code = rg_report_moves(verdict, &source, &set, judging->scratch, err);
	if (code)
		return code;
	return judging->callers_known && rests_on_tests(judging, story)
		       ? report_callers(judging, &set, err)
		       : 0;
}

static int report_wait_entries(struct judging *judging, const struct rg_row_set *rows,
			       struct rg_err *err)
{
	const struct rg_wait_rows *waits = &judging->waits.waits.judged;
	struct rg_growth growth = judging->callers.growth;
	const struct rg_entry_source entries = {
		.dimension = RG_DIMENSION_OFF_CPU,
		.growth = &growth,
		.rows = rows,
		.total = &judging->waits.judgement.total,
	};

	growth.off_cpu = true;
	growth.self = &waits->alignment;
	growth.fit = &judging->waits.judgement.fit;
	growth.row_of_sample = waits->row_of_sample;
	return rg_report_entries(judging->verdict, &judging->callers, &entries, judging->scratch,
				 err);
}

static int report_judged_waits(struct judging *judging, struct rg_story *story, struct rg_err *err)
{
	struct rg_verdict *verdict = judging->verdict;
	struct rg_off_cpu *out = &verdict->off_cpu;
	const struct rg_row_source source = {
		.dimension = RG_DIMENSION_OFF_CPU,
		.basis = rg_basis_of_waits(verdict->basis),
		.alignment = &judging->waits.waits.judged.alignment,
		.judgement = &judging->waits.judgement,
		.wait = judging->waits.waits.judged.wait,
	};
	struct rg_row_set set = {.total = out->total};

	out->judged = waits_rest_on_tests(judging);
	if (!out->judged)
		withdraw_statuses(&judging->waits.judgement);
	int code = rg_report_rows(&set, &source, verdict->arena, judging->scratch, err);

	if (code)
		return code;
	out->total = set.total;
	out->rows = set.rows;
	out->row_count = set.count;
	out->rows_left_out = set.left_out;
	out->ignored_count = set.ignored;
	out->ignored_share_base = set.ignored_share[RG_END_BASE];
	out->ignored_share_canary = set.ignored_share[RG_END_CANARY];
	story->wait_finding = set.finding;
	code = rg_report_moves(verdict, &source, &set, judging->scratch, err);
	if (code)
		return code;
	story->wait_judgement = out->judged ? &judging->waits.judgement : NULL;
	return out->judged && judging->callers_known ? report_wait_entries(judging, &set, err) : 0;
}

static int report_waits(struct judging *judging, struct rg_story *story, struct rg_err *err)
{
	struct rg_verdict *verdict = judging->verdict;
	int code = rg_report_waits(&verdict->off_cpu, &judging->waits, &verdict->base,
				   &verdict->canary, verdict->arena, judging->scratch, err);

	return code || !judging->waits.judged ? code : report_judged_waits(judging, story, err);
}

static int conclude(struct judging *judging, struct rg_err *err)
{
	struct rg_verdict *verdict = judging->verdict;
	struct rg_story story = {
		.verdict = verdict,
		.judgement = judging->judged ? &judging->judgement : NULL,
		.set = &judging->set,
	};

	verdict->outcome = outcome_of(judging, &story);
	int code = report_cpu(judging, &story, err);

	if (!code)
		code = report_waits(judging, &story, err);
	if (!code)
		code = report_issues(judging, err);
	if (!code)
		code = rg_report_conditions(verdict, &judging->set, err);
	if (code)
		return code;
	verdict->reason = rg_report_reason(&story);
	verdict->advice = rg_report_advice(&story);
	return verdict->reason && verdict->advice ? 0 : rg_err_nomem(err, "diff");
}

/* --- The whole -------------------------------------------------------------------------------- */

static int report_sides(struct judging *judging, struct rg_err *err)
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
static int align_callers(struct judging *judging, struct rg_err *err)
{
	int code = rg_align_callers(&judging->callers.alignment, &judging->set,
				    rg_basis_spread(&judging->verdict->policy,
						    judging->verdict->basis),
				    &judging->alignment, judging->scratch, err);

	return code ? code
		    : rg_renames_join(&judging->alignment, &judging->callers.alignment,
				      &judging->set, judging->scratch, err);
}

static int judge(struct judging *judging, const struct rg_runs *base, const struct rg_runs *canary,
		 struct rg_err *err)
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
		code = judge_callers(judging, err);
	if (!code)
		code = rg_waits_judge(&judging->waits, &judging->set, &judging->callers.alignment,
				      &judging->verdict->policy, judging->verdict->basis,
				      &judging->issues, judging->scratch, err);
	if (!code)
		code = check_comparable(judging, err);
	return code ? code : conclude(judging, err);
}

static const struct rg_row empty_total = {
	.function = "",
	.key = "",
	.module = "",
	.renamed_from = "",
	.wait = "",
	.api = "",
	.file = "",
	.pattern = "",
	.accept = {.reason = "", .owner = ""},
	.p = 1,
};

static struct rg_verdict *verdict_new(const struct rg_policy *policy)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_verdict *verdict = arena ? rg_arena_alloc(arena, sizeof(*verdict)) : NULL;

	if (!verdict || rg_policy_copy(&verdict->policy, policy, arena)) {
		rg_arena_free(arena);
		return NULL;
	}
	verdict->outcome = RG_OUTCOME_UNDECIDED;
	verdict->basis = RG_BASIS_SHARE;
	verdict->total = empty_total;
	verdict->total.growth_allowed = policy->total_growth;
	verdict->off_cpu.total = empty_total;
	verdict->off_cpu.total.dimension = RG_DIMENSION_OFF_CPU;
	verdict->off_cpu.total.growth_allowed = policy->off_cpu.total_growth;
	verdict->policy_from = "";
	verdict->work_unit = "";
	verdict->arena = arena;
	return verdict;
}

void rg_verdict_free(struct rg_verdict *verdict)
{
	if (!verdict)
		return;
	rg_verdict_free(verdict->pinned);
	rg_arena_free(verdict->arena);
}

int rg_diff_judge(const struct rg_runs *base, const struct rg_runs *canary,
		  const struct rg_policy *policy, struct rg_verdict **out, struct rg_err *err)
{
	struct judging judging = {0};
	int code = rg_policy_check(policy, err);

	if (code)
		return code;
	judging.verdict = verdict_new(policy);
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
