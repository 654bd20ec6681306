/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judgement.h"
#include "moved.h"
#include "stats.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>

double rg_growth_of_log(double log_growth)
{
	double growth = expm1(log_growth);

	return growth < RG_GROWTH_MAX ? growth : RG_GROWTH_MAX;
}

static bool is_total(const struct rg_finding *finding)
{
	return finding->row == RG_ROW_TOTAL;
}

struct rg_finding *rg_judgement_at(struct rg_judgement *judgement, size_t index)
{
	if (index < judgement->count)
		return &judgement->finding[index];
	return index == judgement->count && judgement->total.tested ? &judgement->total : NULL;
}

double rg_finding_threshold(const struct rg_finding *finding)
{
	return log1p(finding->rule->growth);
}

double rg_finding_limit(const struct rg_finding *finding)
{
	return fmax(finding->rule->limit, finding->rule->growth);
}

static double error_of_test(const struct rg_estimate *estimate)
{
	return sqrt(estimate->variance + estimate->versions);
}

/*
 * The difference over the mean rather than the log ratio for rows (2 tanh(L/2) is the one in terms
 * of the other): V is the variance of both only near no growth, and this one stays honest for the
 * small counts rows can have.
 */
static double statistic(const struct rg_finding *finding)
{
	double growth = finding->estimate.log_growth, error = error_of_test(&finding->estimate);

	return (is_total(finding) ? growth : 2 * tanh(growth / 2)) / error;
}

void rg_finding_measure(struct rg_finding *finding, double pass_level)
{
	const struct rg_estimate *estimate = &finding->estimate;
	double error = sqrt(estimate->variance);
	double wide = rg_student_quantile(0.975, estimate->df) * error;

	finding->low = estimate->log_growth - wide;
	finding->high = estimate->log_growth + wide;
	finding->upper =
		estimate->log_growth + rg_student_quantile(pass_level, estimate->df) * error;
	finding->p = finding->tested ? rg_student_sf(statistic(finding), estimate->df) : 1;
	finding->broken = !isfinite(finding->low) || !isfinite(finding->high) ||
			  !isfinite(finding->upper) || !isfinite(finding->p) ||
			  isnan(estimate->raw) || !(estimate->variance > 0);
}

double rg_finding_mdg(const struct rg_finding *finding, const struct rg_policy *policy,
		      size_t tested)
{
	double error = sqrt(finding->estimate.variance), df = finding->estimate.df;
	double least = rg_student_quantile(1 - rg_policy_look_q(policy) / (double)tested, df) *
		       error_of_test(&finding->estimate);

	/* A row's statistic stays below 2 / error however much it grows. */
	if (!is_total(finding))
		least = least < 2 ? 2 * atanh(least / 2) : INFINITY;
	least = fmax(least, rg_finding_threshold(finding));
	return rg_growth_of_log(least + rg_student_quantile(0.95, df) * error);
}

/* --- The family's tests ----------------------------------------------------------------------- */

/* Both directions: increases decide, decreases are only shown. */
struct tests {
	double *up, *down;
	bool *grew, *shrank;
	struct rg_finding **finding;
	size_t count;
};

static int tests_init(struct tests *tests, struct rg_judgement *judgement, struct rg_arena *arena,
		      struct rg_err *err)
{
	size_t most = judgement->count + 1;

	*tests = (struct tests){
		.up = rg_arena_array(arena, most, sizeof(*tests->up)),
		.down = rg_arena_array(arena, most, sizeof(*tests->down)),
		.grew = rg_arena_array(arena, most, sizeof(*tests->grew)),
		.shrank = rg_arena_array(arena, most, sizeof(*tests->shrank)),
		.finding = rg_arena_array(arena, most, sizeof(struct rg_finding *)),
	};
	if (!tests->up || !tests->down || !tests->grew || !tests->shrank || !tests->finding)
		return rg_err_nomem(err, "diff");
	struct rg_finding *finding;

	for (size_t i = 0; (finding = rg_judgement_at(judgement, i)); i++) {
		if (finding->tested)
			tests->finding[tests->count++] = finding;
	}
	return 0;
}

static void tests_run(struct tests *tests, double q)
{
	for (size_t i = 0; i < tests->count; i++) {
		const struct rg_finding *finding = tests->finding[i];

		tests->up[i] = finding->p;
		tests->down[i] = rg_student_sf(-statistic(finding), finding->estimate.df);
	}
	rg_bh_reject(tests->up, tests->count, q, tests->grew);
	rg_bh_reject(tests->down, tests->count, q, tests->shrank);
}

/* --- Statuses --------------------------------------------------------------------------------- */

static enum rg_status status_of(const struct rg_judgement *judgement,
				const struct rg_finding *finding, bool shrank)
{
	double threshold = rg_finding_threshold(finding);
	bool above = finding->gated && finding->estimate.log_growth > threshold;

	if (finding->broken)
		return RG_STATUS_UNKNOWN;
	if (above && finding->rejected && finding->estimate.raw > threshold)
		return !is_total(finding) && rg_family_is_new(judgement->fit.table, finding->row)
			       ? RG_STATUS_NEW
			       : RG_STATUS_REGRESSED;
	if (above && (!finding->rejected || finding->hides))
		return RG_STATUS_SUSPECT;
	return shrank ? RG_STATUS_IMPROVED : RG_STATUS_UNCHANGED;
}

static bool entered_top(const struct rg_judgement *judgement, uint32_t row, uint32_t top_k,
			enum rg_end from, enum rg_end to)
{
	uint32_t before = judgement->place[from][row], after = judgement->place[to][row];

	return after > 0 && after <= top_k && (before == 0 || before > top_k);
}

/* Entering is put down to another row only when one that shrank significantly made the room. */
static void label_displaced(struct rg_judgement *judgement, uint32_t top_k)
{
	bool room = false;

	for (size_t i = 0; i < judgement->count; i++) {
		const struct rg_finding *finding = &judgement->finding[i];

		room |= finding->status == RG_STATUS_IMPROVED &&
			entered_top(judgement, finding->row, top_k, RG_END_CANARY, RG_END_BASE);
	}
	for (size_t i = 0; room && i < judgement->count; i++) {
		struct rg_finding *finding = &judgement->finding[i];

		if (finding->tested && finding->status == RG_STATUS_UNCHANGED &&
		    entered_top(judgement, finding->row, top_k, RG_END_BASE, RG_END_CANARY))
			finding->status = RG_STATUS_DISPLACED;
	}
}

bool rg_finding_fails(const struct rg_finding *finding)
{
	return finding->status == RG_STATUS_REGRESSED || finding->status == RG_STATUS_NEW;
}

bool rg_finding_is_spared(const struct rg_finding *finding)
{
	return finding->status == RG_STATUS_ACCEPTED || finding->status == RG_STATUS_MOVED ||
	       finding->status == RG_STATUS_PLACED;
}

const struct rg_finding *rg_finding_judged(const struct rg_finding *finding)
{
	return finding->moved && finding->status == RG_STATUS_MOVED ? &finding->moved->together
								    : finding;
}

bool rg_judgement_bears_placed(const struct rg_judgement *judgement)
{
	const struct rg_finding *total = &judgement->total;

	return total->tested && !total->broken && total->upper <= rg_finding_threshold(total);
}

static bool withholds(const struct rg_judgement *judgement, const struct rg_finding *finding)
{
	const struct rg_finding *judged = rg_finding_judged(finding);

	if (judged->status == RG_STATUS_PLACED)
		return !rg_judgement_bears_placed(judgement);
	return judged->tested && judged->status != RG_STATUS_ACCEPTED &&
	       (judged->broken || judged->status == RG_STATUS_SUSPECT ||
		(judged->gated && judged->hides));
}

/* A pass takes something that was tested, could have failed, and leaves no doubt. */
static enum rg_outcome outcome_of(struct rg_judgement *judgement)
{
	/* A program that hardly waits has nothing to answer for: its CPU time is what was tested. */
	bool gated = judgement->fit.table->unit != NULL, doubt = false;
	const struct rg_finding *finding;

	for (size_t i = 0; (finding = rg_judgement_at(judgement, i)); i++) {
		if (rg_finding_fails(finding))
			return RG_OUTCOME_FAIL;
		gated |= finding->tested && finding->gated;
		doubt |= withholds(judgement, finding);
	}
	return gated && !doubt ? RG_OUTCOME_PASS : RG_OUTCOME_UNDECIDED;
}

void rg_conclude_statistical(struct rg_judgement *judgement)
{
	judgement->outcome = outcome_of(judgement);
}

static bool has_weight(const struct rg_judgement *judgement, const struct rg_finding *finding)
{
	const struct rg_table *table = judgement->fit.table;

	if (table->unit)
		return rg_table_has_weight(table, table->side[RG_END_CANARY][finding->row],
					   finding->row);
	return rg_table_weight(table, finding->row) >= finding->rule->min_share;
}

static bool total_has_weight(const struct rg_table *table)
{
	return !table->unit || rg_table_has_weight(table, table->total[RG_END_CANARY], table->rows);
}

static void estimate_all(struct rg_judgement *judgement)
{
	struct rg_finding *finding;

	for (size_t i = 0; i < judgement->count; i++) {
		finding = &judgement->finding[i];
		rg_fit_row(&judgement->fit, finding->row, &finding->estimate);
		finding->gated = finding->tested && has_weight(judgement, finding);
	}
	rg_fit_total(&judgement->fit, &judgement->total.estimate);
	judgement->total.gated = judgement->total.tested && total_has_weight(judgement->fit.table);
	for (size_t i = 0; i < judgement->count; i++)
		rg_finding_measure(&judgement->finding[i], judgement->pass_level);
	rg_finding_measure(&judgement->total, judgement->pass_level);
}

int rg_decide_statistical(struct rg_judgement *judgement, const struct rg_policy *policy,
			  struct rg_arena *arena, struct rg_err *err)
{
	struct tests tests;

	estimate_all(judgement);
	int code = tests_init(&tests, judgement, arena, err);

	if (code)
		return code;
	tests_run(&tests, rg_policy_look_q(policy));
	judgement->tested = tests.count;
	for (size_t i = 0; i < tests.count; i++) {
		struct rg_finding *finding = tests.finding[i];

		finding->rejected = tests.grew[i];
		finding->hides = !(finding->upper <= log1p(rg_finding_limit(finding)));
		finding->mdg = rg_finding_mdg(finding, policy, tests.count);
		finding->status = status_of(judgement, finding, tests.shrank[i]);
	}
	label_displaced(judgement, policy->top_k);
	rg_conclude_statistical(judgement);
	return 0;
}
