/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "callers_family.h"
#include "calls_estimate.h"
#include "calls_moved.h"
#include "stats.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>
#include <stdlib.h>

/* Of the policy's false discovery rate. */
#define PART_OF_Q        0.25
/* A function that does more itself is judged by that. */
#define OWN_PART_MAX     0.5
/* A baseline with less of it is none to have grown from. */
#define NEGLIGIBLE_SHARE 0.0025

/* Callers looked at closely, each by a pass over all samples. */
enum { GROWN_MAX = 64 };

/* --- The family ------------------------------------------------------------------------------- */

static bool is_mostly_its_own(const struct rg_callers_judging *judging, uint32_t row)
{
	const struct rg_alignment *all = &judging->out->alignment;
	uint32_t own = rg_function_row(judging->self, &all->function[row]);

	return own != RG_FUNCTION_NONE && rg_table_both(&judging->self->table, own) >
						  OWN_PART_MAX * rg_table_both(&all->table, row);
}

static bool in_family(const struct rg_callers_judging *judging, const struct rg_rules *rules,
		      uint32_t row)
{
	const struct rg_table *table = &judging->out->alignment.table;
	const struct rg_row_rule *rule = rg_row_rule_of(rules, row);

	return judging->out->growth.application[row] && !rule->ignored &&
	       rg_table_weight(table, row) >= rule->min_share &&
	       rg_table_share(table, row, RG_END_BASE) >= NEGLIGIBLE_SHARE &&
	       !is_mostly_its_own(judging, row);
}

static int make_family(struct rg_callers_judging *judging, const struct rg_rules *rules,
		       struct rg_err *err)
{
	size_t rows = judging->out->alignment.table.rows;

	judging->grown = rg_arena_array(judging->arena, rows + 1, sizeof(*judging->grown));
	if (!judging->grown)
		return rg_err_nomem(err, "diff");
	for (uint32_t row = 0; row < rows; row++) {
		if (!in_family(judging, rules, row))
			continue;
		judging->grown[judging->count++].finding = (struct rg_finding){
			.row = row,
			.rule = rg_row_rule_of(rules, row),
			.tested = true,
			.gated = true,
		};
	}
	return 0;
}

/* --- Tests ------------------------------------------------------------------------------------ */

static bool has_grown(const struct rg_callers_judging *judging, const struct rg_finding *finding)
{
	const struct rg_table *table = &judging->out->alignment.table;
	double threshold = rg_finding_threshold(finding);
	double certain = rg_table_weight(table, finding->row) * -expm1(-fmax(finding->low, 0));

	return !finding->broken && finding->rejected && finding->estimate.log_growth > threshold &&
	       finding->estimate.raw > threshold && certain >= finding->rule->min_share;
}

static double change_of_row(const struct rg_callers_judging *judging, uint32_t row)
{
	const struct rg_table *table = &judging->out->alignment.table;
	const double *scale = judging->fit.scale_side;

	return (double)table->side[RG_END_CANARY][row] / scale[RG_END_CANARY] -
	       (double)table->side[RG_END_BASE][row] / scale[RG_END_BASE];
}

static const struct rg_growth_part everything = {.leaf = RG_FUNCTION_NONE,
						 .caller = RG_FUNCTION_NONE};

/* Of one caller; sums over all functions are too much to be kept for each of many callers. */
static int sum_under(const struct rg_callers_judging *judging, const struct rg_finding *finding,
		     struct rg_growth_sums *under, struct rg_arena *arena, struct rg_err *err)
{
	struct rg_growth_part part = everything;

	if (!arena)
		return rg_err_nomem(err, "diff");
	part.caller = finding->row;
	return rg_growth_sum(&judging->out->growth, &part, under, arena, err);
}

static int sum_all(struct rg_callers_judging *judging, struct rg_err *err)
{
	return judging->count == 0 ? 0
				   : rg_growth_sum(&judging->out->growth, &everything,
						   &judging->whole, judging->arena, err);
}

static int estimate_closely(const struct rg_callers_judging *judging, struct rg_finding *finding,
			    struct rg_err *err)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_growth_sums under = {0};
	int code = sum_under(judging, finding, &under, arena, err);

	if (!code)
		rg_calls_estimate(&judging->judgement->fit, &under, &judging->whole,
				  &finding->estimate);
	rg_arena_free(arena);
	return code;
}

static int by_change(const void *left, const void *right)
{
	const struct rg_caller_grown *a = left, *b = right;

	if (a->change != b->change)
		return a->change < b->change ? 1 : -1;
	return (a->finding.row > b->finding.row) - (a->finding.row < b->finding.row);
}

/* Those that may have grown are looked at again, the greatest growth first. */
static int estimate_family(struct rg_callers_judging *judging, struct rg_err *err)
{
	size_t looked_at = 0;
	int code = sum_all(judging, err);

	for (size_t i = 0; i < judging->count; i++) {
		rg_fit_row(&judging->fit, judging->grown[i].finding.row,
			   &judging->grown[i].finding.estimate);
		judging->grown[i].change = change_of_row(judging, judging->grown[i].finding.row);
	}
	qsort(judging->grown, judging->count, sizeof(*judging->grown), by_change);
	for (size_t i = 0; code == 0 && i < judging->count && looked_at < GROWN_MAX; i++) {
		struct rg_finding *finding = &judging->grown[i].finding;

		if (!(finding->estimate.raw > rg_finding_threshold(finding)))
			continue;
		code = estimate_closely(judging, finding, err);
		looked_at++;
	}
	return code;
}

static int test_family(struct rg_callers_judging *judging, struct rg_err *err)
{
	double *p = rg_arena_array(judging->arena, judging->count + 1, sizeof(*p));
	bool *grew = rg_arena_array(judging->arena, judging->count + 1, sizeof(*grew));
	struct rg_policy policy = *judging->policy;

	policy.q *= PART_OF_Q;
	if (!p || !grew)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < judging->count; i++) {
		struct rg_finding *finding = &judging->grown[i].finding;

		rg_finding_measure(finding, judging->judgement->pass_level);
		p[i] = finding->p;
	}
	rg_bh_reject(p, judging->count, rg_policy_look_q(&policy), grew);
	for (size_t i = 0; i < judging->count; i++) {
		struct rg_finding *finding = &judging->grown[i].finding;

		finding->rejected = grew[i];
		finding->mdg = rg_finding_mdg(finding, &policy, judging->count);
		finding->status =
			has_grown(judging, finding) ? RG_STATUS_REGRESSED : RG_STATUS_UNCHANGED;
	}
	return 0;
}

/* --- What moved ------------------------------------------------------------------------------- */

static int is_growth(const struct rg_callers_judging *judging, const struct rg_finding *finding,
		     bool *growth, struct rg_err *err)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_growth_sums under = {0};
	int code = sum_under(judging, finding, &under, arena, err);

	if (!code)
		*growth =
			rg_calls_certain_growth(&judging->judgement->fit, &under, &judging->whole) >
			under.base * finding->rule->growth;
	rg_arena_free(arena);
	return code;
}

/* The callers that grew most, the greatest growth first: those within them say little more. */
static void keep_grown(struct rg_callers_judging *judging)
{
	size_t kept = 0;

	for (size_t i = 0; i < judging->count; i++) {
		if (judging->grown[i].finding.status == RG_STATUS_REGRESSED)
			judging->grown[kept++] = judging->grown[i];
	}
	judging->count = kept < GROWN_MAX ? kept : GROWN_MAX;
}

static int drop_moved(struct rg_callers_judging *judging, struct rg_err *err)
{
	size_t kept = 0;
	int code = 0;

	keep_grown(judging);
	for (size_t i = 0; code == 0 && i < judging->count; i++) {
		bool growth = false;

		code = is_growth(judging, &judging->grown[i].finding, &growth, err);
		if (growth)
			judging->grown[kept++] = judging->grown[i];
	}
	judging->count = kept;
	return code;
}

int rg_callers_find_grown(struct rg_callers_judging *judging, const struct rg_rules *rules,
			  struct rg_err *err)
{
	int code = make_family(judging, rules, err);

	if (!code)
		code = estimate_family(judging, err);
	if (!code)
		code = test_family(judging, err);
	return code ? code : drop_moved(judging, err);
}
