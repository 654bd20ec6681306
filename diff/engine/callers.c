/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "callers.h"
#include "calls_moved.h"
#include "accept.h"
#include "moved.h"
#include "stats.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>
#include <stdlib.h>

/* Of the policy's false discovery rate. */
#define PART_OF_Q        0.25
/* A function that does more itself is judged by that. */
#define OWN_PART_MAX     0.5
/* That much of a caller's growth is explained by what fails already: then it says nothing new. */
#define EXPLAINED        0.5
/* A baseline with less of it is none to have grown from. */
#define NEGLIGIBLE_SHARE 0.0025

/* Callers looked at closely, each by a pass over all samples. */
enum { GROWN_MAX = 64 };

/* A member of the family, later one that grew; and by how much, in units of the estimates. */
struct grown {
	struct rg_finding finding;
	double change;
};

struct judging {
	struct rg_callers *out;
	const struct rg_run_set *set;
	const struct rg_alignment *self;
	const struct rg_judgement *judgement;
	const struct rg_policy *policy;
	struct rg_arena *arena;
	struct rg_fit fit; /* of the functions' own cost, over the callers' table */
	struct grown *grown;
	size_t count;
};

/* --- The family ------------------------------------------------------------------------------- */

static bool is_mostly_its_own(const struct judging *judging, uint32_t row)
{
	const struct rg_alignment *all = &judging->out->alignment;
	uint32_t own = rg_function_row(judging->self, &all->function[row]);

	return own != RG_FUNCTION_NONE && rg_table_both(&judging->self->table, own) >
						  OWN_PART_MAX * rg_table_both(&all->table, row);
}

static bool in_family(const struct judging *judging, const struct rg_rules *rules, uint32_t row)
{
	const struct rg_table *table = &judging->out->alignment.table;
	const struct rg_row_rule *rule = rg_row_rule_of(rules, row);

	return judging->out->growth.application[row] && !rule->ignored &&
	       rg_table_share(table, row, RG_END_CANARY) >= rule->min_share &&
	       rg_table_share(table, row, RG_END_BASE) >= NEGLIGIBLE_SHARE &&
	       !is_mostly_its_own(judging, row);
}

static int make_family(struct judging *judging, const struct rg_rules *rules, struct rg_err *err)
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

static bool has_grown(const struct judging *judging, const struct rg_finding *finding)
{
	const struct rg_table *table = &judging->out->alignment.table;
	double threshold = rg_finding_threshold(finding);
	double certain =
		rg_table_share(table, finding->row, RG_END_CANARY) * -expm1(-fmax(finding->low, 0));

	return !finding->broken && finding->rejected && finding->estimate.log_growth > threshold &&
	       finding->estimate.raw > threshold && certain >= finding->rule->min_share;
}

static double change_of_row(const struct judging *judging, uint32_t row)
{
	const struct rg_table *table = &judging->out->alignment.table;
	const double *scale = judging->fit.scale_side;

	return (double)table->side[RG_END_CANARY][row] / scale[RG_END_CANARY] -
	       (double)table->side[RG_END_BASE][row] / scale[RG_END_BASE];
}

static int test_family(struct judging *judging, struct rg_err *err)
{
	double *p = rg_arena_array(judging->arena, judging->count + 1, sizeof(*p));
	bool *grew = rg_arena_array(judging->arena, judging->count + 1, sizeof(*grew));
	struct rg_policy policy = *judging->policy;

	policy.q *= PART_OF_Q;
	if (!p || !grew)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < judging->count; i++) {
		struct rg_finding *finding = &judging->grown[i].finding;

		rg_fit_row(&judging->fit, finding->row, &finding->estimate);
		rg_finding_measure(finding, judging->judgement->pass_level);
		p[i] = finding->p;
		judging->grown[i].change = change_of_row(judging, finding->row);
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

static const struct rg_growth_part everything = {.leaf = RG_FUNCTION_NONE,
						 .caller = RG_FUNCTION_NONE};

/* Of one caller; sums over all functions are too much to be kept for each of many callers. */
static int is_growth(const struct judging *judging, const struct rg_finding *finding,
		     const struct rg_growth_sums *whole, bool *growth, struct rg_err *err)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_growth_part part = everything;
	struct rg_growth_sums under;

	if (!arena)
		return rg_err_nomem(err, "diff");
	part.caller = finding->row;
	int code = rg_growth_sum(&judging->out->growth, &part, &under, arena, err);

	if (!code)
		*growth = rg_calls_certain_growth(&judging->judgement->fit, &under, whole) >
			  under.base * finding->rule->growth;
	rg_arena_free(arena);
	return code;
}

static int by_change(const void *left, const void *right)
{
	const struct grown *a = left, *b = right;

	if (a->change != b->change)
		return a->change < b->change ? 1 : -1;
	return (a->finding.row > b->finding.row) - (a->finding.row < b->finding.row);
}

/* The callers that grew most, the greatest growth first: those within them say little more. */
static void keep_grown(struct judging *judging)
{
	size_t kept = 0;

	for (size_t i = 0; i < judging->count; i++) {
		if (judging->grown[i].finding.status == RG_STATUS_REGRESSED)
			judging->grown[kept++] = judging->grown[i];
	}
	qsort(judging->grown, kept, sizeof(*judging->grown), by_change);
	judging->count = kept < GROWN_MAX ? kept : GROWN_MAX;
}

static int drop_moved(struct judging *judging, struct rg_err *err)
{
	struct rg_growth_sums whole;
	size_t kept = 0;
	int code = 0;

	keep_grown(judging);
	if (judging->count > 0)
		code = rg_growth_sum(&judging->out->growth, &everything, &whole, judging->arena,
				     err);
	for (size_t i = 0; code == 0 && i < judging->count; i++) {
		bool growth = false;

		code = is_growth(judging, &judging->grown[i].finding, &whole, &growth, err);
		if (growth)
			judging->grown[kept++] = judging->grown[i];
	}
	judging->count = kept;
	return code;
}

/* --- Which of them say something -------------------------------------------------------------- */

/* What accounts for growth already: functions that fail by themselves, and callers that were chosen. */
struct known {
	bool *leaf;   /* rows of `self` */
	bool *caller; /* rows of the callers */
	bool spared;  /* some of it is accepted, or moved, and must not hide what grew beside it */
	struct rg_accepts accepts;
};

static const struct rg_finding *find_grown(const struct judging *judging, uint32_t row)
{
	for (size_t i = 0; i < judging->count; i++) {
		if (judging->grown[i].finding.row == row)
			return &judging->grown[i].finding;
	}
	return NULL;
}

/* One standard error of a caller's change, by samples and from run to run. */
static double error_of(const struct judging *judging, const struct rg_growth_sums *sums)
{
	const struct rg_fit *fit = &judging->fit;
	double mean = (sums->base + sums->canary) / 2;

	return sqrt(sums->base / fit->scale_side[RG_END_BASE] +
		    sums->canary / fit->scale_side[RG_END_CANARY] +
		    fit->between * fit->inverse_runs * mean * mean);
}

/* With growth that is spared, only if the rest is what the caller may have grown by anyway. */
static int is_explained(struct judging *judging, const struct known *known,
			const struct rg_finding *finding, bool *explained, struct rg_err *err)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_growth_part part = everything, rest;
	struct rg_growth_sums all, left = {0};

	if (!arena)
		return rg_err_nomem(err, "diff");

	part.caller = finding->row;
	rest = part;
	rest.without = known->caller;
	rest.without_leaf = known->leaf;
	int code = rg_growth_sum(&judging->out->growth, &part, &all, arena, err);

	if (!code)
		code = rg_growth_sum(&judging->out->growth, &rest, &left, arena, err);
	rg_arena_free(arena);
	if (code)
		return code;
	double grown = left.canary - left.base;

	*explained = grown < EXPLAINED * (all.canary - all.base) &&
		     (!known->spared ||
		      grown - error_of(judging, &left) <= finding->rule->growth * all.base);
	return 0;
}

/* Of as many as are shown, those that fail go before those that are accepted. */
static void keep(struct rg_judgement *out, const struct rg_finding *finding)
{
	if (out->count < RG_VERDICT_MAX_CALLERS) {
		out->finding[out->count++] = *finding;
		return;
	}
	for (size_t i = out->count; rg_finding_fails(finding) && i-- > 0;) {
		if (rg_finding_fails(&out->finding[i]))
			continue;
		out->finding[i] = *finding;
		return;
	}
}

static int keep_judged(struct judging *judging, struct known *known,
		       const struct rg_finding *finding, struct rg_err *err)
{
	struct rg_finding judged = *finding;
	int code = rg_accept_finding(&known->accepts, &judged, err);

	if (code)
		return code;
	known->caller[judged.row] = true;
	known->spared |= !rg_finding_fails(&judged);
	keep(&judging->out->judgement, &judged);
	return 0;
}

/* The place where all of the growth came in, if that fails as well and is not known yet. */
static const struct rg_finding *find_nearer(const struct judging *judging,
					    const struct known *known,
					    const struct rg_growth_place *place, size_t places)
{
	return places == 1 && !known->caller[place->row] ? find_grown(judging, place->row) : NULL;
}

static int choose_rest(struct judging *judging, struct known *known,
		       const struct rg_finding *finding, struct rg_err *err)
{
	bool explained = false;
	int code = is_explained(judging, known, finding, &explained, err);

	return code || explained ? code : keep_judged(judging, known, finding, err);
}

/* In place of a caller the place where its growth came in; if that is accepted, the caller as well for the rest. */
static int choose(struct judging *judging, struct known *known, const struct rg_finding *finding,
		  struct rg_err *err)
{
	struct rg_growth_part part = everything;
	struct rg_growth_place place[RG_GROWTH_PLACES];
	bool explained = false;
	size_t places;
	int code = is_explained(judging, known, finding, &explained, err);

	if (code || explained)
		return code;
	part.caller = finding->row;
	code = rg_growth_find(&judging->out->growth, &part, RG_FUNCTION_NONE, place, &places, err);
	if (code)
		return code;
	const struct rg_finding *nearer = find_nearer(judging, known, place, places);

	code = keep_judged(judging, known, nearer ? nearer : finding, err);
	if (!code && known->spared && nearer && nearer != finding)
		return choose_rest(judging, known, finding, err);
	for (size_t i = 0; !known->spared && i < places; i++)
		known->caller[place[i].row] = true;
	known->caller[finding->row] = true;
	return code;
}

static int know_failing(const struct judging *judging, struct known *known, struct rg_err *err)
{
	const struct rg_judgement *own = judging->judgement;

	*known = (struct known){
		.leaf = rg_arena_array(judging->arena, judging->self->table.rows + 1, sizeof(bool)),
		.caller = rg_arena_array(judging->arena, judging->out->alignment.table.rows + 1,
					 sizeof(bool)),
	};
	if (!known->leaf || !known->caller)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < own->count; i++) {
		bool spared = rg_finding_is_spared(&own->finding[i]);
		const struct rg_moved *moved = own->finding[i].moved;

		if (spared || rg_finding_fails(&own->finding[i]))
			known->leaf[own->finding[i].row] = true;
		/* A loss that went with the gain would hide other growth if it counted alone. */
		for (size_t k = 0; moved && k < moved->count; k++)
			known->leaf[moved->from[k].row] = true;
		known->spared |= spared;
	}
	return rg_accepts_make(&known->accepts, &judging->out->alignment, NULL, judging->policy,
			       judging->arena, err);
}

static bool is_full(const struct rg_judgement *out)
{
	size_t failing = 0;

	for (size_t i = 0; i < out->count; i++)
		failing += rg_finding_fails(&out->finding[i]);
	return failing == RG_VERDICT_MAX_CALLERS;
}

bool rg_callers_fail(const struct rg_callers *callers)
{
	for (size_t i = 0; i < callers->judgement.count; i++) {
		if (rg_finding_fails(&callers->judgement.finding[i]))
			return true;
	}
	return false;
}

static int choose_all(struct judging *judging, struct rg_err *err)
{
	struct rg_judgement *out = &judging->out->judgement;
	struct known known;
	int code = know_failing(judging, &known, err);

	out->finding =
		rg_arena_array(judging->arena, RG_VERDICT_MAX_CALLERS + 1, sizeof(*out->finding));
	if (code || !out->finding)
		return code ? code : rg_err_nomem(err, "diff");
	for (size_t i = 0; code == 0 && i < judging->count && !is_full(out); i++)
		code = choose(judging, &known, &judging->grown[i].finding, err);
	return code;
}

/* --- The whole -------------------------------------------------------------------------------- */

/* Nobody is ranked by what others do for him; and how much costs vary the functions' own say. */
static int prepare(struct judging *judging, const struct rg_rules *rules, struct rg_err *err)
{
	struct rg_callers *out = judging->out;
	size_t rows = out->alignment.table.rows + 1;
	const struct rg_judgement *own = judging->judgement;
	const uint32_t *none = rg_arena_array(judging->arena, rows, sizeof(*none));

	if (!none)
		return rg_err_nomem(err, "diff");
	out->alignment.table.exposure = judging->self->table.exposure;
	judging->fit = own->fit;
	judging->fit.table = &out->alignment.table;
	for (size_t i = 0; i < judging->fit.pool_count; i++)
		judging->fit.pool[i] = RG_ROW_TOTAL;
	out->judgement = (struct rg_judgement){
		.fit = judging->fit,
		.rank = {none, none},
		.place = {none, none},
		.total = own->total,
		.pass_level = own->pass_level,
		.rules = rules,
	};
	return rg_growth_make(&out->growth, judging->set, judging->self, &out->alignment, &own->fit,
			      judging->policy, judging->arena, err);
}

int rg_callers_judge(struct rg_callers *out, const struct rg_run_set *set,
		     const struct rg_alignment *self, const struct rg_judgement *judgement,
		     const struct rg_policy *policy, struct rg_arena *arena, struct rg_err *err)
{
	struct judging judging = {
		.out = out,
		.set = set,
		.self = self,
		.judgement = judgement,
		.policy = policy,
		.arena = arena,
	};

	const struct rg_rules *rules;
	int code = rg_rules_make(&rules, &out->alignment, policy, arena, err);

	if (code)
		return code;
	code = prepare(&judging, rules, err);
	if (!code)
		code = make_family(&judging, rules, err);
	if (!code)
		code = test_family(&judging, err);
	if (!code)
		code = drop_moved(&judging, err);
	return code ? code : choose_all(&judging, err);
}
