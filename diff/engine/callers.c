/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "callers.h"
#include "accept.h"
#include "callers_family.h"
#include "moved.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>

/* That much of a caller's growth is explained by what fails already: then it says nothing new. */
#define EXPLAINED 0.5

static const struct rg_growth_part everything = {.leaf = RG_FUNCTION_NONE,
						 .caller = RG_FUNCTION_NONE};

/* --- Which of them say something -------------------------------------------------------------- */

/* What accounts for growth already: functions that fail by themselves, and callers that were chosen. */
struct known {
	bool *leaf;   /* rows of `self` */
	bool *caller; /* rows of the callers */
	bool spared;  /* some of it is accepted, or moved, and must not hide what grew beside it */
	struct rg_accepts accepts;
};

static const struct rg_finding *find_grown(const struct rg_callers_judging *judging, uint32_t row)
{
	for (size_t i = 0; i < judging->count; i++) {
		if (judging->grown[i].finding.row == row)
			return &judging->grown[i].finding;
	}
	return NULL;
}

/* One standard error of a caller's change, by samples and from run to run. */
static double error_of(const struct rg_callers_judging *judging, const struct rg_growth_sums *sums)
{
	const struct rg_fit *fit = &judging->fit;
	double mean = (sums->base + sums->canary) / 2;

	return sqrt(sums->base / fit->scale_side[RG_END_BASE] +
		    sums->canary / fit->scale_side[RG_END_CANARY] +
		    fit->between * fit->inverse_runs * mean * mean);
}

/* With growth that is spared, only if the rest is what the caller may have grown by anyway. */
static int is_explained(struct rg_callers_judging *judging, const struct known *known,
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

static int keep_judged(struct rg_callers_judging *judging, struct known *known,
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
static const struct rg_finding *find_nearer(const struct rg_callers_judging *judging,
					    const struct known *known,
					    const struct rg_growth_place *place, size_t places)
{
	return places == 1 && !known->caller[place->row] ? find_grown(judging, place->row) : NULL;
}

static int choose_rest(struct rg_callers_judging *judging, struct known *known,
		       const struct rg_finding *finding, struct rg_err *err)
{
	bool explained = false;
	int code = is_explained(judging, known, finding, &explained, err);

	return code || explained ? code : keep_judged(judging, known, finding, err);
}

/* In place of a caller the place where its growth came in; if that is accepted, the caller as well for the rest. */
static int choose(struct rg_callers_judging *judging, struct known *known,
		  const struct rg_finding *finding, struct rg_err *err)
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

static int know_failing(const struct rg_callers_judging *judging, struct known *known,
			struct rg_err *err)
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

		if (moved && moved->cheaper)
			continue;
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

static int choose_all(struct rg_callers_judging *judging, struct rg_err *err)
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
static int prepare(struct rg_callers_judging *judging, const struct rg_rules *rules,
		   struct rg_err *err)
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
	return 0;
}

int rg_callers_judge(struct rg_callers *out, const struct rg_run_set *set,
		     const struct rg_alignment *self, const struct rg_judgement *judgement,
		     const struct rg_policy *policy, struct rg_arena *arena, struct rg_err *err)
{
	struct rg_callers_judging judging = {
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
		code = rg_callers_find_grown(&judging, rules, err);
	return code ? code : choose_all(&judging, err);
}
