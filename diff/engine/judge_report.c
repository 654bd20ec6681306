/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "basis.h"
#include "judge.h"

#include "rg/arena.h"
#include "rg/err.h"

/* --- Issues ----------------------------------------------------------------------------------- */

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
static int report_issues(struct rg_judging *judging, struct rg_err *err)
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

/* --- Rows ------------------------------------------------------------------------------------- */

/* Where the rows of one dimension are told. */
struct row_place {
	struct rg_row *total;
	const struct rg_row **rows;
	size_t *count, *left_out, *ignored;
	double *ignored_share[RG_END_COUNT];
	const struct rg_finding *const **finding;
};

/* Makes the rows and puts them in their place, then where those that are moved came from. */
static int place_rows(struct rg_judging *judging, const struct rg_row_source *source,
		      const struct row_place *place, struct rg_row_set *set, struct rg_err *err)
{
	struct rg_verdict *verdict = judging->verdict;

	*set = (struct rg_row_set){.total = *place->total};
	int code = rg_report_rows(set, source, verdict->arena, judging->scratch, err);

	if (code)
		return code;
	*place->total = set->total;
	*place->rows = set->rows;
	*place->count = set->count;
	*place->left_out = set->left_out;
	*place->ignored = set->ignored;
	for (int end = 0; end < RG_END_COUNT; end++)
		*place->ignored_share[end] = set->ignored_share[end];
	*place->finding = set->finding;
	return rg_report_moves(verdict, source, set, judging->scratch, err);
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

/* --- CPU time --------------------------------------------------------------------------------- */

static int report_callers(struct rg_judging *judging, struct rg_row_set *set, struct rg_err *err)
{
	struct rg_verdict *verdict = judging->verdict;
	const struct rg_row_source source = {
		.dimension = RG_DIMENSION_ON_CPU,
		.basis = verdict->basis,
		.alignment = &judging->callers.alignment,
		.judgement = &judging->callers.judgement,
	};
	int code = rg_report_rows(set, &source, verdict->arena, judging->scratch, err);

	if (code)
		return code;
	verdict->callers = set->rows;
	verdict->caller_count = set->count;
	return 0;
}

static int report_cpu_entries(struct rg_judging *judging, const struct rg_row_set *rows,
			      struct rg_err *err)
{
	struct rg_row_set callers = {.total = judging->verdict->total};
	const struct rg_entry_source entries = {
		.dimension = RG_DIMENSION_ON_CPU,
		.growth = &judging->callers.growth,
		.rows = rows,
		.callers = &callers,
		.total = &judging->judgement.total,
	};
	int code = judging->callers_known ? report_callers(judging, &callers, err) : 0;

	return code ? code
		    : rg_report_entries(judging->verdict, &judging->callers, &entries,
					judging->scratch, err);
}

static int report_cpu(struct rg_judging *judging, struct rg_story *story, struct rg_err *err)
{
	struct rg_verdict *verdict = judging->verdict;
	const struct rg_row_source source = {
		.dimension = RG_DIMENSION_ON_CPU,
		.basis = verdict->basis,
		.alignment = &judging->alignment,
		.judgement = &judging->judgement,
		.kinships = judging->kinships,
	};
	const struct row_place place = {
		.total = &verdict->total,
		.rows = &verdict->rows,
		.count = &verdict->row_count,
		.left_out = &verdict->rows_left_out,
		.ignored = &verdict->ignored_count,
		.ignored_share = {&verdict->ignored_share_base, &verdict->ignored_share_canary},
		.finding = &story->finding,
	};
	struct rg_row_set set;

	if (!rg_judging_rests_on_tests(judging, story))
		withdraw_statuses(&judging->judgement);
	if (!judging->judged)
		return 0;
	int code = place_rows(judging, &source, &place, &set, err);

	if (code)
		return code;
	return judging->growth_known && rg_judging_rests_on_tests(judging, story)
		       ? report_cpu_entries(judging, &set, err)
		       : 0;
}

/* --- Waits ------------------------------------------------------------------------------------ */

static int report_wait_entries(struct rg_judging *judging, const struct rg_row_set *rows,
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

static int report_judged_waits(struct rg_judging *judging, struct rg_story *story,
			       struct rg_err *err)
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
	const struct row_place place = {
		.total = &out->total,
		.rows = &out->rows,
		.count = &out->row_count,
		.left_out = &out->rows_left_out,
		.ignored = &out->ignored_count,
		.ignored_share = {&out->ignored_share_base, &out->ignored_share_canary},
		.finding = &story->wait_finding,
	};
	struct rg_row_set set;

	out->judged = rg_judging_waits_rest_on_tests(judging);
	if (!out->judged)
		withdraw_statuses(&judging->waits.judgement);
	int code = place_rows(judging, &source, &place, &set, err);

	if (code)
		return code;
	story->wait_judgement = out->judged ? &judging->waits.judgement : NULL;
	return out->judged && judging->growth_known ? report_wait_entries(judging, &set, err) : 0;
}

static int report_waits(struct rg_judging *judging, struct rg_story *story, struct rg_err *err)
{
	struct rg_verdict *verdict = judging->verdict;
	int code = rg_report_waits(&verdict->off_cpu, &judging->waits, &verdict->base,
				   &verdict->canary, verdict->arena, judging->scratch, err);

	return code || !judging->waits.judged ? code : report_judged_waits(judging, story, err);
}

/* --- The whole -------------------------------------------------------------------------------- */

int rg_judging_report(struct rg_judging *judging, struct rg_err *err)
{
	struct rg_verdict *verdict = judging->verdict;
	struct rg_story story = {
		.verdict = verdict,
		.judgement = judging->judged ? &judging->judgement : NULL,
		.set = &judging->set,
	};

	verdict->outcome = rg_judging_outcome(judging, &story);
	verdict->compared = rg_judging_compared(judging, verdict->outcome);
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
